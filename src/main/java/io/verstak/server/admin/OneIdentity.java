package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Credentials;
import io.verstak.server.account.Logins;
import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.SignIns;
import io.verstak.server.account.SignIns.Outcome;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.UserSessions;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.domain.EmailAddress;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.AdministratorStore.Administrator;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** Administrators with a user account: one person with one password, who signs in and out once. */
public final class OneIdentity implements AdministratorSessions {
    private final AccountContext context;
    private final AdministratorStore store;
    private final UserStore users;
    private final Administrators administrators;
    private final SessionTokens administratorTokens;
    private final UserSessions sessions;
    private final SessionTokens userTokens;
    private final Logins logins;
    private final SignIns signIns;
    private final SecondFactors factors;
    private final Passkeys passkeys;

    public OneIdentity(
            AccountContext context,
            AdministratorStore store,
            UserStore users,
            Administrators administrators,
            SessionTokens administratorTokens,
            UserSessions sessions,
            SessionTokens userTokens,
            Logins logins,
            SignIns signIns,
            SecondFactors factors,
            Passkeys passkeys) {
        this.context = context;
        this.store = store;
        this.users = users;
        this.administrators = administrators;
        this.administratorTokens = administratorTokens;
        this.sessions = sessions;
        this.userTokens = userTokens;
        this.logins = logins;
        this.signIns = signIns;
        this.factors = factors;
        this.passkeys = passkeys;
    }

    @Override
    public Future<SignedIn> signIn(Credentials credentials, Client client) {
        return administrators
                .check(credentials)
                .compose(found -> signIns.firstStep(Person.of(found), SignInMethod.PASSWORD, client))
                .compose(outcome -> withUser(outcome, client));
    }

    @Override
    public Future<SignedIn> secondStep(String step, String code, Client client) {
        return signIns.secondStep(Realm.ADMINISTRATOR, step, code, client)
                .compose(outcome -> withUser(outcome, client));
    }

    @Override
    public Future<SignedIn> signInByPasskey(String response, Client client) {
        return passkeys.signedIn(response, client.address())
                .compose(owner ->
                        owner.realm() == Realm.USER ? store.findByUser(owner.key()) : store.findByKey(owner.key()))
                .compose(found -> found.map(Administrators::admit).orElseGet(Message.PASSKEY_WRONG::refuse))
                .compose(administrator -> signIns.byPasskey(Person.of(administrator), client))
                .compose(outcome -> withUser(outcome, client));
    }

    @Override
    public Future<String> passkeyRequest(String step) {
        return signIns.passkeyRequest(Realm.ADMINISTRATOR, step);
    }

    @Override
    public Future<SignedIn> secondStepByPasskey(String step, String response, Client client) {
        return signIns.secondStepByPasskey(Realm.ADMINISTRATOR, step, response, client)
                .compose(outcome -> withUser(outcome, client));
    }

    /** Signs the administrator's user account in as well, once the administrator is. */
    private Future<SignedIn> withUser(Outcome outcome, Client client) {
        return outcome.token().isEmpty()
                ? Future.succeededFuture(new SignedIn("", "", outcome.step()))
                : store.findByKey(outcome.person().owner())
                        .compose(found -> asUser(found.map(Administrator::userId), client))
                        .map(user -> new SignedIn(outcome.token(), user, ""));
    }

    private Future<String> asUser(Optional<String> id, Client client) {
        return id.map(users::find)
                .orElse(Future.succeededFuture(Optional.empty()))
                .compose(user -> user.filter(User::confirmed)
                        .map(found -> asSamePerson(Person.of(found), client))
                        .orElse(Future.succeededFuture("")));
    }

    /** Begins a session of somebody who has just proved to be that person. */
    private Future<String> asSamePerson(Person person, Client client) {
        return asSamePerson(person, client, context.clock().millis());
    }

    private Future<String> asSamePerson(Person person, Client client, long provedAt) {
        return signIns.complete(person, List.of(SignInMethod.SAME_PERSON), client, provedAt)
                .map(Outcome::token);
    }

