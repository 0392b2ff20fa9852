package io.verstak.server.storage.log;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.ConflictWalk.Placed;
import io.verstak.server.storage.log.LogRows.KnownOp;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a scope's log while a transaction appends to it. */
public final class ScopeTail {
    private final long scopeId;
    private final String logId;
    private long head;
    private long counter;
    private byte[] chain;
    private final long headBefore;
    private final List<EncodedOp> appended = new ArrayList<>();
    private final RecentOps recent = new RecentOps();
    private final ChunkBuilder chunks;

    public ScopeTail(long scopeId, String logId, long head, long counter, byte[] chain) {
        this.scopeId = scopeId;
        this.logId = logId;
        this.head = head;
        this.counter = counter;
        this.chain = chain;
        this.headBefore = head;
        this.chunks = new ChunkBuilder(scopeId);
    }

    public long scopeId() {
        return scopeId;
    }

    String logId() {
        return logId;
    }

    public long head() {
        return head;
    }

    public long counter() {
        return counter;
    }

    public byte[] chain() {
        return chain;
    }

    /** Returns the number of ops appended by this transaction. */
    public long appended() {
        return appended.size();
    }

    /** Reserves a gap: the next op gets the sequence after {@code until}. */
    public void reserveGap(long until) {
        counter = until;
    }

    /** Makes room for ops that are about to be appended. */
    void expect(Collection<Placed> ops) {
        int bytes = 0;
        for (Placed placed : ops) {
            bytes = Math.min(bytes + Chunk.OPENING_BYTES + placed.op().json().length, Chunk.MAX_BYTES);
        }
        chunks.expect(ops.size(), bytes);
        recent.expect(ops.size());
    }

    /** Returns whether there may be ops on the entity of an op, before it and above another sequence, by other devices. */
    boolean mayConflict(long sequence, long above) {
        return above < sequence - 1 && (above < headBefore || recent.hasOthers(recent.indexOf(sequence), above));
    }

    /** Assigns the next sequence to an op, adds it to the chunks and extends the chain. Returns the sequence. */
    long append(EncodedOp op, long deviceKey, MessageDigest digest) {
        counter++;
        head = counter;
        appended.add(op);
        recent.add(head, op.opKey(), op.entityKey(), deviceKey);
        chain = link(digest, chain, scopeId, head, deviceKey, op.json());
        chunks.add(head, op.opKey(), op.entityKey(), deviceKey, op.json(), chain);
        return head;
    }

    /** Returns the keys of the ops that this transaction has appended. */
    public RecentOps recent() {
        return recent;
    }

    /** Returns the op with the same id that this transaction has appended, or null. */
    @Nullable
    KnownOp find(EncodedOp op) {
        LongArrayList twins = new LongArrayList(0);
        recent.find(op.opKey(), twins);
        for (int i = 0; i < twins.size(); i++) {
            int index = recent.indexOf(twins.get(i));
            EncodedOp twin = appended.get(index);
            if (twin.opId().equals(op.opId())) {
                return new KnownOp(twin.opId(), twins.get(i), recent.deviceKey(index));
            }
        }
        return null;
    }

    /** Returns the members of an op that this transaction has appended: {@link StoredOp#members}. */
    byte[] members(long sequence) {
        return appended.get(recent.indexOf(sequence)).json();
    }

    /** Returns the sequence of the last op before this transaction. */
    long headBefore() {
        return headBefore;
    }

    /** Returns what the transaction has appended, and forgets it. */
    List<Chunk> takeChunks() {
        return chunks.take();
    }

    /**
     * Returns the digest of an op and of all ops before it: a change of any of them changes every later digest.
     *
     * @param members see {@link StoredOp#members}
     */
    public static byte[] link(
            MessageDigest digest, byte[] chainBefore, long scopeId, long sequence, long deviceKey, byte[] members) {
        digest.update(chainBefore);
        digest.update(ByteBuffer.allocate(3 * Long.BYTES)
                .putLong(scopeId)
                .putLong(sequence)
                .putLong(deviceKey)
                .flip());
        digest.update(members);
        byte[] link = new byte[Sha256.BYTES];
        try {
            digest.digest(link, 0, link.length);
        } catch (DigestException e) {
            throw new LinkageError("SHA-256 fills 32 bytes", e);
        }
        return link;
    }
}
