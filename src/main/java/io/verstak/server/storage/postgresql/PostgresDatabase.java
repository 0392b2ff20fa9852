package io.verstak.server.storage.postgresql;

import static java.util.Objects.requireNonNull;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.postgresql.failover.FailoverWatch;
import io.verstak.server.storage.postgresql.failover.Incarnations;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;

/** A PostgreSQL that several nodes use: two pools of connections, one of which may not write. */
public final class PostgresDatabase implements Database {
    private static final int CONNECT_SECONDS = 5;

    private static final int WRITERS = 4;
    private static final int TRIES = 3;
    private static final long PAUSE_MILLIS = 100;

    /**
     * A host that has vanished answers nothing, and the system notices only after a quarter of an hour: a connection that is silent for so
     * long is closed, and what waits for it fails. A statement has ten seconds, an idle connection is made again.
     */
    private static final int SILENCE_SECONDS = 30;

    static final String LOCK_TIMEOUT = "5s";

    private static final Map<String, String> SESSION = Map.of(
            "statement_timeout", "10s",
            "lock_timeout", LOCK_TIMEOUT,
            "idle_in_transaction_session_timeout", "10s");

    private static final Map<String, String> READ_ONLY = Map.of("default_transaction_read_only", "on");

    /** The log finds rows by their keys only. Its plans are made once, and must not be those of tables that were empty then. */
    static final Map<String, String> BY_KEY = Map.of(
            "plan_cache_mode", "force_generic_plan",
            "enable_seqscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off",
            "jit", "off");

    /** A move has no time-outs. Tables that were just filled have no statistics yet. */
    static final Map<String, String> MOVING = Map.of(
            "enable_seqscan", "off",
            "enable_hashjoin", "off",
            "enable_mergejoin", "off",
            "jit", "off");

    /**
     * Writers of all nodes take turns, as they do on the one connection of the embedded database: the stores decide on what they
     * have read. Each later statement of the transaction sees what the one before has committed, since READ COMMITTED takes a
     * snapshot for each. The op log has its own order and does not wait for them.
     */
    private static final String TURN = "SELECT pg_advisory_xact_lock(7236861)";

    /** One that changes nothing would wait for no standby, although it may say what another has stored whose wait was cancelled. */
    private static final String COMMIT = "SELECT CASE WHEN current_setting('synchronous_standby_names') <> ''"
            + " THEN pg_logical_emit_message(true, 'verstak', '') END; COMMIT";

    private final Vertx vertx;
    private final PostgresAccess access;
    private final PrimaryFinder primary;
    private final Pool readers;
    private final Pool writers;
    private final PostgresFailures failures = new PostgresFailures();
    private final LongAdder acceptedOps = new LongAdder();

    private PostgresDatabase(Vertx vertx, PostgresAccess access, int poolSize) {
        this.vertx = vertx;
        this.access = access;
        primary = primary(settings(READ_ONLY));
        readers = pool(vertx, "database-reader", poolSize, primary);
        writers = pool(vertx, "database-writer", WRITERS, primary(SESSION));
    }

    @SafeVarargs
    private static Map<String, String> settings(Map<String, String>... further) {
        Map<String, String> settings = new HashMap<>(SESSION);
        for (Map<String, String> some : further) {
            settings.putAll(some);
        }
        return settings;
    }

    private PrimaryFinder primary(Map<String, String> settings) {
        return new PrimaryFinder(vertx, access, settings);
    }

    private static Pool pool(Vertx vertx, String name, int size, PrimaryFinder primary) {
        return PgBuilder.pool()
                .with(new PoolOptions()
                        .setName(name)
                        .setMaxSize(size)
                        .setConnectionTimeout(CONNECT_SECONDS)
                        .setConnectionTimeoutUnit(TimeUnit.SECONDS))
                .with(new NetClientOptions().setIdleTimeout(SILENCE_SECONDS))
                .connectingTo(primary)
                .using(vertx)
                .build();
    }

    /**
     * Opens the database of a server whose schema is up to date, or newer and still readable. Blocks.
     *
     * @param upgrades whether an older schema is upgraded; otherwise it is refused
     * @throws StorageException in one line for a person, also if data is being moved into the database, or was moved away
     */
    public static PostgresDatabase open(Vertx vertx, PostgresAccess access, int poolSize, boolean upgrades) {
        PostgresDatabase database = new PostgresDatabase(vertx, access, poolSize);
        return database.after(database.prepare(upgrades, TRIES)
                .compose(prepared -> PostgresMoveState.requireNone(database.writers, access)));
    }

    public static PostgresDatabase open(Vertx vertx, PostgresAccess access, int poolSize) {
        return open(vertx, access, poolSize, true);
    }

    /** As {@link #open}, whatever a move has left in the database. */
    public static PostgresDatabase openForMove(Vertx vertx, PostgresAccess access, int poolSize) {
        PostgresDatabase database = new PostgresDatabase(vertx, access, poolSize);
        return database.after(database.prepare(true, TRIES));
    }