    /** What has satisfied the policy for the user's session, a provider say, has for the administrator's. */
    private Future<String> afterUser(Person administrator, Client client, SessionIdentity user) {
        return user.enrols()
                ? asSamePerson(administrator, client, user.confirmedAt())
                : signIns.completeVouchedFor(
                                administrator, List.of(SignInMethod.SAME_PERSON), client, user.confirmedAt())
                        .map(Outcome::token);
    }

    @Override
    public Future<SignedIn> signInAfter(String userToken, Client client) {
        return userTokens
                .identify(userToken, client::address)
                .compose(session -> store.findByUser(session.owner())
                        .compose(found -> found.map(
                                        administrator -> afterUser(Person.of(administrator), client, session))
                                .orElse(Future.succeededFuture(""))))
                .map(token -> new SignedIn(token, "", ""));
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, String userToken, InetAddress address) {
        return store.findByKey(session.owner())
                .compose(found -> administrators
                        .signOut(session, address)
                        .compose(ended ->
                                endUser(found.map(Administrator::userId).orElse(""), userToken, address)));
    }

    private Future<Void> endUser(String userId, String token, InetAddress address) {
        return token.isEmpty() || userId.isEmpty()
                ? Future.succeededFuture()
                : userTokens
                        .identify(token, () -> address)
                        .compose(session -> session.owner().equals(userId)
                                ? sessions.signOut(session, address)
                                : Future.succeededFuture())
                        .recover(OneIdentity::over);
    }

    @Override
    public Future<Void> signOutAfter(SessionIdentity user, String token, InetAddress address) {
        return token.isEmpty()
                ? Future.succeededFuture()
                : administratorTokens
                        .identify(token, () -> address)
                        .compose(session -> store.findByUser(user.owner())
                                .compose(found ->
                                        found.isPresent() && found.get().key().equals(session.owner())
                                                ? administrators.signOut(session, address)
                                                : Future.succeededFuture()))
                        .recover(OneIdentity::over);
    }

    /** Ignores that a session has ended already. */
    private static Future<Void> over(Throwable failure) {
        return failure instanceof ServerException refusal && refusal.code() == ErrorCode.UNAUTHORIZED
                ? Future.succeededFuture()
                : Future.failedFuture(failure);
    }

    @Override
    public Future<Boolean> hasOwnAccount(SessionIdentity session) {
        return store.findByKey(session.owner())
                .map(found -> found.map(Administrator::userId).isPresent());
    }

    @Override
    public Future<String> createOwnAccount(Proof proof, String email, Client client) {
        return administrators.require(proof).compose(administrator -> {
            Optional<EmailAddress> address = EmailAddress.parse(email);
            if (address.isEmpty()) {
                return Message.INVALID_EMAIL.refuse();
            }
            if (!Usernames.isAllowed(administrator.username())) {
                return Message.USERNAME_NOT_ALLOWED.refuse();
            }
            User user = administrators.ownUser(administrator.username(), address.get(), administrator.passwordHash());
            return store.addOwnUser(
                            administrator,
                            user,
                            context.audit().entry(AuditType.USER_CREATED, user.id(), client.address()))
                    .compose(added -> asSamePerson(Person.of(user), client));
        });
    }

    @Override
    public Future<String> joinOwnAccount(Proof proof, Credentials account, String code, Client client) {
        return administrators
                .require(proof)
                .compose(administrator -> logins.signIn(account)
                        .compose(user -> proved(user, code, client))
                        .compose(user -> store.joinUser(
                                        administrator,
                                        user,
                                        context.audit().entry(AuditType.PASSWORD_CHANGED, user.id(), client.address()))
                                .onSuccess(joined -> context.caches().forgetUser(user.id()))
                                .compose(joined -> users.find(user.id()))
                                .compose(joined -> asSamePerson(Person.of(joined.orElse(user)), client))));
    }

    /** Returns the user, whose second factor was proved, too, if there is one. */
    private Future<User> proved(User user, String code, Client client) {
        FactorOwner owner = FactorOwner.user(user.id());
        return factors.has(owner).compose(has -> {
            if (!has) {
                return Future.succeededFuture(user);
            }
            return code.isBlank()
                    ? Message.SECOND_FACTOR_CODE_REQUIRED.refuse()
                    : factors.use(owner, code, client.address()).map(user);
        });
    }

    @Override
    public Future<Void> require(Proof proof) {
        return administrators.require(proof).mapEmpty();
    }
}
