package io.verstak.server.account.module;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.DeviceActivity;
import io.verstak.server.account.Devices;
import io.verstak.server.account.Logins;
import io.verstak.server.account.OneTimeLinks;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.OwnPassword;
import io.verstak.server.account.Registration;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.UserAccount;
import io.verstak.server.account.UserDeletion;
import io.verstak.server.account.UserDevices;
import io.verstak.server.account.UserPasswords;
import io.verstak.server.account.UserRegistration;
import io.verstak.server.account.UserSessions;
import io.verstak.server.account.notice.OwnSecurityLog;
import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.account.provider.ProviderModule;
import io.verstak.server.account.provider.Providers;
import io.verstak.server.admin.Administration;
import io.verstak.server.admin.AdministratorDirectory;
import io.verstak.server.admin.Administrators;
import io.verstak.server.admin.Invitations;
import io.verstak.server.admin.MailAdministration;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSetup;
import io.verstak.server.admin.UserAdministration;
import io.verstak.server.admin.UserInvitations;
import io.verstak.server.audit.Audit;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.limit.SharedBuckets;
import io.verstak.server.auth.password.HashPool;
import io.verstak.server.auth.password.NewPasswords;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.auth.token.DeviceTokens;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.TokenLookupLimiter;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.bus.Bus;
import io.verstak.server.domain.SteadyClock;
import io.verstak.server.mail.MailModule;
import io.verstak.server.mail.Mails;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.SecurityLogStore;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.ConnectionCodeStore;
import io.verstak.server.storage.account.DeletionStore;
import io.verstak.server.storage.account.DeviceStore;
import io.verstak.server.storage.account.EmailChangeStore;
import io.verstak.server.storage.account.IdentityStore;
import io.verstak.server.storage.account.InvalidationCounter;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.PasswordStore;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserEditStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.vault.MemberStore;
import io.verstak.server.vault.OwnVaults;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultDeletion;
import io.verstak.server.vault.VaultModule;
import io.verstak.server.vault.VaultSharing;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Creates and connects the objects of accounts and of their administration. */
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
    private final OwnSecurityLog securityLog;
    private final VaultModule vaults;
    private final UserAccount ownAccount;
    private final UserDeletion deletion;
    private final UserRegistration registration;
    private final UserPasswords ownPassword;
    private final UserAdministration administration;
    private final Administrators administrators;
    private final AdministratorDirectory directory;
    private final SignInModule signing;
    private final ProviderModule provider;
    private final InvitationStore invitations;
    private final AccountContext context;

    /**
     * @param outboxWaker called after the commit of a transaction that queued a mail
     * @param attempts that all nodes count together, if there are several; empty: this process counts for itself
     */
    public AccountModule(
            Vertx vertx,
            Database database,
            OutboxStore outbox,
            Runnable outboxWaker,
            ServerSettings settings,
            SecretBox secrets,
            Optional<SharedBuckets> attempts,
            Clock clock,
            SecureRandom random) {
        this.settings = settings;
        UserStore users = new UserStore(database);
        DeviceStore deviceStore = new DeviceStore(database);
        SessionStore sessionStore = new SessionStore(database);
        PasswordStore passwordStore = new PasswordStore(database, outbox);
        securityLog = new OwnSecurityLog(new SecurityLogStore(database), clock);
        audit = new Audit(new AuditStore(database), clock);
        Passwords passwords = new Passwords(hashPool, random);
        AdministratorStore administratorStore = new AdministratorStore(database);
        Limits limits = new Limits(() -> settings.now().rateLimits(), attempts, SteadyClock.of(clock), random);
        TokenLookupLimiter refusals = new TokenLookupLimiter(limits::bearer, audit);
        deviceTokens = new DeviceTokens(vertx, deviceStore, refusals);
        sessionTokens = new SessionTokens(vertx, sessionStore, Realm.USER, refusals, clock);
        administratorTokens = new SessionTokens(vertx, sessionStore, Realm.ADMINISTRATOR, refusals, clock);
        CredentialCaches caches = new CredentialCaches(deviceTokens, sessionTokens, administratorTokens);
        context = new AccountContext(
                new Tokens(random),
                new NewPasswords(hashPool, passwords, random, administratorStore::administers),
                limits,
                caches,
                audit,
                new Mails(clock, random, () -> settings.now().web().language()),
                outboxWaker,
                clock);
        activity = new DeviceActivity(deviceStore, clock);
        policy = new AccountPolicy(() -> settings.now().accounts());
        changes = new InvalidationPoller(new InvalidationCounter(database), caches, settings);
        ConnectionCodeStore codes = new ConnectionCodeStore(database);
        signing = new SignInModule(context, database, administratorTokens, policy, settings, hashPool, secrets, random);
        logins = signing.logins(passwords, limits, codes);
        devices = new UserDevices(context, logins, users, deviceStore, codes, new MemberStore(database), deviceTokens);
        sessions = new UserSessions(context, logins, signing.signIns(), sessionStore, sessionTokens);
        vaults = VaultModule.of(
                context, database, outbox, users, () -> settings.now().limits().maxUserBlobBytes(), logins);
        OneTimeLinks links = new OneTimeLinks(limits::confirm, context);
        ownAccount = new UserAccount(
                context, policy, new ProfileStore(database), new EmailChangeStore(database, outbox), logins, links);
        deletion = new UserDeletion(context, new DeletionStore(database, outbox), logins, links);
        invitations = new InvitationStore(database, outbox);
        RegistrationStore registrations = new RegistrationStore(database, outbox);
        registration = signing.registration(registrations, invitations, links);
        provider = signing.providers(vertx, database, policy, settings::now, registrations, logins, sessionTokens);
        ownPassword =
                new UserPasswords(context, users, passwordStore, logins, new OneTimeLinks(limits::reset, context));
        administration = new UserAdministration(
                context,
                users,
                new UserEditStore(database),
                registrations,
                passwordStore,
                administratorStore,
                deviceStore,
                deviceTokens);
        administrators = new Administrators(
                administratorStore,
                sessionStore,
                passwords,
                links,
                context,
                signing.confirmation(),
                administratorTokens);
        directory = new AdministratorDirectory(
                context, database, administrators, passwordStore, new IdentityStore(database, registrations));
    }

    public ServerSettings settings() {
        return settings;
    }

    /** Registers metrics of the pool that hashes passwords, and of refusals. */
    public void measure(MeterRegistry registry) {
        hashPool.measure(registry);
        audit.measure(registry);
    }

    /** Returns the tokens of devices, with which listeners identify the caller of each request. */
    public DeviceTokens deviceTokens() {
        return deviceTokens;
    }

    public SessionTokens sessionTokens() {
        return sessionTokens;
    }

    public SessionTokens administratorTokens() {
        return administratorTokens;
    }

    public DeviceActivity activity() {
        return activity;
    }

    public AccountPolicy policy() {
        return policy;
    }

    /** Returns the providers that people may sign in with. */
    public Providers providers() {
        return provider.providers();
    }

    public UserAdministration administration() {
        return administration;
    }

    /** Returns the invitations of commands, which make the link themselves. */
    public UserInvitations invitations() {
        return new UserInvitations(context, invitations, UnaryOperator.identity());
    }

    public Passkeys passkeys() {
        return signing.passkeys();
    }

    public Administrators administrators() {
        return administrators;
    }

    /** Returns the steps of a sign-in. */
    public SignInModule signing() {
        return signing;
    }

    InvalidationPoller changes() {
        return changes;
    }

    UserDeletion deletion() {
        return deletion;
    }

    public VaultModule vaults() {
        return vaults;
    }

    /** Prepares what requests need, and serves the contracts on the calling verticle's context. */
    Future<?> serve(Bus bus, MailModule mail) {
        return Future.all(changes.look(), logins.coverImportedHashes())
                .compose(looked -> Future.all(List.of(
                        bus.serve(Devices.class, devices),
                        bus.serve(Sessions.class, sessions),
                        signing.serve(bus, logins, administrators, directory, sessions, sessionTokens),
                        provider.serve(bus),
                        bus.serve(ServerSetup.class, administrators),
                        bus.serve(Registration.class, registration),
                        bus.serve(OwnPassword.class, ownPassword),
                        bus.serve(Administration.class, administration),
                        bus.serve(Invitations.class, new UserInvitations(context, invitations, mail::invitationLink)),
                        bus.serve(OutgoingMail.class, new MailAdministration(mail, audit)),
                        bus.serve(OwnVaults.class, vaults.vaults()),
                        bus.serve(VaultAccess.class, vaults.vaults()),
                        bus.serve(OwnAccount.class, ownAccount),
                        bus.serve(AccountDeletion.class, deletion),
                        bus.serve(VaultDeletion.class, vaults.deletion()),
                        bus.serve(VaultSharing.class, vaults.sharing()),
                        bus.serve(SecurityLog.class, securityLog))));
    }

    /** Writes what is held in memory only: activity, uses of sessions, and refusals. */
    Future<?> flush() {
        return Future.join(activity.flush(), sessionTokens.flush(), administratorTokens.flush(), audit.flush());
    }

    /** Completes when the work that answers did not wait for is done. Wait for it before you close the database. */
    public Future<Void> finished() {
        return Future.join(ownPassword.finished(), provider.close()).transform(done -> audit.flushAll());
    }

    @Override
    public void close() {
        hashPool.close();
    }
}
