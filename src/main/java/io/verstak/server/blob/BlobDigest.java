package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.security.MessageDigest;
import java.util.function.LongConsumer;

/** The SHA-256 and the number of the bytes so far. Not safe for several threads. */
public final class BlobDigest {
    private static final int READ_BYTES = 256 << 10;

    private final MessageDigest digest;
    private long length;

    public BlobDigest() {
        this(Sha256.newDigest(), 0);
    }

    private BlobDigest(MessageDigest digest, long length) {
        this.digest = digest;
        this.length = length;
    }

    /**
     * Hashes all bytes of a channel. Blocks.
     *
     * @param progress receives the number of bytes of each piece read; may wait, and may throw to stop
     */
    public static BlobDigest read(ReadableByteChannel channel, LongConsumer progress) throws IOException {
        BlobDigest all = new BlobDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        for (int bytes = channel.read(buffer); bytes >= 0; bytes = channel.read(buffer)) {
            all.update(buffer.flip());
            buffer.clear();
            progress.accept(bytes);
        }
        return all;
    }

    public void update(ByteBuffer bytes) {
        length += bytes.remaining();
        digest.update(bytes);
    }

    /** Returns the number of bytes so far. */
    public long length() {
        return length;
    }

    /** Returns the blob that the bytes so far are; more may follow. */
    public BlobReference blob() {
        return new BlobReference(Sha256.ofDigest(copy().digest.digest()), length);
    }

    /** Returns an independent copy. */
    public BlobDigest copy() {
        try {
            return new BlobDigest((MessageDigest) digest.clone(), length);
        } catch (CloneNotSupportedException e) {
            throw new LinkageError("the platform's SHA-256 can be copied", e);
        }
    }
}
