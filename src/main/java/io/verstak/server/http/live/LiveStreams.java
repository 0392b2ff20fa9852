package io.verstak.server.http.live;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.Request;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event streams of open pages. While there are any, each session is looked up and the figures of each page are read from the
 * database in rounds, one after the other, so that a change by another node is seen, too. Rounds take at most a tenth of one
 * connection's time. Safe for any thread.
 */
public final class LiveStreams {
    /** The least time between two rounds. */
    static final long ROUND_MILLIS = 2000;

    /** Of one person. A browser has six connections to a server without HTTP/2, and pages need some of them. */
    static final int STREAMS_PER_PERSON = 4;

    static final int STREAMS = 200;

    private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);
    private static final int REST_TIMES_COST = 9;
    private static final int FULL_SECONDS = 60;
    private static final int COME_BACK_MILLIS = 2000;

    private final Vertx vertx;
    private final Context context;
    private final Function<SessionIdentity, Future<Boolean>> holds;
    private final Map<Topic, Watched> topics = new HashMap<>();
    private int streams;
    private boolean closed;
    private boolean looking;

    /** Reads what a page shows: equal as long as its reader would see no difference. */
    @FunctionalInterface
    public interface Figures {
        Future<?> read(SessionIdentity session);
    }

    /** A page as one reader sees it. */
    private record Topic(String page, String reader) {}

    private static final class Watched {
        private final Figures figures;
        private final Set<LiveStream> streams = new LinkedHashSet<>();
        private @Nullable Object latest;

        private Watched(Figures figures) {
            this.figures = figures;
        }
    }

    /** @param holds returns whether a session still exists, without counting it as used */
    public LiveStreams(Vertx vertx, Function<SessionIdentity, Future<Boolean>> holds) {
        this.vertx = vertx;
        // Not a verticle's context: its timers would end with the verticle.
        this.context = vertx.getOrCreateContext();
        this.holds = holds;
    }

    /**
     * Opens a stream as the answer of a request. Refuses with {@code UNAVAILABLE} when there are too many, or the server is stopping,
     * and with {@code UNAUTHORIZED} when the session has ended.
     *
     * @param page names the page
     * @param reader empty: all readers see the same figures
     */
    public Future<Void> open(Request call, SessionIdentity session, String page, String reader, Figures figures) {
        LiveStream stream = new LiveStream(vertx, call, session);
        Topic topic = new Topic(page, reader);
        Watched watched = add(topic, stream, figures);
        call.onEnd(() -> {
            stream.close();
            remove(topic, stream);
        });
        // Looks the session up after adding: its end is either visible now or will be reported.
        return holds.apply(session)
                .compose(still -> still ? known(watched, session) : ErrorCode.UNAUTHORIZED.refuse())
                .onSuccess(ready -> stream.begin(
                        COME_BACK_MILLIS + ThreadLocalRandom.current().nextInt(COME_BACK_MILLIS)))
                .compose(begun -> isClosed() ? refuse() : Future.<Void>succeededFuture())
                .onFailure(failure -> {
                    stream.end(false);
                    remove(topic, stream);
                });
    }

    private synchronized Watched add(Topic topic, LiveStream stream, Figures figures) {
        if (closed || streams >= STREAMS || ofPerson(stream.session()) >= STREAMS_PER_PERSON) {
            throw goAway();
        }
        streams++;
        Watched watched = topics.computeIfAbsent(topic, unknown -> new Watched(figures));
        watched.streams.add(stream);
        if (!looking) {
            looking = true;
            context.runOnContext(turn -> vertx.setTimer(ROUND_MILLIS, timer -> round()));
        }
        return watched;
    }

    private long ofPerson(SessionIdentity session) {
        return topics.values().stream()
                .flatMap(watched -> watched.streams.stream())
                .filter(other -> other.session().owner().equals(session.owner()))
                .count();
    }

    private static ServerException goAway() {
        return ServerException.retryAfter(ErrorCode.UNAVAILABLE, FULL_SECONDS);
    }

    private static Future<Void> refuse() {
        return Future.failedFuture(goAway());
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private synchronized void remove(Topic topic, LiveStream stream) {
        @Nullable Watched watched = topics.get(topic);
        if (watched == null || !watched.streams.remove(stream)) {
            return;
        }
        streams--;
        if (watched.streams.isEmpty()) {
            topics.remove(topic);
        }
    }

    /** Reads the figures unless they are known: whatever the page reads once its stream is open is at least as new. */
    private Future<Void> known(Watched watched, SessionIdentity session) {
        synchronized (this) {
            if (watched.latest != null) {
                return Future.succeededFuture();
            }
        }
        return read(watched, session, false);
    }

    /** @param tell whether streams hear of a change: one that is about to open reads what is new anyway */
    private Future<Void> read(Watched watched, SessionIdentity session, boolean tell) {
        return watched.figures
                .read(session)
                .onSuccess(now -> compare(watched, now, tell))
                .onFailure(failure -> LOG.debug("cannot read the figures of a page: {}", failure.getMessage()))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    private void compare(Watched watched, Object now, boolean tell) {
        List<LiveStream> told;
        synchronized (this) {
            if (now.equals(watched.latest) || (!tell && watched.latest != null)) {
                return;
            }
            watched.latest = now;
            told = tell ? List.copyOf(watched.streams) : List.of();
        }
        told.forEach(LiveStream::changed);
    }

    private void round() {
        long begun = System.nanoTime();
        Future<Void> work = Future.succeededFuture();
        for (LiveStream stream : all()) {
            work = work.compose(done -> check(stream));
        }
        for (Watched watched : watched()) {
            work = work.compose(done -> first(watched));
        }
        work.onComplete(done -> rest(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)));
    }

    private synchronized void rest(long costMillis) {
        if (streams == 0) {
            looking = false;
        } else {
            vertx.setTimer(Math.max(ROUND_MILLIS, costMillis * REST_TIMES_COST), timer -> round());
        }
    }

    private Future<Void> first(Watched watched) {
        SessionIdentity session;
        synchronized (this) {
            if (watched.streams.isEmpty()) {
                return Future.succeededFuture();
            }
            session = watched.streams.iterator().next().session();
        }
        return read(watched, session, true);
    }

    /** Looks again whether sessions exist, and ends the streams of those that do not. */
    public void doubt(Predicate<SessionIdentity> sessions) {
        all().stream().filter(stream -> sessions.test(stream.session())).forEach(this::check);
    }

    /** No stream ends because the database cannot be reached. */
    private Future<Void> check(LiveStream stream) {
        return holds.apply(stream.session())
                .onSuccess(still -> {
                    if (!still) {
                        stream.end(true);
                    }
                })
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    /** Ends all streams and refuses new ones: the server is stopping. */
    public void close() {
        synchronized (this) {
            closed = true;
        }
        all().forEach(stream -> stream.end(false));
    }

    /** Returns the number of open streams. */
    public synchronized int size() {
        return streams;
    }

    private synchronized List<LiveStream> all() {
        List<LiveStream> all = new ArrayList<>(streams);
        topics.values().forEach(watched -> all.addAll(watched.streams));
        return all;
    }

    private synchronized List<Watched> watched() {
        return List.copyOf(topics.values());
    }
}
