package io.verstak.server.admin;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.Logins;
import io.verstak.server.account.OneTimeLinks;
import io.verstak.server.account.Recipients;
import io.verstak.server.account.UserAccount;
import io.verstak.server.account.UserDeletion;
import io.verstak.server.account.UserDevices;
import io.verstak.server.account.UserPasswords;
import io.verstak.server.account.UserRegistration;
import io.verstak.server.account.UserSessions;
import io.verstak.server.audit.Audit;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.HashPool;
import io.verstak.server.auth.password.NewPasswords;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.TokenLookupLimiter;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.mail.MailModule;
import io.verstak.server.mail.Mails;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.DeletionStore;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.EmailChangeStore;
import io.verstak.server.storage.account.InvalidationCounter;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserEditStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.stats.VaultDayStore;
import io.verstak.server.vault.UserVaults;
import io.verstak.server.vault.VaultDays;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.UnaryOperator;

/** The objects of this package, made once and wired to each other. */
public final class AccountModule implements AutoCloseable {
    private final HashPool hashPool = new HashPool();
    private final ServerSettings settings;
    private final Audit audit;
    private final DeviceTokens deviceTokens;
    private final SessionTokens sessionTokens;
    private final SessionTokens administratorTokens;
    private final DeviceActivity activity;
    private final AccountPolicy policy;
    private final InvalidationPoller changes;
    private final Logins logins;
    private final UserDevices devices;
    private final UserSessions sessions;
    private final UserVaults userVaults;
    private final VaultDays vaultDays;
    private final UserAccount ownAccount;
    private final UserDeletion deletion;
    private final UserRegistration registration;
    private final UserPasswords ownPassword;
    private final UserAdministration administration;
    private final Administrators administrators;
    private final OneIdentity oneIdentity;
    private final InvitationStore invitations;
    private final AccountContext tools;

    /** @param outboxWaker told when a mail was queued and its transaction has committed */
    public AccountModule(
            Vertx vertx,
            Database database,
            OutboxStore outbox,
            Runnable outboxWaker,
            ServerSettings settings,
            Clock clock,
            SecureRandom random) {
        this.settings = settings;
        UserStore users = new UserStore(database);
        DeviceStore deviceStore = new DeviceStore(database);
        SessionStore sessionStore = new SessionStore(database);
        PasswordStore passwordStore = new PasswordStore(database, outbox);
        AuditStore auditStore = new AuditStore(database);
        audit = new Audit(auditStore, clock);
        Passwords passwords = new Passwords(hashPool, random);
        Tokens tokens = new Tokens(random);
        Recipients recipients = new Recipients(() -> settings.now().web().language());
        AdministratorStore administratorStore = new AdministratorStore(database);
        tools = new AccountContext(
                tokens,
                new NewPasswords(hashPool, passwords, random, administratorStore::administers),
                audit,
                new Mails(clock, random),
                recipients,
                outboxWaker,
                clock);
        Limits limits = new Limits(() -> settings.now().rateLimits(), SteadyClock.of(clock), random);
        TokenLookupLimiter refusals = new TokenLookupLimiter(limits::bearer, audit);
        deviceTokens = new DeviceTokens(vertx, deviceStore, refusals);
        sessionTokens = new SessionTokens(vertx, sessionStore, Realm.USER, refusals, clock);
        administratorTokens = new SessionTokens(vertx, sessionStore, Realm.ADMINISTRATOR, refusals, clock);
        CredentialCaches remembered = new CredentialCaches(deviceTokens, sessionTokens, administratorTokens);
        activity = new DeviceActivity(deviceStore, clock);
        policy = new AccountPolicy(() -> settings.now().accounts());
        changes = new InvalidationPoller(new InvalidationCounter(database), remembered, settings);
        logins = new Logins(users, passwords, limits, audit);
        devices = new UserDevices(logins, users, deviceStore, deviceTokens, tokens, audit, clock);
        sessions = new UserSessions(logins, sessionStore, sessionTokens, remembered, tokens, audit, clock);
        VaultDayStore vaultDayStore = new VaultDayStore(database);
        vaultDays = new VaultDays(vaultDayStore, clock);
        userVaults = new UserVaults(
                new VaultStore(database),
                () -> settings.now().limits().maxUserBlobBytes(),
                vaultDayStore,
                audit,
                clock);
        OneTimeLinks links = new OneTimeLinks(limits::confirm, tools);
        ownAccount = new UserAccount(
                tools,
                policy,
                new ProfileStore(database),
                new EmailChangeStore(database, outbox),
                logins,
                limits,
                links);
        deletion = new UserDeletion(tools, new DeletionStore(database, outbox), logins, links, remembered);
        invitations = new InvitationStore(database, outbox);
        registration = new UserRegistration(
                tools, policy, users, new RegistrationStore(database, outbox), invitations, limits, links);
        ownPassword = new UserPasswords(
                tools, users, passwordStore, logins, limits, new OneTimeLinks(limits::reset, tools), remembered);
        administration = new UserAdministration(
                tools,
                users,
                new UserEditStore(database),
                passwordStore,
                administratorStore,
                deviceStore,
                deviceTokens,
                remembered);
        administrators = new Administrators(
                administratorStore, sessionStore, passwords, limits, links, tools, administratorTokens, remembered);
        oneIdentity = new OneIdentity(
                administratorStore,
                users,
                administrators,
                administratorTokens,
                sessions,
                sessionTokens,
                logins,
                audit,
                remembered);
    }

