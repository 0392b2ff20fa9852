package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Credentials;
import io.verstak.server.account.OneTimeLinks;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.admin.ServerSetup.Setup;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.password.PasswordCheck;
import io.verstak.server.auth.password.PasswordGate;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.AdministratorStore.Named;
import io.verstak.server.storage.account.AdministratorStore.Noted;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Those who administer the server: how they are made, sign in and sign out. */
public final class Administrators implements ServerSetup {
    private static final Duration SETUP_LINK_LIVES = Duration.ofDays(2);

    /** Keeps their tries apart from those of a user of the same name. */
    private static final String THROTTLE_PREFIX = "administrator ";

    private final AdministratorStore store;
    private final SessionStore sessions;
    private final Passwords passwords;
    private final OneTimeLinks links;
    private final AccountContext context;
    private final Confirmation confirmation;
    private final SessionTokens sessionTokens;
    private final Clock steady;

    /** The digest of the setup link that this process has made. */
    private volatile String ownLink = "";

    public Administrators(
            AdministratorStore store,
            SessionStore sessions,
            Passwords passwords,
            OneTimeLinks links,
            AccountContext context,
            Confirmation confirmation,
            SessionTokens sessionTokens) {
        this.store = store;
        this.sessions = sessions;
        this.passwords = passwords;
        this.links = links;
        this.context = context;
        this.confirmation = confirmation;
        this.sessionTokens = sessionTokens;
        this.steady = SteadyClock.of(context.clock());
    }

    /**
     * Returns the administrator with this name and password. Refuses as a user's login does, and with {@code FORBIDDEN} if the
     * administrator's user account is blocked.
     */
    Future<Administrator> check(Credentials credentials) {
        String name = Usernames.typed(credentials.login() == null ? "" : credentials.login());
        String password = credentials.password() == null ? "" : credentials.password();
        InetAddress from = credentials.address();
        return store.find(name)
                .compose(found -> passwords
                        .verify(
                                password,
                                found.map(Administrator::passwordHash).orElse(null),
                                gate(found, Usernames.key(name), from))
                        .compose(check -> renew(found, check).map(check.matches()))
                        .compose(matches ->
                                matches && found.isPresent() ? admit(found.get()) : Message.WRONG_LOGIN.refuse())
                        .onFailure(failure -> refused(found, from)));
    }

    /** The audit log names an administrator who exists, never what was typed. */
    private void refused(Optional<Administrator> administrator, InetAddress from) {
        administrator.ifPresentOrElse(
                known -> context.audit()
                        .refused(AuditType.ADMINISTRATOR_LOGIN_REFUSED, new Actor(known.key(), from), from),
                () -> context.audit().refused(AuditType.ADMINISTRATOR_LOGIN_REFUSED, "", from));
    }

    /** An administrator with a user account has one budget of attempts for both. */
    private PasswordGate gate(Optional<Administrator> administrator, String key, InetAddress from) {
        String user = administrator.map(Administrator::userId).orElse(null);
        return context.limits().gate(user == null ? THROTTLE_PREFIX + key : user, from);
    }

    static Future<Administrator> admit(Administrator administrator) {
        return administrator.blocked() ? Message.ACCOUNT_BLOCKED.refuse() : Future.succeededFuture(administrator);
    }

    /** Returns the administrator of a session that is confirmed, at the latest by this proof. Fails as {@link Confirmation#require} does. */
    Future<Administrator> require(Proof proof) {
        return find(proof.session())
                .compose(found -> confirmation
                        .require(proof, () -> isPassword(found, proof))
                        .map(found));
    }

    /** Works as {@link #require}, but an administrator who has a password must have entered it. */
    Future<Administrator> requirePassword(Proof proof) {
        return find(proof.session())
                .compose(found -> found.passwordHash().isEmpty()
                        ? require(proof)
                        : confirmation
                                .requirePassword(proof, () -> isPassword(found, proof))
                                .map(found));
    }

    /** Returns the owner of the second factors of a signed-in administrator. */
    Future<FactorOwner> factors(SessionIdentity session) {
        return find(session).map(FactorOwner::of);
    }

