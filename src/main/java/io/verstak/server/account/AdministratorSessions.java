package io.verstak.server.account;

import io.verstak.server.account.Accounts.Credentials;
import io.vertx.core.Future;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * How administrators come to be, sign in and sign out. May be called on any context; the futures complete there. Every call
 * but {@link #signOut} can refuse with {@code RATE_LIMITED} and {@code UNAVAILABLE}.
 */
public interface AdministratorSessions {

    /** The first administrator, with the token of the setup link. */
    record Setup(String token, String username, String password, InetAddress address) {}

    /**
     * Makes a session. Refuses with {@code UNAUTHORIZED}, alike for an unknown name and a wrong password.
     *
     * @return its token: 64 hexadecimal digits, of which the server keeps no copy
     */
    Future<String> signIn(Credentials credentials, @Nullable String userAgent);

    /** Ends the session; it is refused from the next request on. */
    Future<Void> signOut(SessionIdentity session, InetAddress address);

    /** Whether {@link #setUp} would take this token; uses nothing up. */
    Future<Boolean> canSetUp(String token, InetAddress address);

    /**
     * Makes the first administrator; the token works once. Refuses with {@code INVALID_REQUEST} (the token is unknown, used or
     * expired, or the name or the password not allowed).
     */
    Future<Void> setUp(Setup setup);
}
