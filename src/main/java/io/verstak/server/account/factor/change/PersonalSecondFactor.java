package io.verstak.server.account.factor.change;

import io.verstak.server.account.SignIns;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.change.FactorHolders.Holder;
import io.verstak.server.audit.AuditType;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.account.TotpStore.Factors;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Sets up and removes the second factors of users and administrators themselves. */
public final class PersonalSecondFactor implements OwnSecondFactor {
    private final FactorHolders holders;
    private final SecondFactors factors;
    private final SignIns signIns;
    private final SecretBox secrets;

    public PersonalSecondFactor(FactorHolders holders, SecondFactors factors, SignIns signIns, SecretBox secrets) {
        this.holders = holders;
        this.factors = factors;
        this.signIns = signIns;
        this.secrets = secrets;
    }

    @Override
    public Future<State> state(Caller caller) {
        return holders.find(caller).compose(owner -> factors.of(owner.factors()).map(has -> state(caller, owner, has)));
    }

    private State state(Caller caller, Holder owner, Factors has) {
        return new State(
                owner.username(),
                has.totp().isPresent(),
                has.totp().map(app -> app.createdAt()).orElse(0L),
                has.passkeys(),
                has.recoveryCodes().size(),
                holders.isConfirmed(caller));
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
        List<String> kept = FactorHolders.kept(caller, otherToken);
        return holders.find(caller)
                .compose(owner -> confirm(caller, owner, proof)
                        .compose(confirmed -> factors.enrol(
                                owner.factors(),
                                secret.get(),
                                code,
                                kept,
                                holders.entry(caller, owner, AuditType.SECOND_FACTOR_SET_UP)))
                        .onSuccess(done -> holders.changed(owner)));
    }

    @Override
    public Future<List<String>> renewCodes(Caller caller, String proof) {
        return holders.find(caller)
                .compose(owner -> factors.has(owner.factors())
                        .compose(has -> has ? confirm(caller, owner, proof) : ErrorCode.CONFLICT.refuse())
                        .compose(confirmed -> factors.newCodes(
                                owner.factors(), holders.entry(caller, owner, AuditType.RECOVERY_CODES_RENEWED)))
                        .onSuccess(done -> holders.changed(owner)));
    }

    @Override
    public Future<Void> remove(Caller caller, String proof) {
        return holders.find(caller)
                .compose(owner -> prove(caller, owner, proof)
                        .compose(proved -> signIns.isAsked(owner.person()))
                        .compose(asked -> factors.remove(
                                owner.factors(), asked, holders.entry(caller, owner, AuditType.SECOND_FACTOR_REMOVED)))
                        .onSuccess(done -> holders.changed(owner)));
    }

    private Future<Void> confirm(Caller caller, Holder owner, String proof) {
        return holders.isConfirmed(caller) ? Future.succeededFuture() : prove(caller, owner, proof);
    }

    private Future<Void> prove(Caller caller, Holder owner, String proof) {
        return SecondFactors.isCode(proof)
                ? factors.use(owner.factors(), proof, caller.address()).mapEmpty()
                : holders.byPassword(caller, proof);
    }

    private static String place(Caller caller) {
        return "offered authenticator app of session " + caller.session().id();
    }
}