    /** Returns the administrator of a session. */
    Future<Administrator> find(SessionIdentity session) {
        return store.findByKey(session.owner())
                .map(found -> found.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    /** Returns whether this is the password of the signed-in administrator. Counts against the same limits as a login. */
    private Future<Boolean> isPassword(Administrator administrator, Proof proof) {
        Optional<Administrator> found = Optional.of(administrator);
        return passwords
                .verify(
                        proof.password(),
                        administrator.passwordHash(),
                        gate(found, administrator.key(), proof.address()))
                .map(PasswordCheck::matches)
                .onSuccess(right -> {
                    if (!right) {
                        refused(found, proof.address());
                    }
                });
    }

    /** Replaces an imported hash. */
    private Future<Void> renew(Optional<Administrator> administrator, PasswordCheck check) {
        return check.replacement().isPresent() && administrator.isPresent()
                ? store.replacePasswordHash(
                        administrator.get(), check.replacement().get())
                : Future.succeededFuture();
    }

    public Future<Void> signOut(SessionIdentity session, InetAddress from) {
        if (sessionTokens.endUnsaved(session.tokenHash())) {
            return Future.succeededFuture();
        }
        return sessions.delete(
                        session.tokenHash(),
                        context.audit().by(new Actor(session.owner(), from), AuditType.ADMINISTRATOR_LOGOUT, "", ""))
                .onSuccess(ended -> sessionTokens.forget(session.tokenHash()));
    }

    /**
     * Creates an administrator, or sets the password of an existing one, which ends the sessions under the old password. The
     * same password changes nothing: a service may give it at every start.
     */
    public Future<Void> put(String typed, String password) {
        String username = Usernames.typed(typed);
        return store.find(username)
                .compose(found -> {
                    if (found.isPresent()) {
                        return passwords.verify(password, found.get().passwordHash(), PasswordGate.OPEN);
                    }
                    return Usernames.isAllowed(username)
                            ? Future.succeededFuture(PasswordCheck.NO_MATCH)
                            : Message.USERNAME_NOT_ALLOWED.refuse();
                })
                .compose(check -> check.matches() ? Future.succeededFuture() : replace(username, password));
    }

    /** Returns all administrators by name. */
    public Future<List<Named>> list() {
        return store.list();
    }

    /**
     * Deletes an administrator, whose sessions end. Fails with {@code NOT_FOUND} if there is none of this name, and with
     * {@code CONFLICT} if it is the last one.
     */
    public Future<Void> delete(Actor by, String name) {
        return store.find(Usernames.typed(name))
                .map(found -> found.orElseThrow(() -> new ServerException(Message.ADMINISTRATOR_NOT_FOUND)))
                .compose(found -> store.delete(
                                found, context.audit().by(by, AuditType.ADMINISTRATOR_DELETED, List.of(found.key())))
                        .compose(deleted ->
                                deleted ? Future.<Void>succeededFuture() : Message.LAST_ADMINISTRATOR.refuse())
                        .onSuccess(done -> sessionTokens.forgetOwner(found.key())));
    }

    private Future<Void> replace(String username, String password) {
        return context.newPasswords()
                .forAdministrator(password)
                .compose(hash -> store.put(username, hash, noted(Actor.COMMAND_LINE, username)))
                .onSuccess(done -> context.caches().forgetAll())
                .onSuccess(done -> context.mailQueued());
    }

    private Noted noted(Actor by, String username) {
        String key = Usernames.key(username);
        return new Noted(
                set(by, username),
                context.audit()
                        .by(by, AuditType.ADMINISTRATOR_PASSWORD_SET, List.of(key))
                        .subject(key),
                context.audit().by(by, AuditType.PASSWORD_SET, "", ""));
    }

    private AuditEntry set(Actor by, String username) {
        return context.audit().by(by, AuditType.ADMINISTRATOR_SET, List.of(Usernames.key(username)));
    }

    /**
     * Returns a new token for the setup page, which invalidates the previous one, unless several nodes may each have one; empty once
     * there is an administrator.
     */
    public Future<Optional<String>> setupToken() {
        return store.any().compose(any -> {
            if (any || sessions.isReadOnly()) {
                return Future.succeededFuture(Optional.empty());
            }
            String token = context.tokens().newToken();
            String digest = Tokens.digest(token).hex();
            ownLink = digest;
            return store.addSetupToken(digest, steady.millis(), steady.millis() + SETUP_LINK_LIVES.toMillis())
                    .map(Optional.of(token));
        });
    }

    /** Returns a new user account of an administrator, whose address counts as confirmed. */
    User ownUser(String username, EmailAddress email, String passwordHash) {
        String id = context.tokens().newUserId();
        long now = context.clock().millis();
        return new User(id, username, email.text(), passwordHash, true, false, 0, "", null, now);
    }

    @Override
    public Future<Boolean> isSetUp() {
        return store.anybody();
    }

    @Override
    public Future<Boolean> canSetUp(String token, InetAddress from) {
        return links.look(token, from, digest -> store.takesSetupToken(digest, now(digest)));
    }

    /** The link of this process stays valid when the clock is corrected after the start: a machine without a clock of its own starts in 1970. */
    private long now(String digest) {
        return digest.equals(ownLink) ? steady.millis() : context.clock().millis();
    }

    @Override
    public Future<Void> setUp(Setup setup) {
        InetAddress from = setup.address();
        String username = Usernames.typed(setup.username());
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        Optional<EmailAddress> email = setup.ownEmail().flatMap(EmailAddress::parse);
        if (setup.ownEmail().isPresent() && email.isEmpty()) {
            return Message.INVALID_EMAIL.refuse();
        }
        return links.use(
                setup.token(),
                from,
                digest -> context.newPasswords()
                        .forAdministrator(setup.password())
                        .compose(hash -> store.setUp(
                                digest,
                                now(digest),
                                username,
                                hash,
                                email.map(address -> ownUser(username, address, hash)),
                                set(new Actor("setup link", from), username))));
    }
}
