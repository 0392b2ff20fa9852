package io.verstak.server.account.module;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Confirmation;
import io.verstak.server.account.Logins;
import io.verstak.server.account.OneTimeLinks;
import io.verstak.server.account.SignInListener;
import io.verstak.server.account.SignIns;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.StepUp;
import io.verstak.server.account.UserRegistration;
import io.verstak.server.account.UserSessions;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.SignInSteps;
import io.verstak.server.account.factor.change.FactorHolders;
import io.verstak.server.account.factor.change.OwnPasskeys;
import io.verstak.server.account.factor.change.OwnSecondFactor;
import io.verstak.server.account.factor.change.PersonalPasskeys;
import io.verstak.server.account.factor.change.PersonalSecondFactor;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.account.provider.ProviderModule;
import io.verstak.server.admin.AdministratorAccounts;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.Administrators;
import io.verstak.server.admin.OneIdentity;
import io.verstak.server.admin.PersonAtSession;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.limit.Limits;
import io.verstak.server.auth.password.HashPool;
import io.verstak.server.auth.password.Passwords;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.ConnectionCodeStore;
import io.verstak.server.storage.account.InvitationStore;
import io.verstak.server.storage.account.PasskeyStore;
import io.verstak.server.storage.account.ProfileStore;
import io.verstak.server.storage.account.RegistrationStore;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.TotpStore;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Creates the objects of the steps of a sign-in, and resets second factors for commands. */
public final class SignInModule {
    private final AccountContext context;
    private final SecretBox secrets;
    private final SessionTokens administratorTokens;
    private final UserStore users;
    private final AdministratorStore administrators;
    private final ProfileStore profiles;
    private final SecondFactors factors;
    private final Confirmation confirmation;
    private final PasskeyStore passkeyStore;
    private final Passkeys passkeys;
    private final AccountPolicy policy;
    private final SignIns signIns;

    SignInModule(
            AccountContext context,
            Database database,
            SessionTokens administratorTokens,
            AccountPolicy policy,
            ServerSettings settings,
            HashPool hashPool,
            SecretBox secrets,
            SecureRandom random) {
        this.context = context;
        this.secrets = secrets;
        this.policy = policy;
        this.administratorTokens = administratorTokens;
        users = new UserStore(database);
        administrators = new AdministratorStore(database);
        SessionStore sessions = new SessionStore(database);
        profiles = new ProfileStore(database);
        confirmation = new Confirmation(sessions, context.caches(), context.audit(), context.clock());
        factors = new SecondFactors(
                new TotpStore(database), context.limits(), hashPool, secrets, random, context.audit(), context.clock());
        passkeyStore = new PasskeyStore(database);
        passkeys = new Passkeys(
                passkeyStore,
                secrets,
                context.tokens(),
                context.limits(),
                context.audit(),
                () -> settings.now().http().publicUrl(),
                () -> settings.now().web().serverName(),
                context.clock());
        signIns = new SignIns(
                context,
                sessions,
                administratorTokens,
                users,
                administrators,
                factors,
                new SignInSteps(secrets, context.clock()),
                passkeys,
                policy,
                SignInListener.NONE);
    }

    /**
     * Removes the authenticator app, the passkeys and the recovery codes of a user, or of an administrator. Fails with {@code NOT_FOUND} if
     * there is nobody of this name.
     *
     * @param administrator whether it is the name of an administrator, even if a user has it
     * @return whether there was a second factor
     */
    public Future<Boolean> resetSecondFactor(Actor by, String typed, boolean administrator) {
        String name = Usernames.typed(typed);
        return (administrator ? Future.succeededFuture(Optional.<User>empty()) : users.findByLogin(name))
                .compose(user -> user.isPresent()
                        ? Future.succeededFuture(Optional.of(Person.of(user.get())))
                        : administrators.find(name).map(found -> found.map(Person::of)))
                .map(found -> found.orElseThrow(() -> new ServerException(
                        administrator ? Message.ADMINISTRATOR_NOT_FOUND : Message.NAME_OR_ADDRESS_NOT_FOUND)))
                .compose(person -> factors.has(person.factors())
                        .compose(has -> has
                                ? factors.removeAll(person.factors(), reset(by, person))
                                        .map(true)
                                : Future.succeededFuture(false)));
    }

    private AuditEntry reset(Actor by, Person person) {
        return person.factors().realm() == Realm.USER
                ? context.audit()
                        .by(by, AuditType.SECOND_FACTOR_RESET, person.factors().key(), "")
                : context.audit()
                        .by(by, AuditType.SECOND_FACTOR_RESET, List.of(person.owner()))
                        .subject(person.owner());
    }

    /** Returns the checks of passwords, connection codes and passkeys of users. */
    Logins logins(Passwords passwords, Limits limits, ConnectionCodeStore codes) {
        return new Logins(
                users,
                passwords,
                limits,
                context.audit(),
                codes,
                policy,
                factors,
                confirmation,
                passkeys,
                context.clock());
    }

    /** Returns what registers people, whose accounts may begin with a passkey. */
    UserRegistration registration(RegistrationStore registrations, InvitationStore invitations, OneTimeLinks links) {
        return new UserRegistration(
                context, policy, users, registrations, invitations, links, passkeys, factors, signIns);
    }

    /** Returns what confirms sessions. */
    Confirmation confirmation() {
        return confirmation;
    }

    /** Returns what browsers are asked about passkeys, and the check of their answers. */
    Passkeys passkeys() {
        return passkeys;
    }

    /** Serves sign-in and step-up, what people change of their second factors and passkeys, and administrators of their accounts. */
    Future<?> serve(
            Bus bus,
            Logins logins,
            Administrators passwords,
            AdministratorAccounts accounts,
            UserSessions sessions,
            SessionTokens userTokens) {
        OneIdentity oneIdentity = new OneIdentity(
                context,
                administrators,
                users,
                passwords,
                administratorTokens,
                sessions,
                userTokens,
                logins,
                signIns,
                factors,
                passkeys);
        StepUp stepUp = new PersonAtSession(profiles, confirmation, logins, passwords, factors, passkeys);
        FactorHolders holders = new FactorHolders(context, users, administrators, stepUp);
        return Future.all(
                bus.serve(AdministratorSessions.class, oneIdentity),
                bus.serve(StepUp.class, stepUp),
                bus.serve(AdministratorAccounts.class, accounts),
                bus.serve(OwnSecondFactor.class, new PersonalSecondFactor(holders, factors, signIns, secrets)),
                bus.serve(
                        OwnPasskeys.class,
                        new PersonalPasskeys(holders, administrators, signIns, passkeys, factors, passkeyStore)));
    }

    /** Creates the objects of sign-in at providers. */
    ProviderModule providers(
            Vertx vertx,
            Database database,
            AccountPolicy policy,
            Supplier<ServerConfig> settings,
            RegistrationStore registrations,
            Logins logins,
            SessionTokens userTokens) {
        return new ProviderModule(
                vertx,
                database,
                context,
                policy,
                settings,
                secrets,
                registrations,
                logins,
                signIns,
                userTokens,
                confirmation);
    }

    /** Returns what completes every sign-in. */
    public SignIns signIns() {
        return signIns;
    }
}
