package io.verstak.server.storage.log;

import static java.util.Objects.requireNonNull;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.BlobKey;
import io.verstak.server.storage.log.LogRows.Changes;
import io.verstak.server.storage.log.LogRows.EntityEnd;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.log.LogRows.KnownOp;
import io.verstak.server.storage.log.LogRows.Stored;
import io.verstak.server.storage.log.LogRows.Wanted;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The log as one transaction sees it: the stored rows that it has asked for, and what was appended so far. Appended ops stay in
 * memory and are written at the end.
 */
public final class LogTransaction {
    private final LogRows rows;
    private final Stored stored;
    private final MessageDigest digest = Sha256.newDigest();
    private final Map<LogKey, OpRow> appended = new HashMap<>();
    private final Map<LogKey, KnownOp> appendedByOpKey = new HashMap<>();
    private final Map<LogKey, EntityEnd> changedEntities = new HashMap<>();
    private final Map<AnswerKey, KeptAnswer> newAnswers = new HashMap<>();
    private final Map<LogKey, ChainedOp> chained = new HashMap<>();

    /** Loads what the transaction will need. */
    public LogTransaction(LogRows rows, Wanted wanted) {
        this.rows = rows;
        this.stored = rows.load(wanted);
    }

    public ScopeTail scope(long scopeId) {
        return requireNonNull(stored.scopes().get(scopeId), "the scope was not asked for");
    }

    /** Returns the stored or appended op with the same id, or null. */
    @Nullable
    KnownOp find(long scopeId, EncodedOp op) {
        for (long key = op.opKey(); ; key++) {
            KnownOp known = at(scopeId, key, op);
            if (known == null || known.opId().equals(op.opId())) {
                return known;
            }
        }
    }

    /** Two ids share a key with a probability of 2^-64: the second one has the next free key, which was not asked for. */
    private @Nullable KnownOp at(long scopeId, long opKey, EncodedOp op) {
        LogKey key = new LogKey(scopeId, opKey);
        KnownOp known = appendedByOpKey.get(key);
        if (known != null) {
            return known;
        }
        return opKey == op.opKey()
                ? stored.ops().get(key)
                : rows.load(new Wanted(Set.of(), List.of(key), List.of(), List.of(), List.of(), 0))
                        .ops()
                        .get(key);
    }

    /** Appends an op that {@link #find} does not know. */
    public OpRow append(ScopeTail scope, long deviceKey, EncodedOp op) {
        LogKey entity = new LogKey(scope.scopeId(), op.entityKey());
        EntityEnd end = changedEntities.get(entity);
        if (end == null) {
            end = stored.entities().getOrDefault(entity, EntityEnd.NONE);
        }
        long previousOther = end.lastDevice() == deviceKey ? end.lastOther() : end.lastSequence();
        OpRow row = scope.append(op, deviceKey, end.lastSequence(), previousOther, digest);
        appended.put(new LogKey(scope.scopeId(), row.sequence()), row);
        appendedByOpKey.put(freeKey(scope.scopeId(), op), new KnownOp(op.opId(), row.sequence(), row.content()));
        changedEntities.put(entity, new EntityEnd(row.sequence(), deviceKey, previousOther));
        return row;
    }

    private LogKey freeKey(long scopeId, EncodedOp op) {
        long key = op.opKey();
        while (at(scopeId, key, op) != null) {
            key++;
        }
        return new LogKey(scopeId, key);
    }

    /** Returns the size of a blob that the scope holds, in bytes, or null. */
    @Nullable
    Long blobSize(long scopeId, BlobReference blob) {
        return stored.blobSizes().get(new BlobKey(scopeId, blob.sha256()));
    }

    /** Returns the digest of the request that an idempotency key was used for, or null. */
    @Nullable
    String answeredRequest(AnswerKey key) {
        KeptAnswer added = newAnswers.get(key);
        return added == null ? stored.answers().get(key) : added.requestDigest();
    }

    /** Returns the answer to that request. */
    byte[] answer(AnswerKey key) {
        KeptAnswer added = newAnswers.get(key);
        return added == null ? rows.answer(key) : added.json();
    }

    void keepAnswer(AnswerKey key, KeptAnswer answer) {
        newAnswers.put(key, answer);
    }

    /** Returns the sequence of the latest op by another device before an op on its entity; 0 if there is none. */
    long previousOther(long scopeId, long sequence) {
        OpRow row = appended.get(new LogKey(scopeId, sequence));
        return row == null ? chained(scopeId, sequence).previousOther() : row.previousOther();
    }

    /** Returns an op for a conflict walk. Cached: many ops of a push may conflict with the same ops. */
    ChainedOp chained(long scopeId, long sequence) {
        LogKey key = new LogKey(scopeId, sequence);
        ChainedOp known = chained.get(key);
        if (known == null) {
            OpRow row = appended.get(key);
            known = row == null
                    ? requireNonNull(rows.chainedOps(List.of(key)).get(key))
                    : new ChainedOp(row.deviceKey(), row.previous(), row.previousOther(), OpHeader.parse(row.json()));
            chained.put(key, known);
        }
        return known;
    }

    /** Asks once for stored ops that conflict walks will begin with. */
    void prepareWalks(long scopeId, Collection<Long> sequences) {
        List<LogKey> missing = sequences.stream()
                .map(sequence -> new LogKey(scopeId, sequence))
                .filter(key -> !appended.containsKey(key) && !chained.containsKey(key))
                .distinct()
                .toList();
        if (!missing.isEmpty()) {
            chained.putAll(rows.chainedOps(missing));
        }
    }

    /** Returns the number of ops that this transaction has appended. */
    public long appended() {
        return appended.size();
    }

    /** Writes what was appended. The engine commits it. */
    public void store(long answersSince, long now) {
        List<OpRow> ops = new ArrayList<>(appended.values());
        ops.sort(Comparator.comparingLong(OpRow::scopeId).thenComparingLong(OpRow::sequence));
        Map<LogKey, Long> sequences = new HashMap<>();
        appendedByOpKey.forEach((key, op) -> sequences.put(key, op.sequence()));
        List<ScopeTail> scopes = stored.scopes().values().stream()
                .filter(scope -> scope.appended() > 0)
                .toList();
        rows.store(new Changes(ops, sorted(sequences), sorted(changedEntities), scopes, newAnswers, answersSince, now));
    }

    private static <V> List<Map.Entry<LogKey, V>> sorted(Map<LogKey, V> map) {
        List<Map.Entry<LogKey, V>> entries = new ArrayList<>(map.entrySet());
        entries.sort(Map.Entry.comparingByKey());
        return entries;
    }
}
