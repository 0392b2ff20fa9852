package io.verstak.server.admin;

import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.Optional;

/**
 * The setup of a server that has no administrator yet, with the token of the setup link. May be called on any context; futures
 * complete there. Every call can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 */
public interface ServerSetup {

    /**
     * The first administrator, with the token of the setup link.
     *
     * @param ownEmail the address of the administrator's own account for syncing; empty: none is created
     */
    record Setup(String token, String username, String password, Optional<String> ownEmail, InetAddress address) {
        /** Without the token and the password. */
        @Override
        public String toString() {
            return "Setup[%s]".formatted(username);
        }
    }

    /** Returns whether somebody can sign in: an administrator, or users that were imported. */
    Future<Boolean> isSetUp();

    /** Returns whether {@link #setUp} would accept this token; redeems nothing. */
    Future<Boolean> canSetUp(String token, InetAddress address);

    /**
     * Creates the first administrator; the token works once. Refuses with {@code INVALID_REQUEST} (the token is unknown, used or
     * expired, or the name or the password is not allowed).
     */
    Future<Void> setUp(Setup setup);
}
