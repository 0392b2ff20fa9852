package io.verstak.server.storage.log;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ServerException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * The rows of the op log as one transaction of an engine sees them. A group of pushes asks once for everything that it needs and
 * writes once; only a retried push, a conflict and the collision of two keys ask again. Every call blocks, belongs to the thread
 * of the transaction, and fails with an unchecked exception of the engine.
 */
public interface LogRows {

    record BlobKey(long scopeId, Sha256 sha256) {}

    /** An idempotency key of a device. */
    record AnswerKey(String deviceId, String key) {}

    /** An op that the log holds. */
    record KnownOp(String opId, long sequence, long deviceKey) {}

    /** The answer of a push, and the digest of its request. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    record KeptAnswer(String requestDigest, byte[] json) {}

    /**
     * What to load. A list may name a key twice.
     *
     * @param ops keys of ops
     * @param answersSince answers of this time and before have expired, in milliseconds since the epoch
     * @param pushes what all this is for: an engine that several nodes share looks at their devices and entities, too
     */
    record Wanted(
            Collection<Long> scopes,
            List<LogKey> ops,
            List<BlobKey> blobs,
            List<AnswerKey> answers,
            long answersSince,
            List<Push> pushes) {

        /** What to load for ops that no device pushes now. */
        public Wanted(
                Collection<Long> scopes,
                List<LogKey> ops,
                List<BlobKey> blobs,
                List<AnswerKey> answers,
                long answersSince) {
            this(scopes, ops, blobs, answers, answersSince, List.of());
        }
    }

    /**
     * What was found; what is not stored is missing in its map.
     *
     * @param ops by the keys of the ops; two ids may share a key
     * @param blobSizes sizes in bytes
     * @param answers digests of the requests; the answers themselves may be large, see {@link LogRows#answer}
     * @param refusals the devices that may push no longer, of an engine that several nodes share: elsewhere the process knows
     * @param readers the devices that may add nothing
     * @param busy the scopes that exist and were not loaded, since another node is writing to them
     */
    record Stored(
            Map<Long, ScopeTail> scopes,
            Map<LogKey, List<KnownOp>> ops,
            Map<BlobKey, Long> blobSizes,
            Map<AnswerKey, String> answers,
            Map<String, ServerException> refusals,
            Set<String> readers,
            Set<Long> busy) {

        /** What an engine finds that no other process writes to: devices may do what was known of them when they were identified. */
        public Stored(
                Map<Long, ScopeTail> scopes,
                Map<LogKey, List<KnownOp>> ops,
                Map<BlobKey, Long> blobSizes,
                Map<AnswerKey, String> answers,
                List<Push> pushes) {
            this(scopes, ops, blobSizes, answers, Map.of(), readers(pushes), Set.of());
        }

        private static Set<String> readers(List<Push> pushes) {
            return pushes.stream()
                    .map(Push::device)
                    .filter(DeviceIdentity::readOnly)
                    .map(DeviceIdentity::deviceId)
                    .collect(Collectors.toSet());
        }
    }

    /**
     * What a transaction has changed.
     *
     * @param chunks the new ops, in the order of scopes and sequences
     * @param scopes the scopes that ops were appended to
     * @param answersSince expired answers may be deleted, a few for each that is added
     * @param now milliseconds since the epoch
     */
    record Changes(
            List<Chunk> chunks,
            Collection<ScopeTail> scopes,
            Map<AnswerKey, KeptAnswer> answers,
            long answersSince,
            long now) {}

    /** Loads rows by their keys. */
    Stored load(Wanted wanted);

    /**
     * Finds the ops that each walk asks for, up to {@link EntityWalk#MOST}, the latest first. What it costs depends on what it
     * finds, not on the length of the log.
     */
    Map<EntityWalk, long[]> findOthers(Collection<EntityWalk> walks);

    /**
     * Reads the ops at these sequences one by one: together they may be larger than memory. Fails if one does not exist.
     *
     * @param reader must not keep the ops
     */
    void ops(Collection<LogKey> sequences, BiConsumer<LogKey, StoredOp> reader);

    /** Returns the kept answer of a key that {@link #load} has found. */
    byte[] answer(AnswerKey key);

    /** Writes rows. They are durable when the engine commits the transaction. */
    void store(Changes changes);
}