    private PostgresDatabase after(Future<Void> usable) {
        try {
            usable.toCompletionStage().toCompletableFuture().join();
            return this;
        } catch (CompletionException failure) {
            close();
            throw PostgresRefusal.of(access, requireNonNull(failure.getCause()));
        }
    }

    /** Waits some seconds for a PostgreSQL that starts together with this node. */
    private Future<Void> prepare(boolean upgrades, int tries) {
        return writers.withConnection(connection -> PostgresRequirements.check(connection, access))
                .compose(usable -> new PostgresSchema(vertx, access, PostgresSchema.STEPS, upgrades).run())
                .recover(failure -> tries > 1 && PostgresRefusal.mayPass(failure)
                        ? vertx.timer(CONNECT_SECONDS, TimeUnit.SECONDS).compose(late -> prepare(upgrades, tries - 1))
                        : Future.failedFuture(failure));
    }

    /**
     * Opens the op log over connections of its own, which are made when they are first needed.
     *
     * @param pages the number of pages that can be read at once
     * @param lanes the number of groups that are committed at once; one more is for scopes that other nodes are writing to
     * @param answersKept how long a push with an idempotency key is answered as the first time
     */
    public OpLog openLog(int pages, int lanes, Clock clock, Duration answersKept) {
        Pool pool = pool(vertx, "log-reader", pages, primary(settings(READ_ONLY, BY_KEY)));
        PrimaryFinder primary = primary(settings(BY_KEY));
        Incarnations incarnations = new Incarnations(access.failoverSkips());
        return new PostgresOpLog(
                Stream.generate(() -> new PostgresLogRows(new LogConnection(primary, failures, incarnations)))
                        .limit(lanes + 1L)
                        .toList(),
                new PostgresLogReader(pool, incarnations),
                new FailoverWatch(vertx, pool, incarnations),
                failures,
                clock,
                answersKept,
                acceptedOps::add);
    }

    @Override
    public <T> Future<T> read(Function<SqlConnection, Future<T>> work) {
        Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
        readers.withConnection(connection -> run(new PortableConnection(connection), work))
                .recover(failures::refuse)
                .onComplete(done);
        return done.future();
    }

    @Override
    public <T> Future<T> write(Function<SqlConnection, Future<T>> work) {
        Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
        write(work, TRIES).recover(failures::refuse).onComplete(done);
        return done.future();
    }

    private <T> Future<T> write(Function<SqlConnection, Future<T>> work, int tries) {
        return writers.withConnection(connection -> transaction(connection, work))
                .recover(failure -> {
                    if (tries <= 1 || !PostgresFailures.isTransient(failure)) {
                        return Future.failedFuture(failure);
                    }
                    return vertx.timer(ThreadLocalRandom.current().nextLong(10, PAUSE_MILLIS), TimeUnit.MILLISECONDS)
                            .compose(late -> write(work, tries - 1));
                });
    }

    /**
     * A COMMIT that brings a notice may have been answered before a standby had it: what it is worth is not known, and the client
     * asks again.
     */
    private static <T> Future<T> transaction(SqlConnection connection, Function<SqlConnection, Future<T>> work) {
        AtomicBoolean noticed = new AtomicBoolean();
        PgConnection postgres = PgConnection.cast(connection);
        return connection
                .query("BEGIN; " + TURN)
                .execute()
                .compose(begun -> run(new PortableConnection(connection), work))
                .compose(result -> {
                    postgres.noticeHandler(notice -> noticed.set(true));
                    return connection
                            .query(COMMIT)
                            .execute()
                            .compose(committed -> noticed.get()
                                    ? Future.<T>failedFuture(new ServerException(ErrorCode.UNAVAILABLE))
                                    : Future.succeededFuture(result));
                })
                // It may have begun although its first statement failed.
                .recover(failure ->
                        connection.query("ROLLBACK").execute().transform(undone -> Future.failedFuture(failure)))
                .onComplete(ended -> postgres.noticeHandler(null));
    }

    private static <T> Future<T> run(SqlConnection connection, Function<SqlConnection, Future<T>> work) {
        try {
            return work.apply(connection);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    @Override
    public Dialect dialect() {
        return Dialect.POSTGRESQL;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public Future<Condition> condition() {
        return only(PostgresRequirements.CONDITION, PostgresRequirements::condition)
                .otherwise(Condition.UNREACHABLE);
    }

    @Override
    public Future<Product> product() {
        return only(PostgresRequirements.PRODUCT, row -> PostgresRequirements.product(row, primary.host(), access));
    }

    @Override
    public long acceptedOps() {
        return acceptedOps.sum();
    }

    @Override
    public long bytes() throws IOException {
        try {
            return only("SELECT pg_database_size(current_database()) AS n", row -> row.getLong("n"))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException failure) {
            throw new IOException("the size of the database is not known", failure.getCause());
        }
    }

    @Override
    public int schemaVersion() {
        return PostgresSchema.CURRENT;
    }

    @Override
    public Future<Void> close() {
        failures.closing();
        return Future.join(readers.close(), writers.close()).mapEmpty();
    }
}
