package io.verstak.server.storage;

import io.verstak.server.domain.listing.Counts;
import io.verstak.server.domain.listing.Counts.Files;
import io.verstak.server.domain.listing.Counts.Logs;
import io.verstak.server.domain.listing.Counts.People;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;

/**
 * How much there is of everything. Each number comes from a small index or from what is kept per vault; the op log itself
 * is never counted.
 */
public final class StatisticsStore {
    private final Database database;

    public StatisticsStore(Database database) {
        this.database = database;
    }

    public Future<Counts> count(long now) {
        return database.read(connection -> people(connection)
                .compose(people -> logs(connection)
                        .compose(logs -> files(connection)
                                .compose(files -> one(connection, """
                                SELECT (SELECT COUNT(*) FROM sessions WHERE expires_at <= ?) AS sessions,
                                  (SELECT COUNT(*) FROM email_tokens WHERE expires_at <= ?) AS tokens,
                                  (SELECT COUNT(*) FROM audit_log) AS events,
                                  (SELECT COUNT(*) FROM outbox WHERE state = 'waiting') AS waiting,
                                  (SELECT COUNT(*) FROM outbox WHERE state = 'failed') AS failed,
                                  (SELECT updated_at FROM upkeep WHERE name = 'cleanup') AS cleanup""", Tuple.of(now, now))
                                        .map(row -> new Counts(
                                                people,
                                                logs,
                                                files,
                                                row.getLong("sessions"),
                                                row.getLong("tokens"),
                                                row.getLong("events"),
                                                row.getLong("waiting"),
                                                row.getLong("failed"),
                                                row.getLong("cleanup")))))));
    }

    private static Future<People> people(SqlConnection connection) {
        return one(connection, """
                SELECT COUNT(*) AS users, COALESCE(SUM(CASE WHEN confirmed = 1 AND blocked = 0 THEN 1 END), 0) AS active,
                  COALESCE(SUM(CASE WHEN blocked = 1 THEN 1 END), 0) AS blocked,
                  COALESCE(SUM(CASE WHEN confirmed = 0 THEN 1 END), 0) AS unconfirmed,
                  (SELECT COUNT(*) FROM devices) AS devices,
                  (SELECT COUNT(*) FROM devices WHERE revoked_at IS NOT NULL) AS revoked
                FROM users""", Tuple.tuple())
                .map(row -> new People(
                        row.getLong("users"),
                        row.getLong("active"),
                        row.getLong("blocked"),
                        row.getLong("unconfirmed"),
                        row.getLong("devices") - row.getLong("revoked"),
                        row.getLong("revoked")));
    }

    private static Future<Logs> logs(SqlConnection connection) {
        return one(
                        connection,
                        "SELECT COUNT(*) AS vaults, COALESCE(SUM(operations), 0) AS operations, MAX(last_push) AS last_push"
                                + " FROM scopes",
                        Tuple.tuple())
                .map(row -> new Logs(row.getLong("vaults"), row.getLong("operations"), row.getLong("last_push")));
    }

    private static Future<Files> files(SqlConnection connection) {
        return one(connection, """
                SELECT COUNT(*) AS blobs, COALESCE(SUM(size), 0) AS bytes,
                  (SELECT COUNT(*) FROM blob_refs) AS references_,
                  (SELECT COUNT(*) FROM blobs WHERE unreferenced_since IS NOT NULL) AS orphans,
                  (SELECT COUNT(*) FROM blobs WHERE damaged_since IS NOT NULL) AS damaged
                FROM blobs""", Tuple.tuple())
                .map(row -> new Files(
                        row.getLong("blobs"),
                        row.getLong("bytes"),
                        row.getLong("references_"),
                        row.getLong("orphans"),
                        row.getLong("damaged")));
    }

    private static Future<Row> one(SqlConnection connection, String sql, Tuple values) {
        return connection
                .preparedQuery(sql)
                .execute(values)
                .map(rows -> rows.iterator().next());
    }
}
