package io.verstak.server.blob.resumable;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The checksum that one chunk must have. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record ChunkChecksum(Algorithm algorithm, byte[] value) {

    /** The supported algorithms of the tus protocol. */
    public enum Algorithm {
        SHA1("SHA-1"),
        SHA256("SHA-256");

        private final String javaName;

        Algorithm(String javaName) {
            this.javaName = javaName;
        }
    }

    MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance(algorithm.javaName);
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("every Java platform has it", e);
        }
    }

    boolean matches(MessageDigest digest) {
        return Arrays.equals(value, digest.digest());
    }
}
