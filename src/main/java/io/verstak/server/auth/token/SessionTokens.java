package io.verstak.server.auth.token;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Authenticates sessions: one instance for users, one for administrators. A session expires after its absolute time, or when it
 * was not used for the idle time. Sessions in use are cached; an ended one is refused from the next request on.
 *
 * <p>Safe for any thread; the futures complete on the caller's context.
 */
public final class SessionTokens {

    public static final Duration LIFE = Duration.ofHours(24);
    private static final int MOST_UNSAVED = 100;
    private static final Duration ADMINISTRATORS_IDLE = Duration.ofHours(2);

    private final SessionStore sessions;
    private final Realm realm;
    private final long idleMillis;
    private final Clock clock;
    private final TokenCache<InUse> remembered;

    /** When sessions were last used, as far as the database does not know it; outlives the cache. */
    private final Map<String, Long> unnoted = new ConcurrentHashMap<>();

    /** The latest sessions that are in memory alone, by their tokens' hashes. */
    private final Map<String, Session> unsaved = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
            return size() > MOST_UNSAVED;
        }
    };

    /** Receives sessions that may have ended. */
    private volatile Consumer<Predicate<SessionIdentity>> doubted = sessions -> {};

    private record InUse(Session session, boolean administrator, AtomicLong lastUsed) {
        SessionIdentity identity() {
            return new SessionIdentity(
                    session.tokenHash(),
                    session.id(),
                    session.owner(),
                    administrator,
                    session.confirmedAt(),
                    session.enrols(),
                    session.userAgent());
        }
    }

    public SessionTokens(Vertx vertx, SessionStore sessions, Realm realm, TokenLookupLimiter refusals, Clock clock) {
        this.sessions = sessions;
        this.realm = realm;
        this.idleMillis = realm == Realm.ADMINISTRATOR ? ADMINISTRATORS_IDLE.toMillis() : LIFE.toMillis();
        this.clock = clock;
        this.remembered = new TokenCache<>(vertx, refusals, sessions.isShared());
    }

    /**
     * Returns the session of a token and counts it as used. Refuses with {@code UNAUTHORIZED} (unknown, ended or expired),
     * {@code RATE_LIMITED} (too many wrong tokens from this address) and {@code UNAVAILABLE}.
     *
     * @param from the client's network address, evaluated only when the token is not cached
     */
    public Future<SessionIdentity> identify(String token, Supplier<InetAddress> from) {
        return remembered.get(Tokens.digest(token).hex(), from, this::load).compose(this::use);
    }

    /**
     * Keeps a session in memory alone while the database is damaged: the administrator must be able to read what to do. It ends
     * with the process.
     */
    public void keepUnsaved(Session session) {
        synchronized (unsaved) {
            unsaved.put(session.tokenHash(), session);
        }
    }

    /** Ends a session that is in memory alone. Returns false if it is not. */
    public boolean endUnsaved(String tokenHash) {
        boolean ended;
        synchronized (unsaved) {
            ended = unsaved.remove(tokenHash) != null;
        }
        if (ended) {
            forget(tokenHash);
        }
        return ended;
    }

    private Future<InUse> load(String tokenHash) {
        synchronized (unsaved) {
            @Nullable Session kept = unsaved.get(tokenHash);
            if (kept != null) {
                return Future.succeededFuture(inUse(kept));
            }
        }
        return sessions.find(realm, tokenHash)
                .compose(found -> found.map(session -> Future.succeededFuture(inUse(session)))
                        .orElseGet(SessionTokens::refuse));
    }

    private InUse inUse(Session session) {
        long used = unnoted.getOrDefault(session.tokenHash(), 0L);
        return new InUse(session, realm == Realm.ADMINISTRATOR, new AtomicLong(Math.max(session.lastUsedAt(), used)));
    }

    private Future<SessionIdentity> use(InUse session) {
        if (!isValid(session)) {
            return refuse();
        }
        long now = clock.millis();
        session.lastUsed().set(now);
        unnoted.put(session.session().tokenHash(), now);
        return Future.succeededFuture(session.identity());
    }

    private boolean isValid(InUse session) {
        long now = clock.millis();
        return now < session.session().expiresAt() && now - session.lastUsed().get() < idleMillis;
    }

    private static <T> Future<T> refuse() {
        return ErrorCode.UNAUTHORIZED.refuse();
    }

    /** Invalidates a session that was ended. */
    public void forget(String tokenHash) {
        remembered.forget(tokenHash);
        doubted.accept(session -> session.tokenHash().equals(tokenHash));
    }

    /** Invalidates all sessions of an owner. */
    public void forgetOwner(String owner) {
        synchronized (unsaved) {
            unsaved.values().removeIf(session -> session.owner().equals(owner));
        }
        remembered.forgetIf(session -> session.session().owner().equals(owner));
        doubted.accept(session -> session.owner().equals(owner));
    }

    public void forgetAll() {
        remembered.forgetAll();
        doubted.accept(session -> true);
    }

    /**
     * Sets the listener for open streams, called on any thread when sessions are invalidated. It must call {@link #holds} for those of its
     * sessions that match the predicate.
     */
    public void onDoubt(Consumer<Predicate<SessionIdentity>> listener) {
        doubted = listener;
    }

    /** Returns whether a session exists and has not expired, from the database, and does not count it as used. */
    public Future<Boolean> holds(SessionIdentity session) {
        return load(session.tokenHash())
                .map(this::isValid)
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() == ErrorCode.UNAUTHORIZED
                                ? Future.succeededFuture(false)
                                : Future.failedFuture(failure));
    }

    /** Stores when sessions were last used. */
    public Future<Void> flush() {
        Map<String, Long> news = Map.copyOf(unnoted);
        return news.isEmpty()
                ? Future.succeededFuture()
                : sessions.note(news).onSuccess(noted -> news.forEach(unnoted::remove));
    }
}
