package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;

/** Counts what the database holds, for whoever watches the server. */
public final class FigureStore {
    private static final String COUNT = """
            SELECT (SELECT COUNT(*) FROM blobs),
                   (SELECT COALESCE(SUM(size), 0) FROM blobs),
                   (SELECT COUNT(*) FROM devices WHERE revoked_at IS NULL),
                   (SELECT COUNT(*) FROM devices JOIN scopes ON scopes.id = devices.scope_id
                     WHERE revoked_at IS NULL AND pull_cursor < head),
                   (SELECT COALESCE(MAX(head - pull_cursor), 0) FROM devices JOIN scopes ON scopes.id = devices.scope_id
                     WHERE revoked_at IS NULL AND pull_cursor < head),
                   (SELECT COALESCE(SUM(operations), 0) FROM scopes),
                   (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'),
                   (SELECT COUNT(*) FROM outbox WHERE state = 'failed')""";

    private final Database database;

    /**
     * What was found.
     *
     * @param devices those that are not revoked
     * @param behind those of them whose cursor is below the head of their log
     * @param maxLag how far the furthest of them is behind, in sequences
     */
    public record Figures(
            double blobs,
            double blobBytes,
            double devices,
            double behind,
            double maxLag,
            double operations,
            double mailsWaiting,
            double mailsFailed) {

        /** While nobody has counted yet, or nobody could. */
        public static final Figures UNKNOWN = new Figures(
                Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }

    public FigureStore(Database database) {
        this.database = database;
    }

    public Future<Figures> count() {
        return database.read(connection -> connection.query(COUNT).execute())
                .map(rows -> figures(rows.iterator().next()));
    }

    private static Figures figures(Row row) {
        return new Figures(
                row.getLong(0),
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7));
    }
}
