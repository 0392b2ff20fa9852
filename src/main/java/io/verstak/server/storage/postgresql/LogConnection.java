package io.verstak.server.storage.postgresql;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.postgresql.failover.Incarnation;
import io.verstak.server.storage.postgresql.failover.Incarnations;
import io.verstak.server.storage.postgresql.failover.Witness;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that writes to the log. Statements are collected and sent together, which costs one round trip. A lost connection is
 * replaced when the next transaction begins, never within one: what is sent there would be stored without its locks. Every call blocks;
 * used by one thread at a time.
 */
class LogConnection implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogConnection.class);

    /** For a connection, while the database is away. */
    private static final long LOOKED_FOR_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** After a search in vain all work is refused at once, and does not wait one after the other. */
    private static final long GIVEN_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What lies between may have forgotten a connection that was silent for longer; a new one costs a few milliseconds. */
    private static final long SILENT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** For answers: longer than statements may take, but for a COMMIT that waits for a standby. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /**
     * New bodies of chunks are compressed by LZ4, in a fifth of the processor time of PostgreSQL's own method and as well, if it was built
     * with that. What is stored either way can be read by each connection.
     */
    static final String COMPRESSION = """
            SELECT set_config(name, 'lz4', false) FROM pg_settings
            WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)""";

    private final PrimaryFinder primary;
    private final PostgresFailures failures;
    private final Incarnations incarnations;
    private final List<Statement> collected = new ArrayList<>();
    private volatile @Nullable PgConnection connection;
    private volatile boolean noticed;
    private volatile boolean lost;
    private volatile Incarnation incarnation = Incarnation.FIRST;
    private @Nullable PgConnection ofTransaction;
    private long awayUntil = System.nanoTime();
    private long used = System.nanoTime();

    LogConnection(PrimaryFinder primary, PostgresFailures failures, Incarnations incarnations) {
        this.primary = primary;
        this.failures = failures;
        this.incarnations = incarnations;
    }

    /** A statement to be sent, and then its rows. */
    static final class Statement {
        private final String sql;
        private final Tuple values;
        private @Nullable RowSet<Row> rows;

        private Statement(String sql, Tuple values) {
            this.sql = sql;
            this.values = values;
        }

        /** Returns the rows of a statement that was sent. */
        RowSet<Row> rows() {
            if (rows == null) {
                throw new IllegalStateException("not sent: " + sql);
            }
            return rows;
        }
    }

    /** Begins a transaction with the statements that are sent next. */
    void begin() {
        ofTransaction = null;
        // Another connection of this node may have found a later one meanwhile.
        incarnation = incarnations.current();
        add("BEGIN", Tuple.tuple());
    }

    /** Adds a statement to those that are sent next. */
    Statement add(String sql, Tuple values) {
        Statement statement = new Statement(sql, values);
        collected.add(statement);
        return statement;
    }

    /** Forgets what was added and not sent. */
    void clear() {
        collected.clear();
    }

    /**
     * Sends what was added, in its order, and waits for all answers. Fails with what the first statement failed with that did: each later one
     * of a transaction fails, too.
     */
    void send() {
        List<Statement> statements = List.copyOf(collected);
        collected.clear();
        PgConnection current = ofTransaction == null ? connected() : stillConnected(ofTransaction);
        ofTransaction = current;
        noticed = false;
        List<Future<RowSet<Row>>> answers = new ArrayList<>(statements.size());
        for (Statement statement : statements) {
            answers.add(current.preparedQuery(statement.sql).execute(statement.values));
        }
        settle(Future.join(answers), PATIENCE_NANOS);
        for (int i = 0; i < answers.size(); i++) {
            Future<RowSet<Row>> answer = answers.get(i);
            if (!answer.succeeded()) {
                throw failed(answer.cause());
            }
            statements.get(i).rows = answer.result();
        }
    }

    /** Waits until a future has ended. Returns whether it has succeeded: false, too, if it has not ended in time. */
    static boolean settle(Future<?> future, long nanos) {
        CountDownLatch ended = new CountDownLatch(1);
        future.onComplete(done -> ended.countDown());
        try {
            return ended.await(nanos, TimeUnit.NANOSECONDS) && future.succeeded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** An answer that does not come is as good as a connection that is lost. */
    private RuntimeException failed(@Nullable Throwable cause) {
        boolean lostIt = cause != null && PostgresFailures.isLost(cause);
        if (cause == null || lostIt) {
            close();
        }
        if (cause instanceof RuntimeException failure) {
            return failure;
        }
        return lostIt ? ClosedConnectionException.INSTANCE : new ServerException(ErrorCode.UNAVAILABLE);
    }

    /**
     * Sends what was added, and a COMMIT. If the database had something to say about it, the standby that it waited for may not have it.
     *
     * @param stored what is acknowledged with it; null: nothing new
     * @throws ServerException {@code UNAVAILABLE} when what the COMMIT is worth is not known
     */
    void commit(@Nullable Witness stored) {
        add("COMMIT", Tuple.tuple());
        send();
        if (noticed) {
            close();
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        if (stored != null) {
            incarnations.acknowledged(this, stored, incarnation);
        }
    }

    /** Returns what the log has gone through, as known when the transaction began. */
    Incarnation incarnation() {
        return incarnation;
    }

    /** Returns whether there is a connection, as far as is known. */
    boolean isOpen() {
        return connection != null && !lost;
    }

    private PgConnection stillConnected(PgConnection begun) {
        if (begun != connection || lost) {
            throw ClosedConnectionException.INSTANCE;
        }
        return begun;
    }

    private PgConnection connected() {
        PgConnection known = connection;
        long begun = System.nanoTime();
        boolean silent = begun - used > SILENT_NANOS;
        used = begun;
        if (known != null && !lost && !silent) {
            return known;
        }
        close();
        if (begun - awayUntil < 0) {
            throw new ServerException(ErrorCode.UNAVAILABLE);
        }
        Throwable reason = new ServerException(ErrorCode.UNAVAILABLE);
        for (long left = LOOKED_FOR_NANOS; left > 0; left = LOOKED_FOR_NANOS - (System.nanoTime() - begun)) {
            Future<PgConnection> made = primary.connect().compose(this::joined);
            if (settle(made, left)) {
                return use(made.result());
            }
            made.onSuccess(PgConnection::close);
            reason = made.failed() ? made.cause() : reason;
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        awayUntil = System.nanoTime() + GIVEN_UP_NANOS;
        throw failures.translate(reason) instanceof ServerException refusal
                ? refusal
                : new ServerException(ErrorCode.UNAVAILABLE);
    }

    /** No op is stored before it is known what the log has gone through. */
    private Future<PgConnection> joined(PgConnection made) {
        return made.query(COMPRESSION)
                .execute()
                .compose(set -> incarnations.join(made))
                .onSuccess(known -> incarnation = known)
                .map(made)
                .onFailure(unknown -> made.close());
    }

    private PgConnection use(PgConnection made) {
        lost = false;
        made.noticeHandler(notice -> noticed = true);
        made.exceptionHandler(failure -> LOG.debug("the connection of the log's writer failed", failure));
        made.closeHandler(closed -> {
            if (made == connection) {
                lost = true;
            }
        });
        connection = made;
        return made;
    }

    /** Gives the connection up; what was begun on it is undone. */
    @Override
    public void close() {
        PgConnection known = connection;
        connection = null;
        if (known != null) {
            known.close();
        }
    }
}
