package io.verstak.server.account.factor.change;

import io.verstak.server.account.SignIns;
import io.verstak.server.account.factor.NewRecoveryCodes;
import io.verstak.server.account.factor.SecondFactors;
import io.verstak.server.account.factor.change.OwnSecondFactor.Caller;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.audit.AuditType;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.PasskeyStore;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.vertx.core.Future;
import java.util.List;

/** Adds and removes the passkeys of users and administrators. */
public final class PersonalPasskeys implements OwnPasskeys {
    private final FactorHolders holders;
    private final AdministratorStore administrators;
    private final SignIns signIns;
    private final Passkeys passkeys;
    private final SecondFactors factors;
    private final PasskeyStore store;

    public PersonalPasskeys(
            FactorHolders holders,
            AdministratorStore administrators,
            SignIns signIns,
            Passkeys passkeys,
            SecondFactors factors,
            PasskeyStore store) {
        this.holders = holders;
        this.administrators = administrators;
        this.signIns = signIns;
        this.passkeys = passkeys;
        this.factors = factors;
        this.store = store;
    }

    @Override
    public Future<Overview> overview(Caller caller) {
        return holders.find(caller).compose(owner -> {
            Future<List<Passkey>> all = store.list(owner.factors());
            Future<String> request = passkeys.creationRequest(owner.factors(), owner.username());
            Future<Boolean> administers =
                    administrators.administers(caller.session().owner());
            return Future.all(all, request, administers)
                    .map(read -> new Overview(
                            owner.username(),
                            holders.isConfirmed(caller),
                            all.result().stream()
                                    .map(each -> new OwnPasskey(
                                            each.credentialId(), each.name(), each.createdAt(), each.lastUsedAt()))
                                    .toList(),
                            request.result(),
                            passkeys.relyingParty().obstacle(),
                            !caller.administrator()
                                    && owner.hasPassword()
                                    && !all.result().isEmpty()
                                    && !administers.result()));
        });
    }

    @Override
    public Future<List<String>> add(Caller caller, String password, String response, String name, String otherToken) {
        NewRecoveryCodes codes = factors.drawCodes();
        List<String> kept = FactorHolders.kept(caller, otherToken);
        return holders.find(caller)
                .compose(owner -> confirm(caller, password)
                        .compose(confirmed -> passkeys.created(owner.factors(), response, name, caller.address()))
                        .compose(created -> store.add(
                                created.passkey(),
                                created.challenge(),
                                kept,
                                codes.hashes(),
                                holders.entry(caller, owner, AuditType.PASSKEY_ADDED)
                                        .subject(name)))
                        .onSuccess(added -> holders.changed(owner)))
                .map(stored -> stored ? codes.shown() : List.of());
    }

    @Override
    public Future<Void> rename(Caller caller, String id, String name) {
        String typed = name.strip();
        if (typed.isEmpty() || !typed.equals(Passkeys.name(typed))) {
            return Message.PASSKEY_NAME_NOT_ALLOWED.refuse();
        }
        return holders.find(caller)
                .compose(owner -> store.rename(
                        owner.factors(),
                        id,
                        typed,
                        holders.entry(caller, owner, AuditType.PASSKEY_RENAMED).subject(typed)));
    }

    @Override
    public Future<Void> remove(Caller caller, String password, String id) {
        return holders.find(caller)
                .compose(owner -> confirm(caller, password)
                        .compose(confirmed -> signIns.isAsked(owner.person()))
                        .compose(asked -> store.remove(
                                owner.factors(), id, asked, holders.entry(caller, owner, AuditType.PASSKEY_REMOVED)))
                        .onSuccess(removed -> holders.changed(owner)));
    }

    @Override
    public Future<Void> removePassword(Caller caller, String password) {
        return caller.administrator()
                ? ErrorCode.CONFLICT.refuse()
                : holders.find(caller)
                        .compose(owner -> confirm(caller, password)
                                .compose(confirmed -> store.removePassword(
                                        caller.session().owner(),
                                        caller.session().tokenHash(),
                                        holders.entry(caller, owner, AuditType.PASSWORD_REMOVED)))
                                .onSuccess(removed -> holders.changed(owner)));
    }

    private Future<Void> confirm(Caller caller, String password) {
        return holders.isConfirmed(caller) ? Future.succeededFuture() : holders.byPassword(caller, password);
    }
}
