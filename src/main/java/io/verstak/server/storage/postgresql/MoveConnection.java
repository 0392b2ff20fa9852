package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * The connection of a move, which waits for each answer however long that takes. It is never replaced: with it go its transaction and
 * its locks. Fails with {@link StorageException} in one line for a person.
 */
final class MoveConnection implements AutoCloseable {
    private static final String DISK_FULL = "53100";

    private final PostgresAccess access;
    private final PgConnection connection;

    private MoveConnection(PostgresAccess access, PgConnection connection) {
        this.access = access;
        this.connection = connection;
    }

    static MoveConnection open(Vertx vertx, PostgresAccess access) {
        try {
            PrimaryFinder primary = new PrimaryFinder(vertx, access, PostgresDatabase.MOVING);
            PgConnection made = wait(primary.connect());
            wait(made.query(LogConnection.COMPRESSION).execute());
            return new MoveConnection(access, made);
        } catch (CompletionException failure) {
            throw PostgresRefusal.of(access, cause(failure));
        }
    }

    /** Runs statements without values. */
    void run(String sql) {
        answer(connection.query(sql).execute());
    }

    /** Runs a statement with a {@code ?} for each value. */
    RowSet<Row> run(String sql, Tuple values) {
        return answer(connection.preparedQuery(PortableConnection.numbered(sql)).execute(values));
    }

    /** Returns the rows of a query, as {@link io.verstak.server.storage.move.MoveEnd} wants them. */
    List<Object[]> rows(String sql, List<?> values) {
        List<Object[]> rows = new ArrayList<>();
        for (Row row : run(sql, Tuple.tuple(new ArrayList<>(values)))) {
            Object[] columns = new Object[row.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = portable(row.getValue(i));
            }
            rows.add(columns);
        }
        return rows;
    }

    /** Returns the number in the first column of the only row. */
    long number(String sql, Object... values) {
        return (Long) Objects.requireNonNull(rows(sql, List.of(values)).get(0)[0], sql);
    }

    private static @Nullable Object portable(@Nullable Object value) {
        if (value instanceof Number number) {
            return number.longValue();
        }
        if (value instanceof Boolean yes) {
            return yes ? 1L : 0L;
        }
        return value instanceof Buffer bytes ? bytes.getBytes() : value;
    }

    /** Runs work in a transaction. */
    void transaction(Runnable work) {
        run("BEGIN");
        try {
            work.run();
        } catch (RuntimeException failure) {
            try {
                run("ROLLBACK");
            } catch (StorageException lost) {
                failure.addSuppressed(lost);
            }
            throw failure;
        }
        run("COMMIT");
    }

    private <T> T answer(Future<T> future) {
        try {
            return wait(future);
        } catch (CompletionException failure) {
            throw failed(cause(failure));
        }
    }

    private StorageException failed(Throwable failure) {
        if (failure instanceof PgException refused) {
            return new StorageException(
                    DISK_FULL.equals(refused.getSqlState())
                            ? "database.url %s: the disk of PostgreSQL is full; make room and run the command again: it continues"
                                    .formatted(access.url())
                            : "database.url %s: %s (%s)"
                                    .formatted(access.url(), refused.getErrorMessage(), refused.getSqlState()),
                    failure);
        }
        return new StorageException(
                "database.url %s: the connection was lost (%s); run the command again: it continues"
                        .formatted(access.url(), failure.getMessage()),
                failure);
    }

    private static <T> T wait(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }

    private static Throwable cause(CompletionException failure) {
        return failure.getCause() == null ? failure : failure.getCause();
    }

    @Override
    public void close() {
        wait(connection.close().otherwiseEmpty());
    }
}
