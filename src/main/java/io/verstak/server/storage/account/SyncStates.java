package io.verstak.server.storage.account;

import io.verstak.server.domain.SyncState;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.OpCodec;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
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

    private static final int CHUNKS_PER_QUERY = 32;

    /** The ops above a device's own position. */
    private record Count(long seen, long others) {
        static final Count NOTHING = new Count(0, 0);

        Count and(ChunkHead head, long above, long deviceKey) {
            long all = seen;
            long ofOthers = others;
            for (int i = head.firstAbove(above); i < head.ops() && all <= LOOKED_AT; i++) {
                all++;
                ofOthers += head.deviceKey(i) == deviceKey ? 0 : 1;
            }
            return new Count(all, ofOthers);
        }
    }

    private SyncStates() {}

    /** Reads rows with {@link #COLUMNS}, each together with the state of its device. */
    public static <T> Future<List<T>> read(
            Dialect dialect, SqlConnection connection, Iterable<Row> rows, BiFunction<Row, SyncState, T> reader) {
        List<Row> all = StreamSupport.stream(rows.spliterator(), false).toList();
        List<Row> behind = all.stream()
                .filter(row -> row.getLong("revoked_at") == null && row.getLong("head") > reached(row))
                .toList();
        return counts(LogTables.of(dialect), connection, behind)
                .map(counts -> all.stream()
                        .map(row ->
                                reader.apply(row, state(row, counts.getOrDefault(row.getString("id"), Count.NOTHING))))
                        .toList());
    }

    /** Returns {@link #REACHED} of a row. */
    public static long reached(Row row) {
        return Math.max(row.getLong("pull_cursor"), row.getLong("delivered"));
    }

    private static Future<Map<String, Count>> counts(LogTables log, SqlConnection connection, List<Row> devices) {
        Map<String, Count> counts = new HashMap<>();
        Future<Void> done = Future.succeededFuture();
        for (Row device : devices) {
            done = done.compose(before -> count(log, connection, device, reached(device), Count.NOTHING))
                    .onSuccess(count -> counts.put(device.getString("id"), count))
                    .mapEmpty();
        }
        return done.map(counts);
    }

    /** Reads heads in portions: most chunks of a busy vault have many ops. */
    private static Future<Count> count(LogTables log, SqlConnection connection, Row device, long above, Count before) {
        long deviceKey = OpCodec.deviceKey(device.getString("id"));
        long scope = device.getLong("scope_id");
        return connection
                .preparedQuery(log.heads())
                .execute(Tuple.of(scope, above, scope, CHUNKS_PER_QUERY))
                .compose(chunks -> {
                    Count counted = before;
                    long last = above;
                    for (Row chunk : chunks) {
                        ChunkHead head = new ChunkHead(
                                chunk.getLong("last"), chunk.getBuffer("head").getBytes());
                        counted = counted.and(head, above, deviceKey);
                        last = chunk.getLong("last");
                    }
                    return chunks.size() < CHUNKS_PER_QUERY || counted.seen() > LOOKED_AT
                            ? Future.succeededFuture(counted)
                            : count(log, connection, device, last, counted);
                });
    }

    private static SyncState state(Row row, Count count) {
        Long seen = row.getLong("last_seen");
        Long pushed = row.getLong("last_push");
        boolean late = count.others() > 0 && seen != null && pushed != null && seen > pushed;
        return new SyncState(
                Math.min(count.others(), LOOKED_AT), count.seen() > LOOKED_AT, late, row.getLong("synced_at"));
    }
}
