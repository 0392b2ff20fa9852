package io.verstak.server.storage.account;

import io.verstak.server.domain.SyncState;
import io.verstak.server.storage.log.OpCodec;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.StreamSupport;

/**
 * Counts the ops that wait for devices. Only ops of other devices count, above the device's cursor and above the last page that
 * was complete: most devices pull again only after a change, so they never send the cursor that they have reached.
 */
public final class SyncStates {
    /** The columns to select of a device {@code d} and its scope {@code s}. */
    public static final String COLUMNS =
            "d.id, d.scope_id, d.pull_cursor, d.delivered, d.synced_at, d.last_seen, d.revoked_at, s.head, s.last_push";

    /** The sequence up to which a device {@code d} has everything, by its own word or the server's. */
    public static final String REACHED =
            "(CASE WHEN d.pull_cursor < d.delivered THEN d.delivered ELSE d.pull_cursor END)";

    /** The number of ops that are read for a device. */
    public static final int LOOKED_AT = 1000;

    private static final int DEVICES_PER_QUERY = 100;

    private static final String COUNT = """
            SELECT ? AS id, COUNT(*) AS seen, COALESCE(SUM(CASE WHEN device_key = ? THEN 0 ELSE 1 END), 0) AS others
            FROM (SELECT device_key FROM ops WHERE scope_id = ? AND seq > ? ORDER BY seq LIMIT ?) looked_at""";

    /** The ops above a device's own position. */
    private record Count(long seen, long others) {
        static final Count NOTHING = new Count(0, 0);
    }

    private SyncStates() {}

    /** Reads rows with {@link #COLUMNS}, each together with the state of its device. */
    public static <T> Future<List<T>> read(
            SqlConnection connection, Iterable<Row> rows, BiFunction<Row, SyncState, T> reader) {
        List<Row> all = StreamSupport.stream(rows.spliterator(), false).toList();
        List<Row> behind = all.stream()
                .filter(row -> row.getLong("revoked_at") == null && row.getLong("head") > reached(row))
                .toList();
        return counts(connection, behind)
                .map(counts -> all.stream()
                        .map(row ->
                                reader.apply(row, state(row, counts.getOrDefault(row.getString("id"), Count.NOTHING))))
                        .toList());
    }

    /** Returns {@link #REACHED} of a row. */
    public static long reached(Row row) {
        return Math.max(row.getLong("pull_cursor"), row.getLong("delivered"));
    }

    private static Future<Map<String, Count>> counts(SqlConnection connection, List<Row> devices) {
        Map<String, Count> counts = new HashMap<>();
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < devices.size(); from += DEVICES_PER_QUERY) {
            List<Row> some = devices.subList(from, Math.min(devices.size(), from + DEVICES_PER_QUERY));
            done = done.compose(before -> count(connection, some, counts));
        }
        return done.map(counts);
    }

    private static Future<Void> count(SqlConnection connection, List<Row> devices, Map<String, Count> counts) {
        List<Object> values = new ArrayList<>();
        for (Row device : devices) {
            values.add(device.getString("id"));
            values.add(OpCodec.deviceKey(device.getString("id")));
            values.add(device.getLong("scope_id"));
            values.add(reached(device));
            values.add(LOOKED_AT + 1);
        }
        String sql = String.join(" UNION ALL ", Collections.nCopies(devices.size(), COUNT));
        return connection
                .preparedQuery(sql)
                .execute(Tuple.wrap(values))
                .onSuccess(rows -> rows.forEach(
                        row -> counts.put(row.getString("id"), new Count(row.getLong("seen"), row.getLong("others")))))
                .mapEmpty();
    }

    private static SyncState state(Row row, Count count) {
        Long seen = row.getLong("last_seen");
        Long pushed = row.getLong("last_push");
        boolean late = count.others() > 0 && seen != null && pushed != null && seen > pushed;
        return new SyncState(
                Math.min(count.others(), LOOKED_AT), count.seen() > LOOKED_AT, late, row.getLong("synced_at"));
    }
}
