package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.account.SignIns;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.TotpStore.Factors;
import io.verstak.server.storage.account.UserStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Sets up and removes the second factors of users and administrators themselves. */
final class PersonalSecondFactor implements OwnSecondFactor {
    private final AccountContext context;
    private final UserStore users;
    private final AdministratorStore administrators;
    private final Logins logins;
    private final Administrators passwords;
    private final SecondFactors factors;
    private final SignIns signIns;
    private final SecretBox secrets;

    /** The person of a session. */
    private record Owner(Person person, String username) {
        FactorOwner factors() {
            return person.factors();
        }
    }

    PersonalSecondFactor(
            AccountContext context,
            UserStore users,
            AdministratorStore administrators,
            Logins logins,
            Administrators passwords,
            SecondFactors factors,
            SignIns signIns,
            SecretBox secrets) {
        this.context = context;
        this.users = users;
        this.administrators = administrators;
        this.logins = logins;
        this.passwords = passwords;
        this.factors = factors;
        this.signIns = signIns;
        this.secrets = secrets;
    }

    @Override
    public Future<State> state(Caller caller) {
        return owner(caller).compose(owner -> factors.of(owner.factors()).map(has -> state(caller, owner, has)));
    }

    private State state(Caller caller, Owner owner, Factors has) {
        return new State(
                owner.username(),
                has.totp().isPresent(),
                has.totp().map(app -> app.createdAt()).orElse(0L),
                has.passkeys(),
                has.recoveryCodes().size(),
                isConfirmed(caller));
    }

    private boolean isConfirmed(Caller caller) {
        return caller.session().isConfirmed(context.clock().millis());
    }

    @Override
    public Future<Offer> offer(Caller caller, String sealed) {
        String secret = secrets.open(sealed, place(caller)).orElseGet(factors::newSecret);
        return Future.succeededFuture(new Offer(secret, secrets.seal(secret, place(caller))));
    }

    @Override
    public Future<List<String>> setUp(Caller caller, String sealed, String code, String proof, String otherToken) {
        Optional<String> secret = secrets.open(sealed, place(caller));
        if (secret.isEmpty()) {
            return Message.SECOND_FACTOR_OFFER_EXPIRED.refuse();
        }
        List<String> kept = Stream.of(
                        caller.session().tokenHash(),
                        otherToken.isEmpty() ? "" : Tokens.digest(otherToken).hex())
                .toList();
        return owner(caller)
                .compose(owner -> confirm(caller, owner, proof)
                        .compose(confirmed -> factors.enrol(
                                owner.factors(),
                                secret.get(),
                                code,
                                kept,
                                entry(caller, owner, AuditType.SECOND_FACTOR_SET_UP)))
                        .onSuccess(done -> changed(owner)));
    }

    @Override
    public Future<List<String>> renewCodes(Caller caller, String proof) {
        return owner(caller)
                .compose(owner -> factors.has(owner.factors())
                        .compose(has -> has ? confirm(caller, owner, proof) : ErrorCode.CONFLICT.refuse())
                        .compose(confirmed -> factors.newCodes(
                                owner.factors(), entry(caller, owner, AuditType.RECOVERY_CODES_RENEWED)))
                        .onSuccess(done -> changed(owner)));
    }

    @Override
    public Future<Void> remove(Caller caller, String proof) {
        return owner(caller)
                .compose(owner -> prove(caller, owner, proof)
                        .compose(proved -> signIns.isAsked(owner.person()))
                        .compose(asked -> factors.remove(
                                owner.factors(), asked, entry(caller, owner, AuditType.SECOND_FACTOR_REMOVED)))
                        .onSuccess(done -> changed(owner)));
    }

    private Future<Void> confirm(Caller caller, Owner owner, String proof) {
        return isConfirmed(caller) ? Future.succeededFuture() : prove(caller, owner, proof);
    }

    private Future<Void> prove(Caller caller, Owner owner, String proof) {
        return SecondFactors.isCode(proof)
                ? factors.use(owner.factors(), proof, caller.address()).mapEmpty()
                : byPassword(caller, new Proof(caller.session(), proof, caller.address()));
    }

    private Future<Void> byPassword(Caller caller, Proof proof) {
        return caller.administrator()
                ? passwords.requirePassword(proof).mapEmpty()
                : logins.requirePassword(proof).mapEmpty();
    }

    private Future<Owner> owner(Caller caller) {
        String key = caller.session().owner();
        Future<Optional<Owner>> found = caller.administrator()
                ? administrators.findByKey(key).map(one -> one.map(all -> new Owner(Person.of(all), all.username())))
                : users.find(key).map(user -> user.map(one -> new Owner(Person.of(one), one.username())));
        return found.map(owner -> owner.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    private AuditEntry entry(Caller caller, Owner owner, AuditType type) {
        if (!caller.administrator()) {
            return context.audit().entry(type, caller.session(), caller.address());
        }
        String user = owner.factors().realm() == Realm.USER ? owner.factors().key() : "";
        Actor actor = new Actor(caller.session().owner(), caller.address());
        return context.audit().by(actor, type, user, "").agent(caller.session().userAgent());
    }

    private void changed(Owner owner) {
        context.mailQueued();
        if (owner.factors().realm() == Realm.USER) {
            context.caches().forgetUser(owner.factors().key());
        } else {
            context.caches().forgetAdministrators();
        }
    }

    private static String place(Caller caller) {
        return "offered authenticator app of session " + caller.session().id();
    }
}
