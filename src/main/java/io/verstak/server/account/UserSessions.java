package io.verstak.server.account;

import io.verstak.server.account.Sessions.Client;
import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.account.SignIns.Outcome;
import io.verstak.server.account.SignIns.Person;
import io.verstak.server.account.factor.SignInMethod;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.util.List;

/** Creates and ends users' sessions. */
public final class UserSessions implements Sessions {
    private final AccountContext context;
    private final Logins logins;
    private final SignIns signIns;
    private final SessionStore sessions;
    private final SessionTokens sessionTokens;

    public UserSessions(
            AccountContext context,
            Logins logins,
            SignIns signIns,
            SessionStore sessions,
            SessionTokens sessionTokens) {
        this.context = context;
        this.logins = logins;
        this.signIns = signIns;
        this.sessions = sessions;
        this.sessionTokens = sessionTokens;
    }

    @Override
    public Future<SignedIn> signIn(Credentials credentials, Client client) {
        return logins.signIn(credentials)
                .compose(user -> signIns.firstStep(Person.of(user), SignInMethod.PASSWORD, client))
                .map(UserSessions::signedIn);
    }

    @Override
    public Future<SignedIn> secondStep(String step, String code, Client client) {
        return signIns.secondStep(Realm.USER, step, code, client).map(UserSessions::signedIn);
    }

    @Override
    public Future<SignedIn> signInByPasskey(String response, Client client) {
        return logins.byPasskey(response, client.address())
                .compose(user -> signIns.byPasskey(Person.of(user), client))
                .map(UserSessions::signedIn);
    }

    @Override
    public Future<String> passkeyRequest(String step) {
        return signIns.passkeyRequest(Realm.USER, step);
    }

    @Override
    public Future<SignedIn> secondStepByPasskey(String step, String response, Client client) {
        return signIns.secondStepByPasskey(Realm.USER, step, response, client).map(UserSessions::signedIn);
    }

    static SignedIn signedIn(Outcome outcome) {
        return new SignedIn(outcome.person().owner(), outcome.token(), outcome.step());
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, InetAddress address) {
        return sessions.delete(session.tokenHash(), context.audit().entry(AuditType.LOGOUT, session.owner(), address))
                .onSuccess(ended -> sessionTokens.forget(session.tokenHash()));
    }

    @Override
    public Future<Void> endSession(SessionIdentity session, String id, String administratorToken, InetAddress address) {
        // A user who ends the own session signs out.
        String kept = id.equals(session.id()) ? "" : hash(administratorToken);
        AuditEntry entry = context.audit().entry(AuditType.SESSION_ENDED, session.owner(), address);
        return sessions.deleteById(session.owner(), id, kept, entry)
                .onSuccess(ended -> context.caches().forgetUser(session.owner()));
    }

    @Override
    public Future<Void> signOutOthers(SessionIdentity session, String administratorToken, InetAddress address) {
        AuditEntry entry = context.audit().entry(AuditType.SESSIONS_ENDED, session.owner(), address);
        return sessions.deleteOthers(session.owner(), session.tokenHash(), hash(administratorToken), entry)
                .onSuccess(ended -> context.caches().forgetUser(session.owner()));
    }

    private static String hash(String token) {
        return token.isEmpty() ? "" : Tokens.digest(token).hex();
    }

    @Override
    public Future<List<SessionView>> sessions(SessionIdentity asking) {
        long now = context.clock().millis();
        return sessions.list(Realm.USER, asking.owner())
                .map(rows -> rows.stream()
                        .filter(session -> session.expiresAt() > now)
                        .map(session -> new SessionView(
                                session.id(),
                                session.address(),
                                session.userAgent(),
                                session.method(),
                                session.createdAt(),
                                session.lastUsedAt(),
                                session.tokenHash().equals(asking.tokenHash())))
                        .toList());
    }
}
