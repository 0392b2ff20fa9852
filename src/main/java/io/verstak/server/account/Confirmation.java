package io.verstak.server.account;

import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.SessionStore;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** Decides whether a session is confirmed, and confirms it after a proof of any kind. Safe for any thread. */
public final class Confirmation {
    private final SessionStore sessions;
    private final CredentialCaches caches;
    private final Audit audit;
    private final Clock clock;

    public Confirmation(SessionStore sessions, CredentialCaches caches, Audit audit, Clock clock) {
        this.sessions = sessions;
        this.caches = caches;
        this.audit = audit;
        this.clock = clock;
    }

    /** Returns whether the session needs no proof at present. */
    public boolean holds(SessionIdentity session) {
        return !session.enrols() && session.isConfirmed(clock.millis());
    }

    /**
     * Confirms a session whose person has just given a proof that was checked and counted: the password, a code, a passkey, or signing in
     * at a provider again. It holds from the next request on, at every node. A session that may do nothing but set up a second factor
     * stays as it is. Fails with {@code UNAUTHORIZED} if the session has ended meanwhile.
     *
     * @param method the kind of proof for the audit log, such as {@code password}
     */
    public Future<Void> renew(SessionIdentity session, String method, InetAddress from) {
        if (sessions.isReadOnly() || session.enrols()) {
            return Future.succeededFuture();
        }
        return sessions.confirm(session.tokenHash(), entry(session, method, from))
                .compose(confirmed -> confirmed ? Future.<Void>succeededFuture() : ErrorCode.UNAUTHORIZED.refuse())
                .onSuccess(confirmed -> caches.forgetSession(session));
    }

    private AuditEntry entry(SessionIdentity session, String method, InetAddress from) {
        return session.administrator()
                ? audit.by(new Actor(session.owner(), from), AuditType.ADMINISTRATOR_CONFIRMED, List.of(method))
                : audit.entry(AuditType.CONFIRMED, session, from);
    }

    /**
     * Succeeds if the session is confirmed, or the password that was entered is right, which confirms it. Fails with {@code FORBIDDEN}
     * otherwise.
     *
     * @param isPassword checks and counts the password
     */
    public Future<Void> require(Proof proof, Supplier<Future<Boolean>> isPassword) {
        if (proof.password().isEmpty()) {
            return holds(proof.session()) ? Future.succeededFuture() : Message.CONFIRMATION_REQUIRED.refuse();
        }
        return requirePassword(proof, isPassword);
    }

    /** Succeeds if the password that was entered is right, which confirms the session. */
    public Future<Void> requirePassword(Proof proof, Supplier<Future<Boolean>> isPassword) {
        return isPassword
                .get()
                .compose(right ->
                        right ? renew(proof.session(), "password", proof.address()) : Message.WRONG_PASSWORD.refuse());
    }
}
