package io.verstak.server.storage.sqlite;

import static java.util.Objects.requireNonNull;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.ChainedOp;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpHeader;
import io.verstak.server.storage.log.OpRow;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.sqlite.LogConnection.EntityEnd;
import io.verstak.server.storage.sqlite.LogConnection.Known;
import java.security.MessageDigest;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log as one transaction sees it: the stored ops and those appended so far. Appended ops stay in memory and are written at
 * the end in key order, so that SQLite touches each page once.
 */
public final class LogTransaction {
    private final LogConnection connection;
    private final MessageDigest digest = Sha256.newDigest();
    private final Map<Long, ScopeTail> scopes = new HashMap<>();
    private final Map<Key, OpRow> rows = new HashMap<>();
    private final Map<Key, ChainedOp> linkedOps = new HashMap<>();
    private final Map<Key, Long> sequencesByOpKey = new HashMap<>();
    private final Map<Key, EntityEnd> changedEntities = new HashMap<>();

    /** A sequence or a key within a scope. */
    private record Key(long scopeId, long number) {
        static int order(Key a, Key b) {
            return a.scopeId == b.scopeId ? Long.compare(a.number, b.number) : Long.compare(a.scopeId, b.scopeId);
        }
    }

    public LogTransaction(LogConnection connection) {
        this.connection = connection;
    }

    public ScopeTail scope(long scopeId) throws SQLException {
        ScopeTail head = scopes.get(scopeId);
        if (head == null) {
            head = connection.scope(scopeId);
            scopes.put(scopeId, head);
        }
        return head;
    }

    /** Returns an op for a conflict walk. Cached per group: many ops of a push may conflict with the same ops. */
    ChainedOp linkedOp(long scopeId, long sequence) throws SQLException {
        Key key = new Key(scopeId, sequence);
        ChainedOp known = linkedOps.get(key);
        if (known == null) {
            OpRow row = rows.get(key);
            known = row == null
                    ? connection.linkedOp(scopeId, sequence)
                    : new ChainedOp(row.deviceKey(), row.previous(), row.previousOther(), OpHeader.parse(row.json()));
            linkedOps.put(key, known);
        }
        return known;
    }

    /** Returns the stored or appended op with the same id, or null. */
    @Nullable
    Known find(long scopeId, EncodedOp op) throws SQLException {
        for (long key = op.opKey(); ; key++) {
            Known known = findKey(scopeId, key);
            if (known == null || OpHeader.parse(known.json()).opId().equals(op.opId())) {
                return known;
            }
        }
    }

    private @Nullable Known findKey(long scopeId, long opKey) throws SQLException {
        Long sequence = sequencesByOpKey.get(new Key(scopeId, opKey));
        if (sequence == null) {
            return connection.knownOp(scopeId, opKey);
        }
        OpRow row = requireNonNull(rows.get(new Key(scopeId, sequence)));
        return new Known(sequence, row.content(), row.json());
    }

    public OpRow append(ScopeTail scope, long deviceKey, EncodedOp op) throws SQLException {
        Key entity = new Key(scope.scopeId, op.entityKey());
        EntityEnd end = changedEntities.get(entity);
        if (end == null) {
            end = connection.entity(scope.scopeId, op.entityKey());
        }
        long previousOther = end.lastDevice() == deviceKey ? end.lastOther() : end.lastSequence();
        OpRow row = scope.append(op, deviceKey, end.lastSequence(), previousOther, digest);
        rows.put(new Key(scope.scopeId, row.sequence()), row);
        sequencesByOpKey.put(freeKey(scope.scopeId, op.opKey()), row.sequence());
        changedEntities.put(entity, new EntityEnd(row.sequence(), deviceKey, previousOther));
        return row;
    }

    private Key freeKey(long scopeId, long opKey) throws SQLException {
        long key = opKey;
        while (findKey(scopeId, key) != null) {
            key++;
        }
        return new Key(scopeId, key);
    }

    /** Returns the number of ops that this transaction has appended. */
    long appended() {
        return rows.size();
    }

    public void flush(long now) throws SQLException {
        for (Map.Entry<Key, OpRow> entry : sorted(rows)) {
            connection.addOp(entry.getValue());
        }
        for (Map.Entry<Key, Long> entry : sorted(sequencesByOpKey)) {
            connection.addKey(entry.getKey().scopeId(), entry.getKey().number(), entry.getValue());
        }
        for (Map.Entry<Key, EntityEnd> entry : sorted(changedEntities)) {
            connection.addEntity(entry.getKey().scopeId(), entry.getKey().number(), entry.getValue());
        }
        connection.flush(scopes.values(), now);
    }

    private static <V> List<Map.Entry<Key, V>> sorted(Map<Key, V> map) {
        List<Map.Entry<Key, V>> entries = new ArrayList<>(map.entrySet());
        entries.sort((a, b) -> Key.order(a.getKey(), b.getKey()));
        return entries;
    }
}
