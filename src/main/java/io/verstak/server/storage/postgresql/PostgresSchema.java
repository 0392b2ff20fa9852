package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the schema of a PostgreSQL up to date: numbered files, each once, in one transaction. The numbers are those of the embedded database. */
final class PostgresSchema {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSchema.class);

    /** An empty database begins with this one. */
    private static final int BASE = 21;

    private static final List<String> FILES = List.of(
            "0021_base.sql",
            "0022_nodes.sql",
            "0023_objects.sql",
            "0024_connection_codes.sql",
            "0025_shared_uploads.sql",
            "0026_incarnations.sql");

    static final int CURRENT = BASE + FILES.size() - 1;

    /** One node upgrades, the others wait for it and find nothing left to do. */
    private static final String ALONE = "SELECT pg_advisory_xact_lock(7236860)";

    private PostgresSchema() {}

    static Future<Void> bringUpToDate(Pool pool) {
        return pool.withTransaction(connection -> connection
                .query(ALONE)
                .execute()
                .compose(alone -> version(connection))
                .compose(version -> {
                    if (version > CURRENT) {
                        return Future.failedFuture(new StorageException(
                                "the database has schema %s, and this release knows up to %s: install the newer release"
                                        .formatted(version, CURRENT)));
                    }
                    Future<Void> done = Future.succeededFuture();
                    for (int next = Math.max(version, BASE - 1) + 1; next <= CURRENT; next++) {
                        int number = next;
                        done = done.compose(before -> apply(connection, number));
                    }
                    return done;
                }));
    }

    private static Future<Integer> version(SqlConnection connection) {
        // A table that exists already would be a warning in the log of each start.
        return connection
                .query("SELECT to_regclass('schema_version') IS NULL")
                .execute()
                .compose(missing -> missing.iterator().next().getBoolean(0)
                        ? connection
                                .query("CREATE TABLE schema_version (version INTEGER NOT NULL)")
                                .execute()
                        : Future.succeededFuture(missing))
                .compose(there ->
                        connection.query("SELECT version FROM schema_version").execute())
                .map(rows -> rows.size() == 0 ? 0 : rows.iterator().next().getInteger(0));
    }

    private static Future<Void> apply(SqlConnection connection, int number) {
        LOG.info("the database is upgraded to schema {}", number);
        return connection
                .query(text(FILES.get(number - BASE)))
                .execute()
                .compose(applied ->
                        connection.query("DELETE FROM schema_version").execute())
                .compose(none -> connection
                        .query("INSERT INTO schema_version VALUES (" + number + ")")
                        .execute())
                .mapEmpty();
    }

    private static String text(String file) {
        try (InputStream stream =
                Objects.requireNonNull(PostgresSchema.class.getResourceAsStream("/db/postgresql/" + file), file)) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
