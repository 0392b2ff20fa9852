package io.verstak.server.account;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.TokenHint;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes secrets and ids, all from one source of randomness. A token leaves the server once, in the answer that made it; what is
 * kept is its {@link #digest} and, for people, a {@link TokenHint}.
 */
public final class Tokens {
    private static final int TOKEN_BYTES = 32;
    private static final int ID_BYTES = 12;
    private static final int LOG_ID_BYTES = 16;
    private static final String DEVICE_PREFIX = "dev_";

    private final SecureRandom random;

    public Tokens(SecureRandom random) {
        this.random = random;
    }

    /** 256 random bits as 64 lower-case hexadecimal digits: a device, session, confirm, reset, invite or setup token. */
    public String newToken() {
        return hex(TOKEN_BYTES);
    }

    /** {@code dev_} and 24 hexadecimal digits. */
    public String newDeviceId() {
        return DEVICE_PREFIX + hex(ID_BYTES);
    }

    /** 24 hexadecimal digits. */
    public String newUserId() {
        return hex(ID_BYTES);
    }

    /** 128 random bits as hexadecimal digits: tells one log from another that had the same numbers. */
    public String newLogId() {
        return hex(LOG_ID_BYTES);
    }

    /**
     * Under what a token is stored and looked up: the SHA-256 of its text as it was issued. Plain SHA-256 is enough for 256
     * random bits. Takes any text: imported tokens of old devices are no hexadecimal digits.
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
