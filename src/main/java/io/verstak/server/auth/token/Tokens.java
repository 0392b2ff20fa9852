package io.verstak.server.auth.token;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.TokenHint;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Creates secrets and ids from one source of randomness. A token leaves the server once, in the answer that issued it;
 * the server keeps its {@link #digest} and, for people, a {@link TokenHint}.
 */
public final class Tokens {
    private static final int TOKEN_BYTES = 32;
    private static final int ID_BYTES = 12;
    private static final int LOG_ID_BYTES = 16;
    private static final String PSEUDONYM_PREFIX = "deleted_";
    private static final String DEVICE_PREFIX = "dev_";

    private final SecureRandom random;

    public Tokens(SecureRandom random) {
        this.random = random;
    }

    /**
     * Returns 256 random bits as 64 lower-case hexadecimal digits: a device, session, confirm, reset, invite or setup
     * token.
     */
    public String newToken() {
        return hex(TOKEN_BYTES);
    }

    /** Returns a new code that connects a device. */
    public ConnectionCode newConnectionCode() {
        return ConnectionCode.draw(random);
    }

    /** Returns {@code dev_} and 24 hexadecimal digits. */
    public String newDeviceId() {
        return DEVICE_PREFIX + hex(ID_BYTES);
    }

    /** Returns 24 hexadecimal digits. */
    public String newUserId() {
        return hex(ID_BYTES);
    }

    /** Returns the id to which a deleted user's audit entries belong. */
    public String newPseudonym() {
        return PSEUDONYM_PREFIX + hex(ID_BYTES);
    }

    /** Returns 128 random bits as hexadecimal digits: distinguishes logs that had the same numbers. */
    public String newLogId() {
        return hex(LOG_ID_BYTES);
    }

    /**
     * Returns the key under which a token is stored: the SHA-256 of its text. Plain SHA-256 suffices for 256 random
     * bits. Accepts any text, since imported tokens of old devices are not hexadecimal.
     */
    public static Sha256 digest(String token) {
        return Sha256.of(token.getBytes(StandardCharsets.UTF_8));
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }
}
