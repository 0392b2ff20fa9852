package io.verstak.server.storage.sqlite;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.log.OpLog;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.jdbcclient.JDBCPool;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import javax.sql.DataSource;

/**
 * The embedded database: one connection that writes, a few that read, none of them on an event loop. Opening brings the
 * schema up to date.
 */
public final class SqliteDatabase implements Database {
    /** For a connection. */
    private static final long WAIT_MILLIS = TimeUnit.SECONDS.toMillis(30);

    private final Vertx vertx;
    private final Path file;
    private final Pool writer;
    private final Pool readers;
    private final WriteLock gate = new WriteLock();
    /** Where transactions run: the event loop of their connection, so that no third thread is woken between statements. */
    private final ContextInternal writing;

    private final StorageFailures failures;
    private final Checkpointer checkpointer;
    private final LongAdder acceptedOps = new LongAdder();

    private SqliteDatabase(Vertx vertx, Path file, int readers, StorageFailures failures) throws SQLException {
        this(vertx, "database", file, Sqlite.writer(file), readers, failures);
    }

    /** @param name of its pools */
    SqliteDatabase(Vertx vertx, String name, Path file, DataSource writing, int readers, StorageFailures failures)
            throws SQLException {
        this.vertx = vertx;
        this.file = file;
        this.failures = failures;
        this.writing = ((VertxInternal) vertx).createEventLoopContext();
        this.writer = JDBCPool.pool(vertx, writing, pool(name + "-writer").setMaxSize(1));
        this.readers =
                JDBCPool.pool(vertx, Sqlite.reader(file), pool(name + "-reader").setMaxSize(readers));
        this.checkpointer = new Checkpointer(file, Sqlite.checkpointer(file).getConnection(), gate, failures);
        checkpointer.start();
    }

    /**
     * Opens the database and migrates it. Blocks.
     *
     * @param onFatal runs once when the disk no longer keeps what it is given; the process must not write on
     * @throws StorageException in one line for a person
     */
    public static SqliteDatabase open(Vertx vertx, DataDirectory directory, int readers, Runnable onFatal) {
        return open(vertx, directory, readers, onFatal, UpgradeProgress.unwatched());
    }

    /** As {@link #open(Vertx, DataDirectory, int, Runnable)}, for a database that may take long to upgrade. */
    public static SqliteDatabase open(
            Vertx vertx, DataDirectory directory, int readers, Runnable onFatal, UpgradeProgress progress) {
        Path file = directory.database();
        StorageFailures failures = new StorageFailures(directory.damageMark(), onFatal);
        try {
            if (directory.isOurs()) {
                check(directory, failures);
            }
            try (Connection connection = Sqlite.writer(file).getConnection()) {
                if (failures.isDamaged()) {
                    Migrations.requireNoUpgrade(connection);
                } else if (directory.isOurs()) {
                    upgrade(connection, progress, failures);
                } else {
                    Migrations.requireCurrent(connection);
                }
            }
            return new SqliteDatabase(vertx, file, readers, failures);
        } catch (SQLException | IOException e) {
            throw Sqlite.cannotBeOpened(e);
        }
    }

    /** The end of a log that was converted is looked at only now. */
    private static void upgrade(Connection connection, UpgradeProgress progress, StorageFailures failures)
            throws SQLException {
        boolean upgrades = Migrations.version(connection) < Migrations.current();
        Migrations.run(connection, progress);
        if (upgrades) {
            StartupCheck.end(connection).ifPresent(failures::damaged);
        }
    }

    /** What is damaged is served as far as it can be read: a device may hold what the last backup does not. */
    private static void check(DataDirectory directory, StorageFailures failures) throws SQLException, IOException {
        Optional<String> fault = StartupCheck.run(directory);
        if (fault.isPresent()) {
            failures.damaged(fault.get());
        } else {
            Files.deleteIfExists(directory.damageMark());
        }
    }

    @Override
    public <T> Future<T> read(Function<SqlConnection, Future<T>> work) {
        return with(readers, work).recover(failures::refuse);
    }

    @Override
    public <T> Future<T> write(Function<SqlConnection, Future<T>> work) {
        Promise<T> done = ((ContextInternal) vertx.getOrCreateContext()).promise();
        writing.runOnContext(now -> writeInTurn(work).onComplete(done));
        return done.future();
    }

