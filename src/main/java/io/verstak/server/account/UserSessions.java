package io.verstak.server.account;

import io.verstak.server.audit.Audit;
import io.verstak.server.audit.AuditType;
import io.verstak.server.auth.token.CredentialCaches;
import io.verstak.server.auth.token.SessionTokens;
import io.verstak.server.auth.token.Tokens;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.NewSession;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates and ends users' sessions. */
public final class UserSessions implements Sessions {
    private static final int MAX_USER_AGENT = 256;

    private final Logins logins;
    private final SessionStore sessions;
    private final SessionTokens sessionTokens;
    private final CredentialCaches remembered;
    private final Tokens tokens;
    private final Audit audit;
    private final Clock clock;

    public UserSessions(
            Logins logins,
            SessionStore sessions,
            SessionTokens sessionTokens,
            CredentialCaches remembered,
            Tokens tokens,
            Audit audit,
            Clock clock) {
        this.logins = logins;
        this.sessions = sessions;
        this.sessionTokens = sessionTokens;
        this.remembered = remembered;
        this.tokens = tokens;
        this.audit = audit;
        this.clock = clock;
    }

    @Override
    public Future<SignedIn> signIn(Credentials credentials, @Nullable String userAgent) {
        Client client = new Client(credentials.address(), userAgent == null ? "" : userAgent);
        return logins.signIn(credentials)
                .compose(user -> begin(user, client).map(token -> new SignedIn(user.id(), token)));
    }

    /**
     * Makes a session of a user whose password was checked.
     *
     * @return its token
     */
    public Future<String> begin(User user, Client client) {
        String token = tokens.newToken();
        String address = client.address().getHostAddress();
        long now = clock.millis();
        Session session = new Session(
                Tokens.digest(token).hex(),
                tokens.newUserId(),
                user.id(),
                address,
                client.userAgent().substring(0, Math.min(client.userAgent().length(), MAX_USER_AGENT)),
                now,
                now,
                now + SessionTokens.LIFE.toMillis());
        return sessions.add(
                        new NewSession(session, Realm.USER, user.epoch()),
                        audit.entry(AuditType.LOGIN, user.id(), "", address))
                .map(token);
    }

    @Override
    public Future<Void> signOut(SessionIdentity session, InetAddress address) {
        return sessions.delete(session.tokenHash(), audit.entry(AuditType.LOGOUT, session.owner(), address))
                .onSuccess(ended -> sessionTokens.forget(session.tokenHash()));
    }

    @Override
    public Future<Void> endSession(SessionIdentity session, String id, String administratorToken, InetAddress address) {
        // A user who ends the own session signs out.
        String kept = id.equals(session.id()) ? "" : hash(administratorToken);
        AuditEntry entry = audit.entry(AuditType.SESSION_ENDED, session.owner(), address);
        return sessions.deleteById(session.owner(), id, kept, entry)
                .onSuccess(ended -> remembered.forgetUser(session.owner()));
    }

    @Override
    public Future<Void> signOutOthers(SessionIdentity session, String administratorToken, InetAddress address) {
        AuditEntry entry = audit.entry(AuditType.SESSIONS_ENDED, session.owner(), address);
        return sessions.deleteOthers(session.owner(), session.tokenHash(), hash(administratorToken), entry)
                .onSuccess(ended -> remembered.forgetUser(session.owner()));
    }

    private static String hash(String token) {
        return token.isEmpty() ? "" : Tokens.digest(token).hex();
    }

    @Override
    public Future<List<SessionView>> sessions(SessionIdentity asking) {
        long now = clock.millis();
        return sessions.list(Realm.USER, asking.owner())
                .map(rows -> rows.stream()
                        .filter(session -> session.expiresAt() > now)
                        .map(session -> new SessionView(
                                session.id(),
                                session.address(),
                                session.userAgent(),
                                session.createdAt(),
                                session.lastUsedAt(),
                                session.tokenHash().equals(asking.tokenHash())))
                        .toList());
    }
}
