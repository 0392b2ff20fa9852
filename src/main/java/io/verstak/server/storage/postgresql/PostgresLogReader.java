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
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads pages, each by one statement, so that head, page and the device's access are from one snapshot. Safe for any thread. */
final class PostgresLogReader implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    /**
     * The state of a scope, of a device if one is named, and the chunks above a cursor. The last chunks are left out once those before
     * them fill a page; what they have below the cursor is less than a chunk.
     */
    static final String PAGE = """
            SELECT s.head, s.counter, s.log_id, d.id AS device, d.revoked_at, u.blocked,
              CASE WHEN s.last_skip >= $2 THEN (SELECT k.until_seq FROM log_skips k
                WHERE k.scope_id = s.id AND k.until_seq >= $2 ORDER BY k.until_seq LIMIT 1) END AS skip,
              p.seqs, p.heads, p.bodies
            FROM scopes s
            LEFT JOIN devices d ON d.id = $3
            LEFT JOIN users u ON u.id = d.user_id
            CROSS JOIN LATERAL (
              SELECT array_agg(f.last_seq) AS seqs, array_agg(f.head) AS heads, array_agg(f.body) AS bodies
              FROM (SELECT c.last_seq, c.head, c.body, sum(octet_length(c.head)) OVER before AS heads_before,
                  sum(octet_length(c.body)) OVER before AS bodies_before
                FROM (SELECT c.last_seq, c.head, c.body FROM chunks c
                  WHERE c.scope_id = s.id AND c.last_seq > $2 ORDER BY c.last_seq LIMIT $4) c
                WINDOW before AS (ORDER BY c.last_seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) f
              WHERE f.heads_before IS NULL OR (f.heads_before < $5 AND f.bodies_before < $6)) p
            WHERE s.id = $1""";

    private final Pool pool;

    PostgresLogReader(Pool pool) {
        this.pool = pool;
    }

    LogPage read(DeviceIdentity reader, long cursor, int maxOps, int maxBytes) {
        Row row = state(reader.scope().id(), cursor, reader.deviceId(), maxOps, maxBytes);
        if (row == null || row.getString("device") == null || row.getLong("revoked_at") != null) {
            throw new ServerException(ErrorCode.UNAUTHORIZED);
        }
        Integer blocked = row.getInteger("blocked");
        if (blocked == null || blocked != 0) {
            throw blocked == null
                    ? new ServerException(ErrorCode.UNAUTHORIZED)
                    : new ServerException(Message.ACCOUNT_BLOCKED);
        }
        PageJson json = new PageJson(maxOps, maxBytes);
        Chunks chunks = new Chunks(row);
        while (chunks.next() && json.add(chunks.head(), chunks.body(), cursor)) {
            // All ops of the chunk had room.
        }
        long head = row.getLong("head");
        Long skip = row.getLong("skip");
        boolean more = json.ops() > 0 && json.last() < head;
        boolean gap = json.ops() > 0 && skip != null && skip < json.last();
        return LogPage.of(json, cursor, head, row.getLong("counter"), row.getString("log_id"), more, gap);
    }

    ExportChunk lines(long scopeId, long cursor, int maxBytes) {
        Row row = state(scopeId, cursor, "", PageJson.Lines.MAX_CHUNKS, maxBytes);
        PageJson.Lines lines = new PageJson.Lines(cursor, maxBytes);
        if (row == null) {
            return lines.end(0);
        }
        Chunks chunks = new Chunks(row);
        while (chunks.next() && lines.add(chunks.head(), chunks.body())) {
            // All ops of the chunk had room.
        }
        return lines.end(row.getLong("head"));
    }

    private @Nullable Row state(long scopeId, long cursor, String deviceId, int maxOps, int maxBytes) {
        Tuple values = Tuple.of(
                scopeId,
                cursor,
                deviceId,
                maxOps,
                (maxOps + (long) Chunk.MAX_OPS) * ChunkHead.ENTRY_BYTES,
                maxBytes + (long) Chunk.MAX_BYTES);
        Iterator<Row> rows = Waiting.result(pool.preparedQuery(PAGE).execute(values), PATIENCE_NANOS)
                .iterator();
        return rows.hasNext() ? rows.next() : null;
    }

    /** The chunks of a row, in their order. */
    private static final class Chunks {
        private final Long[] sequences;
        private final Buffer[] heads;
        private final Buffer[] bodies;
        private int at = -1;

        Chunks(Row row) {
            Long[] found = row.getArrayOfLongs("seqs");
            sequences = found == null ? new Long[0] : found;
            heads = row.getArrayOfBuffers("heads");
            bodies = row.getArrayOfBuffers("bodies");
        }

        boolean next() {
            at++;
            return at < sequences.length;
        }

        ChunkHead head() {
            return new ChunkHead(sequences[at], heads[at].getBytes());
        }

        byte[] body() {
            return bodies[at].getBytes();
        }
    }

    @Override
    public void close() {
        Waiting.settle(pool.close(), PATIENCE_NANOS);
    }
}