    /** What holds at the moment. */
    public ServerSettings settings() {
        return settings;
    }

    /** Tells of the pool that hashes passwords, and of refusals. */
    public void measure(MeterRegistry registry) {
        hashPool.measure(registry);
        audit.measure(registry);
    }

    /** For the listeners, which ask with every request. */
    public DeviceTokens deviceTokens() {
        return deviceTokens;
    }

    /** For the listeners: users' sessions. */
    public SessionTokens sessionTokens() {
        return sessionTokens;
    }

    /** For the listeners: administrators' sessions. */
    public SessionTokens administratorTokens() {
        return administratorTokens;
    }

    /** For the listeners, which tell with every request. */
    public DeviceActivity activity() {
        return activity;
    }

    /** Who may register. */
    public AccountPolicy policy() {
        return policy;
    }

    /** Returns administrators' actions on users and devices. */
    public UserAdministration administration() {
        return administration;
    }

    /** Returns the invitations of commands, which make the link themselves. */
    public UserInvitations invitations() {
        return invitations(UnaryOperator.identity());
    }

    /** @param link makes the link of an invitation's token */
    UserInvitations invitations(UnaryOperator<String> link) {
        return new UserInvitations(tools, invitations, link);
    }

    public Administrators administrators() {
        return administrators;
    }

    OneIdentity oneIdentity() {
        return oneIdentity;
    }

    MailAdministration mail(MailModule mail) {
        return new MailAdministration(mail, tools.recipients(), audit);
    }

    Audit audit() {
        return audit;
    }

    InvalidationPoller changes() {
        return changes;
    }

    Logins logins() {
        return logins;
    }

    UserDevices devices() {
        return devices;
    }

    UserSessions sessions() {
        return sessions;
    }

    UserAccount ownAccount() {
        return ownAccount;
    }

    UserDeletion deletion() {
        return deletion;
    }

    VaultDays vaultDays() {
        return vaultDays;
    }

    UserVaults userVaults() {
        return userVaults;
    }

    UserRegistration registration() {
        return registration;
    }

    UserPasswords ownPassword() {
        return ownPassword;
    }

    /** Completes when what was begun behind an answer is done. To be awaited before the database is closed. */
    public Future<Void> finished() {
        return ownPassword.finished().compose(done -> audit.flushAll());
    }

    @Override
    public void close() {
        hashPool.close();
    }
}
