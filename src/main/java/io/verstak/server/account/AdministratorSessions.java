package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Setup and sign-in of administrators. May be called on any context; futures complete there. Every call but {@link
 * #signOut} can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 */
public interface AdministratorSessions {

    /** The first administrator, with the token of the setup link. */
    record Setup(String token, String username, String password, InetAddress address) {}

    /**
     * Creates a session. Refuses with {@code UNAUTHORIZED}, identical for an unknown name and a wrong password.
     *
     * @return its token: 64 hexadecimal digits, of which the server keeps no copy
     */
    Future<String> signIn(Credentials credentials, @Nullable String userAgent);

    /** Ends the session, which is refused from the next request on. */
    Future<Void> signOut(SessionIdentity session, InetAddress address);

    /** Returns whether {@link #setUp} would accept this token; redeems nothing. */
    Future<Boolean> canSetUp(String token, InetAddress address);

    /**
     * Makes the first administrator; the token works once. Refuses with {@code INVALID_REQUEST} (the token is unknown, used or
     * expired, or the name or the password not allowed).
     */
    Future<Void> setUp(Setup setup);
}
