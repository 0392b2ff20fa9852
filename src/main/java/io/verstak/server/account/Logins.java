package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.auth.token.ConnectionCode;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.ConnectionCodeStore;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
    private final ConnectionCodeStore codes;
    private final AccountPolicy policy;
    private final SecondFactors factors;
    private final Confirmation confirmation;
    private final Passkeys passkeys;
    private final Clock clock;

    /**
     * A user who may connect a device.
     *
     * @param codeHash of the connection code that was entered instead of the password, to be redeemed; null: the password was
     */
    record Admission(User user, @Nullable String codeHash) {}

    public Logins(
            UserStore users,
            Passwords passwords,
            Limits limits,
            Audit audit,
            ConnectionCodeStore codes,
            AccountPolicy policy,
            SecondFactors factors,
            Confirmation confirmation,
            Passkeys passkeys,
            Clock clock) {
        this.users = users;
        this.passwords = passwords;
        this.limits = limits;
        this.audit = audit;
        this.codes = codes;
        this.policy = policy;
        this.factors = factors;
        this.confirmation = confirmation;
        this.passkeys = passkeys;
        this.clock = clock;
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
        return lookUp(credentials).compose(found -> byPassword(found, credentials));
    }

    /**
     * Returns the user who connects a device, with the password or with a connection code. Refuses as {@link #signIn} does, and with {@code
     * FORBIDDEN} when the password is right but only codes connect devices: by policy, or since the user has a second factor.
     */
    Future<Admission> connect(Credentials credentials) {
        return lookUp(credentials)
                .compose(found -> code(found, account(found, credentials), credentials)
                        .compose(code -> code.isPresent()
                                ? admit(found).map(user -> new Admission(user, code.get()))
                                : byPassword(found, credentials)
                                        .compose(this::connectByPassword, failure -> withoutPassword(found, failure))));
    }

    /** Says where the code is to somebody who has no password, whatever was entered; after the same work, and counted, as a wrong one. */
    private static <T> Future<T> withoutPassword(Optional<User> found, Throwable failure) {
        boolean wrong = Message.WRONG_LOGIN.isReasonOf(failure);
        boolean none = found.filter(user -> user.passwordHash().isEmpty() && user.confirmed() && !user.blocked())
                .isPresent();
        return wrong && none ? Message.CODE_REQUIRED.refuse() : Future.failedFuture(failure);
    }

    private Future<Admission> connectByPassword(User user) {
        return policy.codesOnly()
                ? Message.CODE_REQUIRED.refuse()
                : requireNoSecondFactor(user).map(suffices -> new Admission(user, null));
    }

    /** A program that asks for login and password only cannot ask for a second factor. */
    private Future<Void> requireNoSecondFactor(User user) {
        return factors.has(FactorOwner.user(user.id()))
                .compose(has -> has ? Message.CODE_REQUIRED.refuse() : Future.succeededFuture());
    }

    /**
     * Returns the user whose passkey has answered. Refuses as {@link Passkeys#signedIn} does, with {@code UNAUTHORIZED} if the passkey is not a
     * user's, and as {@link #signIn} does when the password is right.
     */
    Future<User> byPasskey(String response, InetAddress from) {
        return passkeys.signedIn(response, from)
                .compose(owner -> owner.realm() == Realm.USER
                        ? users.find(owner.key())
                        : Future.succeededFuture(Optional.<User>empty()))
                .compose(user -> user.isPresent() ? admit(user) : Message.PASSKEY_WRONG.refuse());
    }

    /** Returns the user with this login, after the checks that need none. */
    private Future<Optional<User>> lookUp(Credentials credentials) {
        String login = login(credentials);
        if (Usernames.typed(login).isEmpty() || password(credentials).isEmpty()) {
            return Message.LOGIN_INCOMPLETE.refuse();
        }
        if (bytes(login) > MAX_LOGIN) {
            return Message.LOGIN_TOO_LONG.refuse();
        }
        return find(login);
    }

    private Future<User> byPassword(Optional<User> found, Credentials credentials) {
        return check(found, password(credentials), limits.gate(account(found, credentials), credentials.address()))
                .compose(right -> right ? admit(found) : Message.WRONG_LOGIN.refuse())
                .onFailure(failure -> note(failure, found, credentials.address()));
    }

    /**
     * Returns the hash of the user's valid connection code, if that is what was entered. It passes the limits of passwords, and does not
     * clear their counts: a code must not help to guess the password. What is not a valid code is checked, and counted, as a
     * password next.
     */
    private Future<Optional<String>> code(Optional<User> found, String account, Credentials credentials) {
        Optional<String> hash = ConnectionCode.parse(password(credentials))
                .map(code -> code.hash().hex());
        if (hash.isEmpty()) {
            return Future.succeededFuture(hash);
        }
        PasswordGate gate = limits.gate(account, credentials.address());
        return Future.succeededFuture()
                .compose(begun -> {
                    gate.enter();
                    return codes.owner(hash.get(), clock.millis());
                })
                .map(owner -> owner.isPresent() && owner.equals(found.map(User::id)) ? hash : Optional.<String>empty())
                .onFailure(failure -> note(failure, found, credentials.address()));
    }

    /** Finds the user without the blanks around the login; an imported name may have blanks of its own. */
    private Future<Optional<User>> find(String login) {
        String typed = EmailAddress.login(Usernames.typed(login));
        return users.findByLogin(typed)
                .compose(found -> found.isPresent() || typed.equals(login)
                        ? Future.succeededFuture(found)
                        : users.findByLogin(login));
    }

    /**
     * Works as {@link #confirm}, and redeems a connection code that was entered instead of the password. Refuses with {@code FORBIDDEN} when
     * the password is right but the user has a second factor.
     */
    Future<Boolean> confirmOrRedeem(User user, String typed, InetAddress address) {
        return code(Optional.of(user), user.id(), new Credentials(user.id(), typed, address))
                .compose(code -> code.map(codes::redeem).orElse(Future.succeededFuture(false)))
                .compose(redeemed -> redeemed
                        ? Future.succeededFuture(true)
                        : confirm(user, typed, address)
                                .compose(right ->
                                        right ? requireNoSecondFactor(user).map(true) : Future.succeededFuture(false)));
    }

    /** Returns whether this is the user's password. Counts against the same limits as a login. */
    public Future<Boolean> confirm(User user, String password, InetAddress address) {
        return check(Optional.of(user), password, limits.gate(user.id(), address))
                .onSuccess(right -> {
                    if (!right) {
                        audit.refused(AuditType.LOGIN_REFUSED, user.id(), address);
                    }
                })
                .onFailure(failure -> note(failure, Optional.of(user), address));
    }

    /** Returns the user of a session that is confirmed, at the latest by this proof. Fails as {@link Confirmation#require} does. */
    public Future<User> require(Proof proof) {
        return user(proof.session())
                .compose(user -> confirmation
                        .require(proof, () -> confirm(user, proof.password(), proof.address()))
                        .map(user));
    }

    /** Works as {@link #require}, but a user who has a password must have entered it, as long ago as the session may be confirmed. */
    public Future<User> requirePassword(Proof proof) {
        return user(proof.session())
                .compose(user -> user.passwordHash().isEmpty()
                        ? require(proof)
                        : confirmation
                                .requirePassword(proof, () -> confirm(user, proof.password(), proof.address()))
                                .map(user));
    }

    private Future<User> user(SessionIdentity session) {
        return users.find(session.owner())
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
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

    private static String account(Optional<User> user, Credentials credentials) {
        return user.map(User::id).orElseGet(() -> Usernames.key(Usernames.typed(login(credentials))));
    }

    private static String login(Credentials credentials) {
        return credentials.login() == null ? "" : credentials.login();
    }

    private static String password(Credentials credentials) {
        return credentials.password() == null ? "" : credentials.password();
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
