package io.verstak.server.blob.file;

import io.verstak.server.domain.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/** The SHA-256 of the bytes so far. Not safe for several threads. */
public final class RunningDigest {
    private final MessageDigest digest;
    private long length;

    public RunningDigest() {
        this(Sha256.newDigest(), 0);
    }

    private RunningDigest(MessageDigest digest, long length) {
        this.digest = digest;
        this.length = length;
    }

    public void update(ByteBuffer bytes) {
        length += bytes.remaining();
        digest.update(bytes);
    }

    /** Returns the number of bytes so far. */
    public long length() {
        return length;
    }

    /** Returns the digest of the bytes so far; more may follow. */
    public Sha256 value() {
        return Sha256.ofDigest(copy().digest.digest());
    }

    /** Returns an independent copy. */
    public RunningDigest copy() {
        try {
            return new RunningDigest((MessageDigest) digest.clone(), length);
        } catch (CloneNotSupportedException e) {
            throw new LinkageError("the platform's SHA-256 can be copied", e);
        }
    }
}
