package io.verstak.server.account;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.factor.SignInStep;
import io.verstak.server.account.factor.SignInSteps;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.NetworkKey;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.BrowserStore.Sighting;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.NewSession;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The steps of every sign-in, of users and administrators. A first step that is right makes no session for who has a second factor, but a
 * sealed state that the browser brings back with the second step. {@link #complete} is the only place where sessions begin.
 */
public final class SignIns {
    private final AccountContext context;
    private final SessionStore sessions;
    private final SessionTokens administratorTokens;
    private final UserStore users;
    private final AdministratorStore administrators;
    private final SecondFactors factors;
    private final SignInSteps steps;
    private final Passkeys passkeys;
    private final AccountPolicy policy;
    private final SignInListener listener;

    /**
     * Somebody who signs in.
     *
     * @param owner of the session: a user's id, or an administrator's name in lower case
     * @param epoch the owner's when the first step was checked: the session is refused if it has changed
     */
    public record Person(Realm realm, String owner, long epoch, FactorOwner factors) {
        public static Person of(User user) {
            return new Person(Realm.USER, user.id(), user.epoch(), FactorOwner.user(user.id()));
        }

        public static Person of(Administrator administrator) {
            return new Person(
                    Realm.ADMINISTRATOR, administrator.key(), administrator.epoch(), FactorOwner.of(administrator));
        }
    }

    /**
     * What a step has come to.
     *
     * @param token of the new session; empty: another step is needed
     * @param step the sealed state for the next step; empty: there is a session
     */
    public record Outcome(Person person, String token, String step) {
        /** Without the token and the state. */
        @Override
        public String toString() {
            return "Outcome[%s]".formatted(person);
        }
    }

    /** @param administratorTokens keeps administrators' sessions while the database is damaged */
    public SignIns(
            AccountContext context,
            SessionStore sessions,
            SessionTokens administratorTokens,
            UserStore users,
            AdministratorStore administrators,
            SecondFactors factors,
            SignInSteps steps,
            Passkeys passkeys,
            AccountPolicy policy,
            SignInListener listener) {
        this.context = context;
        this.sessions = sessions;
        this.administratorTokens = administratorTokens;
        this.users = users;
        this.administrators = administrators;
        this.factors = factors;
        this.steps = steps;
        this.passkeys = passkeys;
        this.policy = policy;
        this.listener = listener;
    }

    /** Begins a session after a first step that was right, or asks for the second one if the person has a second factor. */
    public Future<Outcome> firstStep(Person person, SignInMethod proven, Client client) {
        return firstStep(person, proven, client, context.clock().millis());
    }

    /**
     * Works as {@link #firstStep(Person, SignInMethod, Client)}.
     *
     * @param provedAt when the person has proved it, in milliseconds since the epoch
     */
    public Future<Outcome> firstStep(Person person, SignInMethod proven, Client client, long provedAt) {
        return factors.has(person.factors())
                .compose(has -> has
                        ? Future.succeededFuture(new Outcome(
                                person, "", steps.seal(person.realm(), person.owner(), person.epoch(), proven)))
                        : complete(person, List.of(proven), client, provedAt));
    }

    /**
     * Begins a session after the second step: a code of the authenticator app, or a recovery code. Refuses with {@code UNAUTHORIZED} (the
     * code is wrong, or the state is; see {@link #pending}), {@code RATE_LIMITED} and {@code UNAVAILABLE}.
     */
    public Future<Outcome> secondStep(Realm realm, String step, String code, Client client) {
        return pending(realm, step)
                .compose(waiting -> factors.use(waiting.person().factors(), code, client.address())
                        .compose(method -> complete(waiting.person(), List.of(waiting.proven(), method), client)));
    }

    /** Begins the session of a person whose passkey has answered, which is two factors by itself. */
    public Future<Outcome> byPasskey(Person person, Client client) {
        return complete(person, List.of(SignInMethod.PASSKEY), client);
    }

    /** Returns what the browser is asked to take the second step with a passkey; empty: it cannot be taken so. */
    public Future<String> passkeyRequest(Realm realm, String step) {
        return pending(realm, step)
                .compose(waiting -> passkeys.secondStepRequest(waiting.person().factors()))
                .otherwise("");
    }

    /** Works as {@link #secondStep}, with a passkey of the person. */
    public Future<Outcome> secondStepByPasskey(Realm realm, String step, String response, Client client) {
        return pending(realm, step)
                .compose(waiting -> passkeys.secondStep(waiting.person().factors(), response, client.address())
                        .compose(owner ->
                                complete(waiting.person(), List.of(waiting.proven(), SignInMethod.PASSKEY), client)));
    }

    /** Somebody whose first step was right. */
    public record Pending(Person person, SignInMethod proven) {}

    /**
     * Returns who takes the second step. Refuses with {@code UNAUTHORIZED} if the state was changed or has expired, is for another realm,
     * or the person was blocked, deleted or given another password since.
     */
    public Future<Pending> pending(Realm realm, String step) {
        Optional<SignInStep> opened = steps.open(step).filter(state -> state.realm() == realm);
        if (opened.isEmpty()) {
            return Message.SIGN_IN_EXPIRED.refuse();
        }
        SignInStep state = opened.get();
        return person(realm, state.owner())
                .compose(found -> found.filter(person -> person.epoch() == state.epoch())
                        .map(person -> Future.succeededFuture(new Pending(person, state.proven())))
                        .orElseGet(Message.SIGN_IN_EXPIRED::refuse));
    }

    private Future<Optional<Person>> person(Realm realm, String owner) {
        return realm == Realm.USER
                ? users.find(owner)
                        .map(found -> found.filter(user -> user.confirmed() && !user.blocked())
                                .map(Person::of))
                : administrators
                        .findByKey(owner)
                        .map(found -> found.filter(administrator -> !administrator.blocked())
                                .map(Person::of));
    }

    /**
     * Begins the session of a person who has proved enough: every sign-in ends here. The session may do nothing but set up a second factor
     * if the policy asks for one and the person has none. Refuses with {@code UNAUTHORIZED} when the owner was blocked, deleted or given
     * another password meanwhile.
     *
     * @param methods how the person proved who it is, step by step; for the audit log
     */
    public Future<Outcome> complete(Person person, List<SignInMethod> methods, Client client) {
        return complete(person, methods, client, context.clock().millis());
    }

    /**
     * Works as {@link #complete(Person, List, Client)}.
     *
     * @param provedAt when the person has proved it, in milliseconds since the epoch: the session is not confirmed for longer. One that has
     *     to set up a second factor is confirmed for that now
     */
    public Future<Outcome> complete(Person person, List<SignInMethod> methods, Client client, long provedAt) {
        return enrols(person).compose(enrols -> begin(person, methods, client, provedAt, enrols));
    }

    /**
     * Works as the others, for a person who has proved a second factor elsewhere: at a provider that is trusted with it, or in another
     * session of the same person. The policy asks for none here.
     */
    public Future<Outcome> completeVouchedFor(Person person, List<SignInMethod> methods, Client client, long provedAt) {
        return begin(person, methods, client, provedAt, false);
    }

    private Future<Outcome> begin(
            Person person, List<SignInMethod> methods, Client client, long provedAt, boolean enrols) {
        String token = context.tokens().newToken();
        long confirmed = enrols ? context.clock().millis() : provedAt;
        return add(
                        person,
                        context.newSession(token, person.owner(), client, enrols, words(methods), confirmed),
                        methods,
                        client)
                .compose(added -> listener.signedIn(person, methods, client))
                .onSuccess(told -> context.mailQueued())
                .map(new Outcome(person, token, ""));
    }

    private Future<Void> add(Person person, Session session, List<SignInMethod> methods, Client client) {
        if (person.realm() == Realm.ADMINISTRATOR && sessions.isReadOnly()) {
            administratorTokens.keepUnsaved(session);
            return Future.succeededFuture();
        }
        // That a recovery code was used stands in the log already: with the code, which is gone even if no session
        // begins.
        return sessions.add(
                new NewSession(session, person.realm(), person.epoch()),
                browser(person, methods, client),
                List.of(audit(person, methods, client)));
    }

    /** A program without cookies is known again by its name and its network. */
    private Sighting browser(Person person, List<SignInMethod> methods, Client client) {
        String known = client.browser().isEmpty()
                ? "program " + NetworkKey.of(client.address()).text() + ' ' + client.userAgent()
                : "browser " + client.browser();
        return new Sighting(
                person.factors(),
                Tokens.digest(known).hex(),
                ofFactors(person, AuditType.BROWSER_ADDED, methods, client));
    }

    /** Returns an entry about the person, whichever account is being signed in to. */
    private AuditEntry ofFactors(Person person, AuditType type, List<SignInMethod> methods, Client client) {
        FactorOwner owner = person.factors();
        AuditEntry entry = owner.realm() == Realm.USER
                ? context.audit().entry(type, owner.key(), client.address())
                : context.audit().by(new Actor(owner.key(), client.address()), type, "", "");
        return entry.agent(client.userAgent()).method(words(methods));
    }

    private AuditEntry audit(Person person, List<SignInMethod> methods, Client client) {
        List<String> how = methods.stream().map(SignInMethod::word).toList();
        AuditEntry entry = person.realm() == Realm.USER
                ? context.audit().entry(AuditType.LOGIN, person.owner(), client.address(), how)
                : context.audit().by(new Actor(person.owner(), client.address()), AuditType.ADMINISTRATOR_LOGIN, how);
        return entry.agent(client.userAgent()).method(words(methods));
    }

    private static String words(List<SignInMethod> methods) {
        return methods.stream().map(SignInMethod::word).collect(Collectors.joining(" "));
    }

    /** Returns whether the policy asks for a second factor that the person does not have. */
    private Future<Boolean> enrols(Person person) {
        return isAsked(person)
                .compose(asked ->
                        asked ? factors.has(person.factors()).map(has -> !has) : Future.succeededFuture(false));
    }

    /** Returns whether the policy asks this person for a second factor. */
    public Future<Boolean> isAsked(Person person) {
        return switch (policy.secondFactor()) {
            case OPTIONAL -> Future.succeededFuture(false);
            case EVERYBODY -> Future.succeededFuture(true);
            case ADMINISTRATORS ->
                person.realm() == Realm.ADMINISTRATOR
                        ? Future.succeededFuture(true)
                        : administrators.administers(person.owner());
        };
    }
}
