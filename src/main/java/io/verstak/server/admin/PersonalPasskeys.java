package io.verstak.server.admin;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.Logins;
import io.verstak.server.account.SignIns;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.passkey.Passkeys;
import io.verstak.server.admin.OwnSecondFactor.Caller;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.PasskeyStore;
import io.verstak.server.storage.account.PasskeyStore.Passkey;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Adds and removes the passkeys of users and administrators. */
final class PersonalPasskeys implements OwnPasskeys {
    /** How long after a proof no other one is asked for. */
    private static final Duration CONFIRMED = Duration.ofMinutes(10);

    private final AccountContext context;
    private final UserStore users;
    private final AdministratorStore administrators;
    private final Logins logins;
    private final Administrators passwords;
    private final SignIns signIns;
    private final Passkeys passkeys;
    private final PasskeyStore store;

    /** The person of a session. */
    private record Owner(Person person, String username, boolean hasPassword) {
        FactorOwner factors() {
            return person.factors();
        }
    }

    PersonalPasskeys(
            AccountContext context,
            UserStore users,
            AdministratorStore administrators,
            Logins logins,
            Administrators passwords,
            SignIns signIns,
            Passkeys passkeys,
            PasskeyStore store) {
        this.context = context;
        this.users = users;
        this.administrators = administrators;
        this.logins = logins;
        this.passwords = passwords;
        this.signIns = signIns;
        this.passkeys = passkeys;
        this.store = store;
    }

    @Override
    public Future<Overview> overview(Caller caller) {
        return owner(caller).compose(owner -> {
            Future<List<Passkey>> all = store.list(owner.factors());
            Future<String> request = passkeys.creationRequest(owner.factors(), owner.username());
            Future<Boolean> administers =
                    administrators.administers(caller.session().owner());
            return Future.all(all, request, administers)
                    .map(read -> new Overview(
                            owner.username(),
                            isConfirmed(caller),
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
    public Future<Void> add(Caller caller, String password, String response, String name, String otherToken) {
        List<String> kept = List.of(
                caller.session().tokenHash(),
                otherToken.isEmpty() ? "" : Tokens.digest(otherToken).hex());
        return owner(caller)
                .compose(owner -> confirm(caller, password)
                        .compose(confirmed -> passkeys.created(owner.factors(), response, name, caller.address()))
                        .compose(created -> store.add(
                                created.passkey(),
                                created.challenge(),
                                kept,
                                entry(caller, owner, AuditType.PASSKEY_ADDED, name)))
                        .onSuccess(added -> changed(owner)));
    }

    @Override
    public Future<Void> rename(Caller caller, String id, String name) {
        String typed = name.strip();
        if (typed.isEmpty() || !typed.equals(Passkeys.name(typed))) {
            return Message.PASSKEY_NAME_NOT_ALLOWED.refuse();
        }
        return owner(caller)
                .compose(owner -> store.rename(
                        owner.factors(), id, typed, entry(caller, owner, AuditType.PASSKEY_RENAMED, typed)));
    }

    @Override
    public Future<Void> remove(Caller caller, String password, String id) {
        return owner(caller)
                .compose(owner -> confirm(caller, password)
                        .compose(confirmed -> signIns.isAsked(owner.person()))
                        .compose(asked -> store.remove(
                                owner.factors(), id, asked, entry(caller, owner, AuditType.PASSKEY_REMOVED, "")))
                        .onSuccess(removed -> changed(owner)));
    }

    @Override
    public Future<Void> removePassword(Caller caller, String password) {
        String user = caller.session().owner();
        return caller.administrator()
                ? ErrorCode.CONFLICT.refuse()
                : owner(caller)
                        .compose(owner -> confirm(caller, password)
                                .compose(confirmed -> store.removePassword(
                                        user,
                                        caller.session().tokenHash(),
                                        entry(caller, owner, AuditType.PASSWORD_REMOVED, ""))))
                        .onSuccess(removed -> {
                            context.mailQueued();
                            context.caches().forgetUser(user);
                        });
    }

    private boolean isConfirmed(Caller caller) {
        return context.clock().millis() - caller.session().confirmedAt() < CONFIRMED.toMillis();
    }

    private Future<Void> confirm(Caller caller, String password) {
        return isConfirmed(caller)
                ? Future.succeededFuture()
                : byPassword(caller, new Proof(caller.session(), password, caller.address()));
    }

    private Future<Void> byPassword(Caller caller, Proof proof) {
        return caller.administrator()
                ? passwords.requirePassword(proof).mapEmpty()
                : logins.requirePassword(proof).mapEmpty();
    }

    private Future<Owner> owner(Caller caller) {
        String key = caller.session().owner();
        Future<Optional<Owner>> found = caller.administrator()
                ? administrators
                        .findByKey(key)
                        .map(one -> one.map(all -> new Owner(
                                Person.of(all),
                                all.username(),
                                !all.passwordHash().isEmpty())))
                : users.find(key)
                        .map(one -> one.map(user -> new Owner(
                                Person.of(user),
                                user.username(),
                                !user.passwordHash().isEmpty())));
        return found.map(owner -> owner.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    private AuditEntry entry(Caller caller, Owner owner, AuditType type, String passkey) {
        AuditEntry entry = caller.administrator()
                ? context.audit()
                        .by(
                                new Actor(caller.session().owner(), caller.address()),
                                type,
                                owner.factors().realm() == Realm.USER
                                        ? owner.factors().key()
                                        : "",
                                "")
                : context.audit().entry(type, caller.session(), caller.address());
        return entry.subject(passkey).agent(caller.session().userAgent());
    }

    private void changed(Owner owner) {
        context.mailQueued();
        if (owner.factors().realm() == Realm.USER) {
            context.caches().forgetUser(owner.factors().key());
        } else {
            context.caches().forgetAdministrators();
        }
    }
}
