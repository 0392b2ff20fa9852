package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.postgresql.LogConnection.Statement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** Reads ops out of their chunks, on the writer's connection. */
final class StoredOps {
    /** What is read at once: more chunks only until their bodies have so many bytes. */
    private static final int SLICE_BYTES = 8 << 20;

    /** What is kept from one call to the next: a slice more at most. */
    private static final int KEPT_BYTES = 4 << 20;

    /** Each chunk once, in the order of the log. */
    private static final String SELECT = """
            SELECT scope_id, last_seq, head, body FROM (
              SELECT c.scope_id, c.last_seq, c.head, c.body,
                sum(octet_length(c.body)) OVER (ORDER BY c.scope_id, c.last_seq) - octet_length(c.body) AS bytes_before
              FROM (SELECT DISTINCT p.scope_id, p.last_seq
                FROM unnest($1::bigint[], $2::bigint[]) AS w (scope_id, seq)
                CROSS JOIN LATERAL (SELECT c.scope_id, c.last_seq FROM chunks c
                  WHERE c.scope_id = w.scope_id AND c.last_seq >= w.seq ORDER BY c.last_seq LIMIT 1) p) p
              JOIN chunks c ON c.scope_id = p.scope_id AND c.last_seq = p.last_seq) found
            WHERE bytes_before < $3 ORDER BY scope_id, last_seq""";

    private final LogConnection connection;
    private final Map<LogKey, StoredOp> kept = new HashMap<>();
    private long keptBytes;

    StoredOps(LogConnection connection) {
        this.connection = connection;
    }

    /** Keeps ops that are asked for one by one later, as far as there is memory. */
    void keep(Collection<LogKey> sequences) {
        NavigableSet<LogKey> wanted = new TreeSet<>(sequences);
        wanted.removeIf(kept::containsKey);
        while (!wanted.isEmpty() && keptBytes < KEPT_BYTES) {
            readSome(wanted, (key, op) -> {
                kept.put(key, op);
                keptBytes += op.members().length;
            });
        }
    }

    /** Forgets what a transaction has kept. */
    void clear() {
        kept.clear();
        keptBytes = 0;
    }

    /** Reads the ops at these sequences, as {@link io.verstak.server.storage.log.LogRows#ops} has it. */
    void read(Collection<LogKey> sequences, BiConsumer<LogKey, StoredOp> reader) {
        NavigableSet<LogKey> wanted = new TreeSet<>();
        for (LogKey key : sequences) {
            StoredOp known = kept.get(key);
            if (known == null) {
                wanted.add(key);
            } else {
                reader.accept(key, known);
            }
        }
        while (!wanted.isEmpty()) {
            readSome(wanted, reader);
        }
    }

    /** Reads as many chunks as may be in memory at once, and removes what was read. */
    private void readSome(NavigableSet<LogKey> wanted, BiConsumer<LogKey, StoredOp> reader) {
        Statement chunks = connection.add(
                SELECT,
                Tuple.tuple()
                        .addArrayOfLong(wanted.stream().map(LogKey::scopeId).toArray(Long[]::new))
                        .addArrayOfLong(wanted.stream().map(LogKey::number).toArray(Long[]::new))
                        .addInteger(SLICE_BYTES));
        connection.send();
        if (chunks.rows().size() == 0) {
            throw missing(wanted.first());
        }
        for (Row row : chunks.rows()) {
            read(row, wanted, reader);
        }
    }

    private static void read(Row row, NavigableSet<LogKey> wanted, BiConsumer<LogKey, StoredOp> reader) {
        LogKey last = new LogKey(row.getLong(0), row.getLong(1));
        ChunkHead head = new ChunkHead(last.number(), row.getBuffer(2).getBytes());
        byte[] body = row.getBuffer(3).getBytes();
        while (!wanted.isEmpty() && wanted.first().compareTo(last) <= 0) {
            LogKey key = wanted.pollFirst();
            int at = head.firstAbove(key.number() - 1);
            if (key.scopeId() != last.scopeId() || at == head.ops() || head.sequence(at) != key.number()) {
                throw missing(key);
            }
            reader.accept(key, StoredOp.of(head, at, body));
        }
    }

    private static IllegalStateException missing(LogKey key) {
        return new IllegalStateException("scope %s lacks op %s".formatted(key.scopeId(), key.number()));
    }
}