    private <T> Future<T> writeInTurn(Function<SqlConnection, Future<T>> work) {
        return Future.fromCompletionStage(gate.enter(), writing)
                .compose(turn -> sound().compose(sound -> with(writer, connection -> transaction(connection, work)))
                        .recover(failures::refuse)
                        .compose(result -> sound().map(result))
                        .onComplete(done -> turn.close()));
    }

    private Future<Void> sound() {
        try {
            requireSound();
            return Future.succeededFuture();
        } catch (ServerException refusal) {
            return Future.failedFuture(refusal);
        }
    }

    /**
     * The pool's own time-out is off: it is set for waits that have just ended, too (5.0.10), and half a minute later an error is
     * logged that a future is completed twice.
     */
    private static PoolOptions pool(String name) {
        return new PoolOptions().setName(name).setConnectionTimeout(0);
    }

    /** Gives up when no connection is free in time; one that comes later goes back. */
    private <T> Future<T> with(Pool pool, Function<SqlConnection, Future<T>> work) {
        Promise<SqlConnection> free = Promise.promise();
        long timer = vertx.setTimer(WAIT_MILLIS, late -> free.tryFail(new ServerException(ErrorCode.UNAVAILABLE)));
        pool.getConnection().onComplete(taken -> {
            vertx.cancelTimer(timer);
            if (taken.failed()) {
                free.tryFail(taken.cause());
            } else if (!free.tryComplete(taken.result())) {
                taken.result().close();
            }
        });
        return free.future().compose(connection -> run(connection, work).onComplete(done -> connection.close()));
    }

    /**
     * Begins and ends the transaction in SQL. Vert.x's own transactions switch JDBC's auto-commit off and never on again,
     * and this driver then begins the next transaction at once: it would hold the lock for good.
     */
    private static <T> Future<T> transaction(SqlConnection connection, Function<SqlConnection, Future<T>> work) {
        return connection
                .query(Sqlite.BEGIN)
                .execute()
                .compose(begun -> run(connection, work)
                        .compose(result -> connection.query("COMMIT").execute().map(result))
                        .recover(failure -> connection
                                .query("ROLLBACK")
                                .execute()
                                .transform(undone -> Future.failedFuture(failure))));
    }

    private static <T> Future<T> run(SqlConnection connection, Function<SqlConnection, Future<T>> work) {
        try {
            return work.apply(connection);
        } catch (RuntimeException failure) {
            return Future.failedFuture(failure);
        }
    }

    /**
     * Opens the op log over the same file. Blocks while it opens its connections.
     *
     * @param readers the number of pages that can be read at once
     * @param answersKept how long a push with an idempotency key is answered as the first time
     */
    public OpLog openLog(int readers, Clock clock, Duration answersKept) {
        return SqliteOpLog.open(file, readers, gate, failures, clock, answersKept, acceptedOps::add);
    }

    @Override
    public Dialect dialect() {
        return Dialect.SQLITE;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public boolean isDamaged() {
        return failures.isDamaged();
    }

    @Override
    public void requireSound() {
        failures.requireSound();
    }

    @Override
    public Future<Condition> condition() {
        return read(connection ->
                        connection.query("SELECT id FROM users LIMIT 1").execute())
                .map(Condition.FIT)
                .otherwise(Condition.UNREACHABLE);
    }

    @Override
    public Future<Product> product() {
        return only(
                "SELECT sqlite_version() AS version",
                row -> new Product(dialect().product(), row.getString("version"), ""));
    }

    @Override
    public long acceptedOps() {
        return acceptedOps.sum();
    }

    @Override
    public long bytes() throws IOException {
        Path writeAheadLog = file.resolveSibling(file.getFileName() + "-wal");
        return Files.size(file) + (Files.exists(writeAheadLog) ? Files.size(writeAheadLog) : 0);
    }

    @Override
    public int schemaVersion() {
        return Migrations.current();
    }

    @Override
    public Future<Void> close() {
        return vertx.executeBlocking(() -> {
                    checkpointer.close();
                    return null;
                })
                .compose(closed -> Future.join(writer.close(), readers.close()))
                .mapEmpty();
    }
}
