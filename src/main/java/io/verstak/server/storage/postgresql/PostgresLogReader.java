package io.verstak.server.storage.postgresql;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.PageJson;
import io.verstak.server.storage.postgresql.failover.Incarnation;
import io.verstak.server.storage.postgresql.failover.Incarnations;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;

/** Reads pages, each by one statement, so that head, page and the device's access are from one snapshot. Safe for any thread. */
final class PostgresLogReader implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /**
     * A row for each chunk above a cursor, or one without a chunk, with the state of the scope, and of a device if one is named. Where no
     * sequence is left out, a page of so many ops ends that far above the cursor. The chunks are measured first, and read only as far
     * as they fill a page; an aggregate over them would copy each several times.
     */
    static final String PAGE = """
            SELECT s.head, s.counter, s.log_id, s.incarnation, s.delete_after, d.id AS device, d.revoked_at, u.blocked,
              CASE WHEN s.last_skip >= $2 THEN (SELECT k.until_seq FROM log_skips k
                WHERE k.scope_id = s.id AND k.until_seq >= $2 ORDER BY k.until_seq LIMIT 1) END AS skip,
              c.last_seq, c.head AS chunk_head, c.body
            FROM scopes s
            LEFT JOIN devices d ON d.id = $3
            LEFT JOIN users u ON u.id = d.user_id
            CROSS JOIN LATERAL (
              SELECT max(f.last_seq) AS last_seq
              FROM (SELECT n.last_seq, sum(n.bytes) OVER (ORDER BY n.last_seq
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS bytes_before
                FROM (SELECT c.last_seq, octet_length(c.body) AS bytes FROM chunks c
                  WHERE c.scope_id = s.id AND c.last_seq > $2 AND c.last_seq <=
                    CASE WHEN s.last_skip <= $2 AND s.imported_head <= $2 THEN LEAST($2, s.head) + $4 + $5
                      ELSE 9223372036854775807 END
                  ORDER BY c.last_seq LIMIT $4) n) f
              WHERE f.bytes_before IS NULL OR f.bytes_before < $6) e
            LEFT JOIN LATERAL (
              SELECT c.last_seq, c.head, c.body FROM chunks c
              WHERE c.scope_id = s.id AND c.last_seq > $2 AND c.last_seq <= e.last_seq ORDER BY c.last_seq) c ON true
            WHERE s.id = $1""";

    private final Pool pool;
    private final Incarnations incarnations;

    PostgresLogReader(Pool pool, Incarnations incarnations) {
        this.pool = pool;
        this.incarnations = incarnations;
    }

    LogPage read(DeviceIdentity reader, long cursor, int maxOps, int maxBytes) {
        RowSet<Row> rows = rows(reader.scope().id(), cursor, reader.deviceId(), maxOps, maxBytes);
        Row state = state(rows);
        requireAccess(state);
        PageJson json = new PageJson(maxOps, maxBytes);
        for (Row row : rows) {
            if (row.getLong("last_seq") == null || !json.add(head(row), body(row), cursor)) {
                break;
            }
        }
        long head = state.getLong("head");
        Long skip = state.getLong("skip");
        boolean more = json.ops() > 0 && json.last() < head;
        boolean gap = json.ops() > 0 && skip != null && skip < json.last();
        Incarnation now = incarnations.current();
        long respected = state.getLong("incarnation");
        long counter = now.counter(state.getLong("counter"), respected);
        return LogPage.of(json, cursor, head, counter, now.logId(state.getString("log_id"), respected), more, gap);
    }

    ExportChunk lines(long scopeId, long cursor, int maxBytes) {
        RowSet<Row> rows = rows(scopeId, cursor, "", PageJson.Lines.MAX_CHUNKS, maxBytes);
        PageJson.Lines lines = new PageJson.Lines(cursor, maxBytes);
        for (Row row : rows) {
            if (row.getLong("last_seq") == null || !lines.add(head(row), body(row))) {
                break;
            }
        }
        return lines.end(rows.size() == 0 ? 0 : state(rows).getLong("head"));
    }

    /** A vault without a row was deleted, and its devices with it. */
    private static Row state(RowSet<Row> rows) {
        for (Row row : rows) {
            return row;
        }
        throw new ServerException(ErrorCode.UNAUTHORIZED);
    }

    private static void requireAccess(Row state) {
        Integer blocked = state.getInteger("blocked");
        if (state.getString("device") == null || state.getLong("revoked_at") != null || blocked == null) {
            throw new ServerException(ErrorCode.UNAUTHORIZED);
        }
        if (blocked != 0) {
            throw new ServerException(Message.ACCOUNT_BLOCKED);
        }
        if (state.getLong("delete_after") != null) {
            throw new ServerException(Message.VAULT_DELETED);
        }
    }

    private RowSet<Row> rows(long scopeId, long cursor, String deviceId, int maxOps, int maxBytes) {
        // What the first chunk has below the cursor is less than a chunk.
        Tuple values = Tuple.of(scopeId, cursor, deviceId, maxOps, Chunk.MAX_OPS, maxBytes + (long) Chunk.MAX_BYTES);
        Future<RowSet<Row>> page = pool.preparedQuery(PAGE).execute(values);
        if (LogConnection.settle(page, PATIENCE_NANOS)) {
            return page.result();
        }
        throw page.cause() instanceof RuntimeException failure ? failure : new ServerException(ErrorCode.UNAVAILABLE);
    }

    private static ChunkHead head(Row row) {
        return new ChunkHead(
                row.getLong("last_seq"), row.getBuffer("chunk_head").getBytes());
    }

    private static byte[] body(Row row) {
        return row.getBuffer("body").getBytes();
    }

    @Override
    public void close() {
        LogConnection.settle(pool.close(), PATIENCE_NANOS);
    }
}
