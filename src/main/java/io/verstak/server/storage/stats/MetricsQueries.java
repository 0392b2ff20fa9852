package io.verstak.server.storage.stats;

import io.verstak.server.domain.SyncState;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.SyncStates;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/** Counts the content of the database for monitoring. */
public final class MetricsQueries {
    private static final String COUNT = """
            SELECT (SELECT COUNT(*) FROM blobs),
                   (SELECT COALESCE(SUM(size), 0) FROM blobs),
                   (SELECT COUNT(*) FROM blobs WHERE damaged_since IS NOT NULL),
                   (SELECT COUNT(*) FROM devices WHERE revoked_at IS NULL),
                   (SELECT COUNT(*) FROM devices d JOIN scopes s ON s.id = d.scope_id
                     WHERE d.revoked_at IS NULL AND %s < s.head),
                   (SELECT COALESCE(SUM(operations), 0) FROM scopes),
                   (SELECT COUNT(*) FROM outbox WHERE state = 'waiting'),
                   (SELECT COUNT(*) FROM outbox WHERE state = 'failed')""".formatted(SyncStates.REACHED);

    /** The number of devices furthest from the head of their logs whose lag is counted exactly: all ops above one may be its own. */
    private static final int LOOKED_AT = 100;

    private static final String FURTHEST =
            """
            SELECT %s FROM devices d JOIN scopes s ON s.id = d.scope_id
            WHERE d.revoked_at IS NULL AND %s < s.head ORDER BY s.head - %s DESC LIMIT %s""".formatted(SyncStates.COLUMNS, SyncStates.REACHED, SyncStates.REACHED, LOOKED_AT);

    private final Database database;

    /**
     * What was found.
     *
     * @param devices those that are not revoked
     * @param behind the devices among them for which operations of other devices wait
     * @param maxLag the largest number of operations that wait for one device; above a thousand this is an estimate
     */
    public record Figures(
            double blobs,
            double blobBytes,
            double damagedBlobs,
            double devices,
            double behind,
            double maxLag,
            double operations,
            double mailsWaiting,
            double mailsFailed) {

        /** Before the first count, or after a failed one. */
        public static final Figures UNKNOWN = new Figures(
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN);
    }

    public MetricsQueries(Database database) {
        this.database = database;
    }

    public Future<Figures> count() {
        return database.read(connection -> connection
                .query(COUNT)
                .execute()
                .compose(counted ->
                        lags(connection).map(lags -> figures(counted.iterator().next(), lags))));
    }

    private Future<List<Double>> lags(SqlConnection connection) {
        return connection
                .query(FURTHEST)
                .execute()
                .compose(rows -> SyncStates.read(database.dialect(), connection, rows, MetricsQueries::lag));
    }

    private static double lag(Row row, SyncState state) {
        double share = (double) state.waiting() / SyncStates.LOOKED_AT;
        return state.more() ? share * (row.getLong("head") - SyncStates.reached(row)) : state.waiting();
    }

    private static Figures figures(Row row, List<Double> lags) {
        long ownAlone = lags.stream().filter(lag -> lag == 0).count();
        return new Figures(
                row.getLong(0),
                row.getLong(1),
                row.getLong(2),
                row.getLong(3),
                row.getLong(4) - ownAlone,
                lags.stream().mapToDouble(Double::doubleValue).max().orElse(0),
                row.getLong(5),
                row.getLong(6),
                row.getLong(7));
    }
}
