package io.verstak.server.storage.stats;

import io.verstak.server.domain.listing.Counts;
import io.verstak.server.domain.listing.Counts.Files;
import io.verstak.server.domain.listing.Counts.Logs;
import io.verstak.server.domain.listing.Counts.People;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.listing.ListCounts;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;

/**
 * Counts of all entities. Each comes from a small index or from counters kept per vault; the op log itself is never
 * counted.
 */
public final class StatisticsStore {
    private final Database database;

    public StatisticsStore(Database database) {
        this.database = database;
    }

    /** Reads in slices, so that other readers do not wait for the whole. */
    public Future<Counts> count(long now) {
        return database.read(StatisticsStore::people)
                .compose(people -> database.read(StatisticsStore::logs)
                        .compose(logs -> database.read(StatisticsStore::files)
                                .compose(files -> database.read(connection -> records(connection, now))
                                        .map(row -> new Counts(
                                                people,
                                                logs,
                                                files,
                                                row.getLong("sessions"),
                                                row.getLong("tokens"),
                                                row.getLong("events"),
                                                row.getLong("waiting"),
                                                row.getLong("failed"),
                                                row.getLong("cleanup"))))));
    }

    private static Future<Row> records(SqlConnection connection, long now) {
        return Rows.only(connection, """
                SELECT (SELECT COUNT(*) FROM sessions WHERE expires_at <= ?) AS sessions,
                  (SELECT COUNT(*) FROM email_tokens WHERE expires_at <= ?) AS tokens,
                  (SELECT COUNT(*) FROM audit_log) AS events,
                  (SELECT COUNT(*) FROM outbox WHERE state = 'waiting') AS waiting,
                  (SELECT COUNT(*) FROM outbox WHERE state = 'failed') AS failed,
                  (SELECT updated_at FROM upkeep WHERE name = 'cleanup') AS cleanup""", row -> row, now, now);
    }

    private static Future<People> people(SqlConnection connection) {
        return ListCounts.read(connection)
                .map(counts -> new People(
                        counts.users(),
                        counts.active(),
                        counts.blocked(),
                        counts.unconfirmed(),
                        counts.devices() - counts.revoked(),
                        counts.revoked()));
    }

    private static Future<Logs> logs(SqlConnection connection) {
        return Rows.only(
                connection,
                "SELECT COUNT(*) AS vaults, COALESCE(SUM(operations), 0) AS operations, MAX(last_push) AS last_push"
                        + " FROM scopes",
                row -> new Logs(row.getLong("vaults"), row.getLong("operations"), row.getLong("last_push")));
    }

    private static Future<Files> files(SqlConnection connection) {
        return Rows.only(
                connection,
                """
                SELECT COUNT(*) AS blobs, COALESCE(SUM(size), 0) AS bytes,
                  (SELECT COUNT(*) FROM blob_refs) AS references_,
                  (SELECT COUNT(*) FROM blobs WHERE unreferenced_since IS NOT NULL) AS orphans,
                  (SELECT COUNT(*) FROM blobs WHERE damaged_since IS NOT NULL) AS damaged
                FROM blobs""",
                row -> new Files(
                        row.getLong("blobs"),
                        row.getLong("bytes"),
                        row.getLong("references_"),
                        row.getLong("orphans"),
                        row.getLong("damaged")));
    }
}
