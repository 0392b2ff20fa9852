package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The database of everything but the op log's rows. Safe for any thread. A future completes on the caller's context.
 *
 * <p>Failures arrive as {@link io.verstak.server.error.ServerException}: {@code UNAVAILABLE} when the database cannot be
 * reached, {@code STORAGE_FULL} when its disk is full, and every refusal of the work itself.
 */
public interface Database {
    /**
     * Which database this is, for a person.
     *
     * @param place host, port and name; empty: a file in the data directory
     */
    record Product(String name, String version, String place) {}

    /** Whether the database can serve. */
    enum Condition {
        FIT,
        UNREACHABLE,
        /** A standby, which a primary has become. */
        READ_ONLY,
        /** A newer release has upgraded it. */
        NEWER_SCHEMA,
        /** Commits are not on the disk when they are answered. */
        NOT_DURABLE
    }

    /** Runs statements that change nothing; one that would is refused. Each sees what was committed before it began. */
    <T> Future<T> read(Function<SqlConnection, Future<T>> work);

    /**
     * Runs statements in one transaction, which is durable when the future succeeds and undone when it fails. Writers
     * take turns, those of other nodes too: none decides on what another one changes. The op log of the embedded database waits as
     * well for what is done between the statements. The work is called on a context of the database, and again after a
     * conflict with another transaction: it changes nothing outside of its own.
     */
    <T> Future<T> write(Function<SqlConnection, Future<T>> work);

    /** Returns the first row of a query; see {@link Rows} for statements and values. */
    default <T> Future<Optional<T>> first(String sql, Function<Row, T> reader, @Nullable Object... values) {
        return read(connection -> Rows.first(connection, sql, reader, values));
    }

    /** Returns the row of a query that always has one. */
    default <T> Future<T> only(String sql, Function<Row, T> reader, @Nullable Object... values) {
        return read(connection -> Rows.only(connection, sql, reader, values));
    }

    /** Returns all rows of a query in their order. */
    default <T> Future<List<T>> list(String sql, Function<Row, T> reader, @Nullable Object... values) {
        return read(connection -> Rows.list(connection, sql, reader, values));
    }

    /** Returns whether a query has a row. */
    default Future<Boolean> exist(String sql, @Nullable Object... values) {
        return read(connection -> Rows.exist(connection, sql, values));
    }

    /** Runs one statement in a transaction. Returns the number of rows that were inserted, changed or deleted. */
    default Future<Integer> update(String sql, @Nullable Object... values) {
        return write(connection -> Rows.update(connection, sql, values));
    }

    /** Runs one statement in a transaction; its number of rows does not matter. */
    default Future<Void> run(String sql, @Nullable Object... values) {
        return write(connection -> Rows.run(connection, sql, values));
    }

    Dialect dialect();

    /** Returns whether other nodes may change it at any time: what was read a moment ago decides nothing. */
    boolean isShared();

    /** Returns whether the database has shown damage. If so, reads continue, and {@link #write} and pushes fail with {@code UNAVAILABLE}. */
    default boolean isDamaged() {
        return false;
    }

    /** @throws io.verstak.server.error.ServerException {@code UNAVAILABLE} when nothing may be written any more */
    default void requireSound() {
        // A database server answers for its own files.
    }

    /** Returns whether rows can be read and written. Reads one: a constant would not touch the file. Never fails. */
    Future<Condition> condition();

    /** Returns which database this is. */
    Future<Product> product();

    /** Returns the number of operations that this process has accepted since its start. */
    long acceptedOps();

    /** Returns the size on the disk, in bytes. Blocks. */
    long bytes() throws IOException;

    /** Returns the number of the schema that this release reads and writes. */
    int schemaVersion();

    Future<Void> close();
}
