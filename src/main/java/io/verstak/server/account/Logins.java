package io.verstak.server.account;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Checks who signs in. An unknown user, a wrong password, a blocked and an unconfirmed account take the same work and get
 * the same answer, unless the password was right.
 */
public final class Logins {
    /** Longest login in bytes. */
    private static final int MAX_LOGIN = 320;

    /** The cost of the Go server's hashes. */
    private static final int IMPORTED_BCRYPT_COST = 10;

    private final UserStore users;
    private final Passwords passwords;
    private final Limits limits;
    private final Audit audit;

    public Logins(UserStore users, Passwords passwords, Limits limits, Audit audit) {
        this.users = users;
        this.passwords = passwords;
        this.limits = limits;
        this.audit = audit;
    }

    /** Makes a check for an unknown user take as long as one of an imported hash, while imported hashes exist. */
    public Future<Void> coverImportedHashes() {
        return users.anyBcrypt()
                .onSuccess(any -> passwords.coverBcrypt(any ? IMPORTED_BCRYPT_COST : 0))
                .mapEmpty();
    }

    /**
     * Returns the user who signs in. Refuses with {@code INVALID_REQUEST} (login or password missing, or too long a login),
     * {@code UNAUTHORIZED}, {@code FORBIDDEN}, {@code RATE_LIMITED} and {@code UNAVAILABLE}.
     */
    public Future<User> signIn(Credentials credentials) {
        String login = credentials.login() == null ? "" : credentials.login();
        String password = credentials.password() == null ? "" : credentials.password();
        if (Usernames.typed(login).isEmpty() || password.isEmpty()) {
            return Message.LOGIN_INCOMPLETE.refuse();
        }
        if (bytes(login) > MAX_LOGIN) {
            return Message.LOGIN_TOO_LONG.refuse();
        }
        return find(login)
                .compose(found -> check(found, password, limits.gate(account(found, login), credentials.address()))
                        .compose(right -> right ? admit(found) : Message.WRONG_LOGIN.refuse())
                        .onFailure(failure -> note(failure, found, credentials.address())));
    }

    /** Finds the user without the blanks around the login; an imported name may have blanks of its own. */
    private Future<Optional<User>> find(String login) {
        String typed = EmailAddress.login(Usernames.typed(login));
        return users.findByLogin(typed)
                .compose(found -> found.isPresent() || typed.equals(login)
                        ? Future.succeededFuture(found)
                        : users.findByLogin(login));
    }

    /** Returns whether this is the user's password. Counts against the same limits as a login. */
    Future<Boolean> confirm(User user, String password, InetAddress address) {
        return check(Optional.of(user), password, limits.gate(user.id(), address))
                .onSuccess(right -> {
                    if (!right) {
                        audit.refused(AuditType.LOGIN_REFUSED, user.id(), address);
                    }
                })
                .onFailure(failure -> note(failure, Optional.of(user), address));
    }

    /**
     * Returns the user of the session, whose password was entered again before an irreversible action. Refuses with
     * {@code FORBIDDEN} if it is wrong.
     */
    Future<User> require(SessionIdentity session, String password, InetAddress address) {
        return users.find(session.owner())
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)))
                .compose(user -> confirm(user, password, address)
                        .compose(right -> right ? Future.succeededFuture(user) : Message.WRONG_PASSWORD.refuse()));
    }

    private void note(Throwable failure, Optional<User> user, InetAddress from) {
        if (failure instanceof ServerException refusal && refusal.code() != ErrorCode.UNAVAILABLE) {
            AuditType type =
                    refusal.code() == ErrorCode.RATE_LIMITED ? AuditType.RATE_LIMITED : AuditType.LOGIN_REFUSED;
            audit.refused(type, user.map(User::id).orElse(""), from);
        }
    }

    private Future<Boolean> check(Optional<User> user, String password, PasswordGate gate) {
        String hash = user.map(User::passwordHash).orElse("");
        return passwords
                .verify(password, hash, gate)
                .compose(check -> check.replacement().isPresent() && user.isPresent()
                        ? users.replacePasswordHash(
                                        user.get().id(),
                                        hash,
                                        check.replacement().get())
                                .map(check.matches())
                        : Future.succeededFuture(check.matches()));
    }

    private static String account(Optional<User> user, String login) {
        return user.map(User::id).orElseGet(() -> Usernames.key(Usernames.typed(login)));
    }

    private static Future<User> admit(Optional<User> user) {
        if (user.isEmpty()) {
            return Message.WRONG_LOGIN.refuse();
        }
        if (user.get().blocked()) {
            return Message.ACCOUNT_BLOCKED.refuse();
        }
        if (!user.get().confirmed()) {
            return Message.EMAIL_NOT_CONFIRMED.refuse();
        }
        return Future.succeededFuture(user.get());
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
