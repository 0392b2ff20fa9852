package io.verstak.server.storage.log;

import io.verstak.server.domain.Sha256;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;

/** The end of a scope's log while a transaction appends to it. */
public final class ScopeTail {
    private final long scopeId;
    private final String logId;
    private long head;
    private long counter;
    private byte[] chain;
    private long appended;

    public ScopeTail(long scopeId, String logId, long head, long counter, byte[] chain) {
        this.scopeId = scopeId;
        this.logId = logId;
        this.head = head;
        this.counter = counter;
        this.chain = chain;
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
        return appended;
    }

    /** Reserves a gap: the next op gets the sequence after {@code until}. */
    public void reserveGap(long until) {
        counter = until;
    }

    /** Assigns the next sequence to an op and extends the chain. */
    public OpRow append(EncodedOp op, long deviceKey, long previous, long previousOther, MessageDigest digest) {
        counter++;
        head = counter;
        appended++;
        chain = link(digest, chain, scopeId, head, deviceKey, previous, previousOther, op.content(), op.json());
        return new OpRow(scopeId, head, deviceKey, previous, previousOther, op.content(), chain, op.json());
    }

    /** Returns the digest of a row and of all rows before it: a change of any of them changes every later digest. */
    public static byte[] link(
            MessageDigest digest,
            byte[] chainBefore,
            long scopeId,
            long sequence,
            long deviceKey,
            long previous,
            long previousOther,
            byte[] content,
            byte[] json) {
        digest.update(chainBefore);
        digest.update(ByteBuffer.allocate(5 * Long.BYTES)
                .putLong(scopeId)
                .putLong(sequence)
                .putLong(deviceKey)
                .putLong(previous)
                .putLong(previousOther)
                .flip());
        digest.update(content);
        digest.update(json);
        byte[] link = new byte[Sha256.BYTES];
        try {
            digest.digest(link, 0, link.length);
        } catch (DigestException e) {
            throw new LinkageError("SHA-256 fills 32 bytes", e);
        }
        return link;
    }
}
