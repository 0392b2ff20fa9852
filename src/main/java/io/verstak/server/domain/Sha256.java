package io.verstak.server.domain;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** A SHA-256 (FIPS 180-4) as its 64 lower-case hexadecimal digits. */
public record Sha256(String hex) {
    /** Length in bytes. */
    public static final int BYTES = 32;

    private static final MessageDigest UNUSED = unused();

    public Sha256 {
        if (!isHex(hex)) {
            throw new IllegalArgumentException("not 64 lower-case hexadecimal digits");
        }
    }

    /** Parses a client's text; empty unless it is exactly 64 lower-case hexadecimal digits. */
    public static Optional<Sha256> parse(String text) {
        return isHex(text) ? Optional.of(new Sha256(text)) : Optional.empty();
    }

    public static Sha256 of(byte[] bytes) {
        return ofDigest(newDigest().digest(bytes));
    }

    public static Sha256 ofDigest(byte[] digest) {
        return new Sha256(HexFormat.of().formatHex(digest));
    }

    /** Returns a new digest. A copy: to look for one takes as long as to digest a few hundred bytes. */
    public static MessageDigest newDigest() {
        try {
            return (MessageDigest) UNUSED.clone();
        } catch (CloneNotSupportedException none) {
            return unused(); // of another provider than the JDK's
        }
    }

    private static MessageDigest unused() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("SHA-256 is part of every Java platform", e);
        }
    }

    private static boolean isHex(String text) {
        if (text.length() != 2 * BYTES) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return hex;
    }
}
