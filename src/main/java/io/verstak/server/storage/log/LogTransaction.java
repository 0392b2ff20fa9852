package io.verstak.server.storage.log;

import static java.util.Objects.requireNonNull;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.LogRows.AnswerKey;
import io.verstak.server.storage.log.LogRows.BlobKey;
import io.verstak.server.storage.log.LogRows.Changes;
import io.verstak.server.storage.log.LogRows.KeptAnswer;
import io.verstak.server.storage.log.LogRows.KnownOp;
import io.verstak.server.storage.log.LogRows.Stored;
import io.verstak.server.storage.log.LogRows.Wanted;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
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
    private final Map<AnswerKey, KeptAnswer> newAnswers = new HashMap<>();
    private final Map<LogKey, OpHeader> headers = new HashMap<>();
    private long appended;

    /** Loads what the transaction will need. */
    public LogTransaction(LogRows rows, Wanted wanted) {
        this.rows = rows;
        this.stored = rows.load(wanted);
    }

    /** Returns whether another node is writing to a scope, which this transaction can do nothing with then. */
    boolean isBusy(long scopeId) {
        return stored.busy().contains(scopeId);
    }

    /** Returns why a device may push no longer, or null. Its vault may have been deleted since the push was admitted. */
    @Nullable
    ServerException refusal(DeviceIdentity device) {
        ServerException refusal = stored.refusals().get(device.deviceId());
        return refusal == null && !stored.scopes().containsKey(device.scope().id())
                ? new ServerException(ErrorCode.UNAUTHORIZED)
                : refusal;
    }

    /** Returns whether a device may add nothing. */
    boolean isReader(DeviceIdentity device) {
        return stored.readers().contains(device.deviceId());
    }

    public ScopeTail scope(long scopeId) {
        return requireNonNull(stored.scopes().get(scopeId), "no such scope, or it was not asked for");
    }

    /** Returns the stored or appended op with the same id, or null. */
    @Nullable
    KnownOp find(ScopeTail scope, EncodedOp op) {
        if (!stored.ops().isEmpty()) {
            for (KnownOp known : stored.ops().getOrDefault(new LogKey(scope.scopeId(), op.opKey()), List.of())) {
                if (known.opId().equals(op.opId())) {
                    return known;
                }
            }
        }
        return scope.find(op);
    }

    /** Returns the ids of the ops that the log holds with another content. Asks once for all. */
    Set<String> changed(ScopeTail scope, Collection<EncodedOp> ops) {
        if (stored.ops().isEmpty() && scope.appended() == 0) {
            return Set.of();
        }
        Set<String> changed = new HashSet<>();
        Map<LogKey, List<EncodedOp>> retries = new HashMap<>();
        for (EncodedOp op : ops) {
            KnownOp known = find(scope, op);
            if (known == null) {
                continue;
            }
            if (known.sequence() <= scope.headBefore()) {
                retries.computeIfAbsent(new LogKey(scope.scopeId(), known.sequence()), key -> new ArrayList<>(1))
                        .add(op);
            } else if (!StoredOp.sameContent(scope.members(known.sequence()), op.json())) {
                changed.add(op.opId());
            }
        }
        if (!retries.isEmpty()) {
            // One is enough to refuse the push: what it costs to compare is what the client has sent.
            rows.ops(retries.keySet(), (key, op) -> {
                for (EncodedOp retry : requireNonNull(retries.get(key))) {
                    if (changed.isEmpty() && !StoredOp.sameContent(op.members(), retry.json())) {
                        changed.add(retry.opId());
                    }
                }
            });
        }
        return changed;
    }

    /** Appends an op that {@link #find} does not know, and returns its sequence. */
    public long append(ScopeTail scope, long deviceKey, EncodedOp op) {
        appended++;
        return scope.append(op, deviceKey, digest);
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

    /** Finds the ops that each walk asks for, the latest first: appended ones, then stored ones. */
    Map<EntityWalk, long[]> findOthers(ScopeTail scope, Collection<EntityWalk> walks) {
        Map<EntityWalk, long[]> found = new HashMap<>();
        List<EntityWalk> further = new ArrayList<>();
        for (EntityWalk walk : walks) {
            LongArrayList appendedOnes = new LongArrayList(0);
            scope.recent().findOthers(walk, appendedOnes);
            found.put(walk, appendedOnes.toArray());
            if (walk.above() < scope.headBefore() && appendedOnes.size() < EntityWalk.MOST) {
                further.add(walk);
            }
        }
        // In the order in which engines keep them: walks beside one another read the same pages.
        further.sort(Comparator.comparingLong(EntityWalk::entityKey));
        if (!further.isEmpty()) {
            rows.findOthers(further).forEach((walk, sequences) -> found.merge(walk, sequences, LogTransaction::joined));
        }
        return found;
    }

    private static long[] joined(long[] later, long[] earlier) {
        LongArrayList all = LongArrayList.from(later);
        all.add(earlier, 0, Math.min(earlier.length, EntityWalk.MOST - later.length));
        return all.toArray();
    }

    /** Returns the headers of ops. Cached: many ops of a push may conflict with the same ops. */
    Map<Long, OpHeader> headers(ScopeTail scope, long[] sequences) {
        Map<Long, OpHeader> found = new HashMap<>();
        List<LogKey> missing = new ArrayList<>();
        for (long sequence : sequences) {
            LogKey key = new LogKey(scope.scopeId(), sequence);
            OpHeader known = sequence > scope.headBefore() ? OpHeader.parse(scope.members(sequence)) : headers.get(key);
            if (known == null) {
                missing.add(key);
            } else {
                found.put(sequence, known);
            }
        }
        if (!missing.isEmpty()) {
            rows.ops(missing, (key, op) -> headers.put(key, op.header()));
            missing.forEach(key -> found.put(key.number(), requireNonNull(headers.get(key))));
        }
        return found;
    }

    /** Returns the number of ops that this transaction has appended. */
    public long appended() {
        return appended;
    }

    /** Writes what was appended. The engine commits it. */
    public void store(long answersSince, long now) {
        List<ScopeTail> scopes = stored.scopes().values().stream()
                .filter(scope -> scope.appended() > 0)
                .sorted(Comparator.comparingLong(ScopeTail::scopeId))
                .toList();
        List<Chunk> chunks = new ArrayList<>();
        scopes.forEach(scope -> chunks.addAll(scope.takeChunks()));
        rows.store(new Changes(chunks, scopes, newAnswers, answersSince, now));
    }
}
