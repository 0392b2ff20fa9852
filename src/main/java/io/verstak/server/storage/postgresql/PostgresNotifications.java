package io.verstak.server.storage.postgresql;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.Notifications;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LISTEN and NOTIFY, on two connections of their own: a transaction that notifies holds a lock of the whole server until it has
 * committed, so pushes never do. Sends a text to itself each second; when none has come back for {@value #DEAF_MILLIS} ms, one of the
 * connections is dead, whatever it says, and both are made again. When none comes through new connections either, something in between
 * passes none on: that is logged once, and each new attempt has the heads read.
 */
public final class PostgresNotifications implements Notifications {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresNotifications.class);
    private static final String CHANNEL = "verstak";
    private static final char BEAT = '!';
    private static final char TEXT = '=';
    private static final long BEAT_MILLIS = 1_000;
    private static final long DEAF_MILLIS = 3_000;
    private static final long PATIENCE_MILLIS = 5_000;

    private final Outage outage = new Outage(LOG, "nodes do not hear of each other at once");
    private final Vertx vertx;
    private final Context context;
    private final PrimaryFinder primary;
    private final String beat = BEAT + UUID.randomUUID().toString();
    private Consumer<String> listener = text -> {};
    private Runnable missed = () -> {};

    /** All below is used on the context only, but for the publisher. */
    private @Nullable PgConnection subscriber;

    private volatile @Nullable PgConnection publisher;
    private volatile boolean deaf;
    private boolean beatHeard = true;
    private boolean connecting;
    private int attempts;
    private boolean closed;
    private long heardAt;
    private long timer;

    /** @param access leads to the server itself: a pooler that gives a connection to many clients passes nothing on */
    public PostgresNotifications(Vertx vertx, PostgresAccess access) {
        this.vertx = vertx;
        this.context = vertx.getOrCreateContext();
        this.primary = new PrimaryFinder(vertx, access, Map.of());
    }

    @Override
    public void listen(Consumer<String> texts, Runnable whenMissed) {
        context.runOnContext(turn -> {
            listener = texts;
            missed = whenMissed;
            timer = vertx.setPeriodic(0, BEAT_MILLIS, tick -> beat());
        });
    }

    private void beat() {
        boolean silent = System.nanoTime() - heardAt > TimeUnit.MILLISECONDS.toNanos(DEAF_MILLIS);
        if (connecting || closed) {
            return;
        }
        if (publisher == null || silent) {
            if (!beatHeard) {
                deaf(
                        "notifications do not come through: a pooler or proxy before PostgreSQL passes none on. Name PostgreSQL itself"
                                + " in database.url; until then changes of other nodes are found by reading, every few seconds");
            }
            connect();
        } else {
            send(beat).onFailure(failure -> LOG.debug("no beat: {}", failure.getMessage()));
        }
    }

    private void connect() {
        connecting = true;
        drop();
        open(++attempts).timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS).onComplete(done -> {
            connecting = false;
            if (closed || done.failed()) {
                drop();
            } else {
                heardAt = System.nanoTime();
                beatHeard = false;
                missed.run();
            }
            if (!closed && done.failed()) {
                deaf(String.valueOf(done.cause().getMessage()));
            }
        });
    }

    private void deaf(String why) {
        deaf = true;
        outage.watch(Future.failedFuture(why));
    }

    private Future<Void> open(int attempt) {
        return connection(attempt)
                .compose(listening -> {
                    subscriber = listening;
                    listening.notificationHandler(notification -> heard(notification.getPayload()));
                    return listening.query("LISTEN " + CHANNEL).execute();
                })
                .compose(listening -> connection(attempt))
                .onSuccess(sending -> publisher = sending)
                .mapEmpty();
    }

    /** One that comes after the patience with it has ended is closed. */
    private Future<PgConnection> connection(int attempt) {
        return primary.connect().compose(made -> {
            if (connecting && attempt == attempts) {
                return Future.succeededFuture(made);
            }
            made.close().onFailure(gone -> LOG.debug("a connection was gone: {}", gone.getMessage()));
            return ErrorCode.UNAVAILABLE.refuse();
        });
    }

    private void heard(String payload) {
        if (payload.equals(beat)) {
            heardAt = System.nanoTime();
            beatHeard = true;
            deaf = false;
            outage.watch(Future.succeededFuture());
        } else if (!payload.isEmpty() && payload.charAt(0) == TEXT) {
            listener.accept(payload.substring(1));
        }
    }

    @Override
    public Future<Void> publish(String text) {
        Promise<Void> sent = Promise.promise();
        context.runOnContext(turn -> send(TEXT + text).onComplete(sent));
        return sent.future();
    }

    private Future<Void> send(String payload) {
        PgConnection connection = publisher;
        if (connection == null) {
            return ErrorCode.UNAVAILABLE.refuse();
        }
        return connection
                .preparedQuery("SELECT pg_notify($1, $2)")
                .execute(Tuple.of(CHANNEL, payload))
                .timeout(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)
                .<Void>mapEmpty()
                .recover(failure -> ErrorCode.UNAVAILABLE.refuse());
    }

    /** Does not wait: a connection whose other end is gone never says goodbye. */
    private void drop() {
        PgConnection listening = subscriber;
        PgConnection sending = publisher;
        subscriber = null;
        publisher = null;
        for (PgConnection connection : new @Nullable PgConnection[] {listening, sending}) {
            if (connection != null) {
                connection.close().onFailure(gone -> LOG.debug("a connection was gone: {}", gone.getMessage()));
            }
        }
    }

    @Override
    public boolean isHeard() {
        return !deaf;
    }

    @Override
    public Future<Void> close() {
        Promise<Void> done = Promise.promise();
        context.runOnContext(turn -> {
            closed = true;
            vertx.cancelTimer(timer);
            drop();
            done.complete();
        });
        return done.future();
    }
}
