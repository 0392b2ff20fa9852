package io.verstak.server.account.factor.change;

import io.verstak.server.account.AccountContext;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.StepUp;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.factor.change.OwnSecondFactor.Caller;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.AdministratorStore;
import io.verstak.server.storage.account.FactorOwner;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.UserStore;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * The users and administrators who change their own authenticator apps and passkeys: finds them by their sessions, asks for a proof, and
 * notes a change. Safe for any thread.
 */
public final class FactorHolders {
    private final AccountContext context;
    private final UserStore users;
    private final AdministratorStore administrators;
    private final StepUp stepUp;

    /** The person of a session. */
    record Holder(Person person, String username, boolean hasPassword) {
        FactorOwner factors() {
            return person.factors();
        }
    }

    public FactorHolders(AccountContext context, UserStore users, AdministratorStore administrators, StepUp stepUp) {
        this.context = context;
        this.users = users;
        this.administrators = administrators;
        this.stepUp = stepUp;
    }

    /** Returns who a session belongs to. Fails with {@code UNAUTHORIZED} if the account is gone. */
    Future<Holder> find(Caller caller) {
        String key = caller.session().owner();
        Future<Optional<Holder>> found = caller.administrator()
                ? administrators
                        .findByKey(key)
                        .map(one -> one.map(administrator -> new Holder(
                                Person.of(administrator),
                                administrator.username(),
                                !administrator.passwordHash().isEmpty())))
                : users.find(key)
                        .map(one -> one.map(user -> new Holder(
                                Person.of(user),
                                user.username(),
                                !user.passwordHash().isEmpty())));
        return found.map(holder -> holder.orElseThrow(() -> new ServerException(ErrorCode.UNAUTHORIZED)));
    }

    /** Returns whether the person has proved a short time ago who it is. Holds for sessions that must set up a factor, too. */
    boolean isConfirmed(Caller caller) {
        return caller.session().isConfirmed(context.clock().millis());
    }

    /** Checks the password. Fails as {@link StepUp#confirm} does. */
    Future<Void> byPassword(Caller caller, String password) {
        return stepUp.confirm(new Proof(caller.session(), password, caller.address()));
    }

    /**
     * Returns the hashes of the tokens of this browser, whose sessions stay.
     *
     * @param otherToken of the other realm; empty: there is none
     */
    static List<String> kept(Caller caller, String otherToken) {
        return List.of(
                caller.session().tokenHash(),
                otherToken.isEmpty() ? "" : Tokens.digest(otherToken).hex());
    }

    /** Returns the entry of the audit log about a change that this person makes. */
    AuditEntry entry(Caller caller, Holder holder, AuditType type) {
        AuditEntry entry = caller.administrator()
                ? context.audit().by(new Actor(caller.session().owner(), caller.address()), type, userOf(holder), "")
                : context.audit().entry(type, caller.session(), caller.address());
        return entry.agent(caller.session().userAgent());
    }

    private static String userOf(Holder holder) {
        return holder.factors().realm() == Realm.USER ? holder.factors().key() : "";
    }

    /** Lets a change hold from the next request on, and wakes the outbox, which tells of it. */
    void changed(Holder holder) {
        context.mailQueued();
        if (holder.factors().realm() == Realm.USER) {
            context.caches().forgetUser(holder.factors().key());
        } else {
            context.caches().forgetAdministrators();
        }
    }
}
