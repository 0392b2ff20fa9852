package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.PasswordStore.NewPassword;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;

/** Changes who administers the server, and the accounts of those who do. */
public final class AdministratorDirectory implements AdministratorAccounts {
    private final AccountContext context;
    private final Administrators administrators;
    private final AdministratorStore store;
    private final SessionStore sessions;
    private final UserStore users;
    private final IdentityStore identities;
    private final PasswordStore passwords;

    public AdministratorDirectory(
            AccountContext context,
            Database database,
            Administrators administrators,
            PasswordStore passwords,
            IdentityStore identities) {
        this.context = context;
        this.administrators = administrators;
        this.passwords = passwords;
        this.store = new AdministratorStore(database);
        this.sessions = new SessionStore(database);
        this.users = new UserStore(database);
        this.identities = identities;
    }

    @Override
    public Future<Account> account(SessionIdentity session, String userToken) {
        long now = context.clock().millis();
        String hash = userToken.isEmpty() ? "" : Tokens.digest(userToken).hex();
        Future<Administrator> own = administrators.find(session);
        Future<List<Session>> all = sessions.list(Realm.ADMINISTRATOR, session.owner());
        Future<List<Session>> ofUser = own.compose(this::ofUser);
        return Future.all(own, all, ofUser)
                .map(read -> new Account(
                        own.result().username(),
                        own.result().userId() != null,
                        ofUser.result().stream()
                                .anyMatch(each -> each.expiresAt() > now
                                        && each.tokenHash().equals(hash)),
                        all.result().stream()
                                .filter(each -> each.expiresAt() > now)
                                .map(each -> view(each, session))
                                .toList()));
    }

    private Future<List<Session>> ofUser(Administrator administrator) {
        String user = administrator.userId();
        return user == null ? Future.succeededFuture(List.of()) : sessions.list(Realm.USER, user);
    }

    private static SessionView view(Session each, SessionIdentity session) {
        return new SessionView(
                each.id(),
                each.address(),
                each.userAgent(),
                each.method(),
                each.createdAt(),
                each.lastUsedAt(),
                each.tokenHash().equals(session.tokenHash()));
    }

    @Override
    public Future<Void> changePassword(Proof proof, String newPassword) {
        return administrators
                .requirePassword(proof)
                .compose(own -> own.userId() == null
                        ? Future.succeededFuture(own)
                        : Message.PASSWORD_OF_USER.<Administrator>refuse())
                .compose(own -> context.newPasswords()
                        .forAdministrator(newPassword)
                        .compose(hash -> passwords.replace(
                                own,
                                new NewPassword(hash, proof.session().tokenHash(), false),
                                context.audit()
                                        .by(actor(proof), AuditType.PASSWORD_CHANGED, "", "")
                                        .agent(proof.session().userAgent()))))
                .onSuccess(changed -> context.caches().forgetAdministrators());
    }

    @Override
    public Future<Void> endSession(SessionIdentity session, String id, InetAddress address) {
        return sessions.list(Realm.ADMINISTRATOR, session.owner())
                .compose(all -> end(
                        all.stream().filter(each -> each.id().equals(id)),
                        ended(AuditType.SESSION_ENDED, session, address)));
    }

    @Override
    public Future<Void> signOutOthers(SessionIdentity session, String userToken, InetAddress address) {
        String kept = userToken.isEmpty() ? "" : Tokens.digest(userToken).hex();
        return administrators.find(session).compose(own -> {
            Future<List<Session>> here = sessions.list(Realm.ADMINISTRATOR, own.key());
            Future<List<Session>> there = ofUser(own);
            return Future.all(here, there)
                    .compose(read -> end(
                            Stream.concat(here.result().stream(), there.result().stream())
                                    .filter(each -> !each.tokenHash().equals(session.tokenHash())
                                            && !each.tokenHash().equals(kept)),
                            ended(AuditType.SESSIONS_ENDED, session, address)));
        });
    }

    private Future<Void> end(Stream<Session> ended, AuditEntry audit) {
        List<Session> all = ended.toList();
        return all.isEmpty()
                ? Future.succeededFuture()
                : sessions.delete(all.stream().map(Session::tokenHash).toList(), audit)
                        .onSuccess(done -> all.forEach(each -> context.caches().forgetSession(each.tokenHash())));
    }

    private AuditEntry ended(AuditType type, SessionIdentity session, InetAddress address) {
        return context.audit().by(new Actor(session.owner(), address), type, "", "");
    }

    @Override
    public Future<String> add(Proof proof, String typed) {
        String username = Usernames.typed(typed);
        if (!Usernames.isAllowed(username)) {
            return Message.USERNAME_NOT_ALLOWED.refuse();
        }
        String password = context.newPasswords().generate();
        return administrators
                .require(proof)
                .compose(confirmed -> context.newPasswords().forAdministrator(password))
                .compose(hash ->
                        store.add(username, hash, by(proof, AuditType.ADMINISTRATOR_SET, Usernames.key(username))))
                .map(password);
    }

    @Override
    public Future<Void> grant(Proof proof, String typed) {
        return administrators
                .require(proof)
                .compose(confirmed -> users.findByLogin(EmailAddress.login(Usernames.typed(typed))))
                .map(found -> found.orElseThrow(() -> new ServerException(Message.NAME_OR_ADDRESS_NOT_FOUND)))
                .compose(AdministratorDirectory::admit)
                .compose(user -> identities.grant(
                        user,
                        IdentityStore.BY_ADMINISTRATOR,
                        by(proof, AuditType.ADMINISTRATOR_SET, Usernames.key(user.username()))))
                .compose(granted -> granted ? Future.succeededFuture() : Message.USERNAME_TAKEN.refuse());
    }

    private static Future<User> admit(User user) {
        if (user.blocked()) {
            return Message.USER_IS_BLOCKED.refuse();
        }
        return user.confirmed() ? Future.succeededFuture(user) : Message.USER_NOT_CONFIRMED.refuse();
    }

    @Override
    public Future<Void> remove(Proof proof, String username, String typedName) {
        return administrators
                .require(proof)
                .compose(confirmed ->
                        typedName.strip().equals(username) ? Future.succeededFuture() : Message.NAME_NOT_TYPED.refuse())
                .compose(typed -> administrators.delete(actor(proof), username));
    }

    private AuditEntry by(Proof proof, AuditType type, String what) {
        return context.audit().by(actor(proof), type, List.of(what));
    }

    private static Actor actor(Proof proof) {
        return new Actor(proof.session().owner(), proof.address());
    }
}
