package io.verstak.server.account.factor;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.verstak.server.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.util.encoders.Base32;

/**
 * Time-based one-time codes (RFC 6238) as every authenticator app makes them: HMAC-SHA-1, six digits, steps of 30 seconds. The clocks may
 * be one step apart (section 5.2).
 */
final class Totp {
    /** As long as the hash (RFC 4226, section 4, R6). */
    private static final int SECRET_BYTES = 20;

    private static final int DIGITS = 6;
    private static final Duration STEP = Duration.ofSeconds(30);
    private static final Pattern CODE = Pattern.compile("[0-9]{" + DIGITS + "}");

    private Totp() {}

    /** Returns a new secret in Base32 (RFC 4648), without padding. */
    static String newSecret(SecureRandom random) {
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(secret);
        return Base32.toBase32String(secret);
    }

    /** Returns whether a text without blanks has the form of a code. */
    static boolean isCode(String text) {
        return CODE.matcher(text).matches();
    }

    /**
     * Returns the step that a code belongs to: the current one, the one before or the one after. Empty if the code is of none of
     * them, or its step is not after {@code lastStep}.
     */
    static OptionalLong match(String secret, String code, Instant now, long lastStep) {
        long current = now.getEpochSecond() / STEP.toSeconds();
        OptionalLong found = OptionalLong.empty();
        for (long step = current - 1; step <= current + 1; step++) {
            // All are compared: the time does not show which of them it was.
            if (equal(code(secret, step), code) && step > lastStep && found.isEmpty()) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    private static boolean equal(String right, String typed) {
        return MessageDigest.isEqual(right.getBytes(StandardCharsets.US_ASCII), typed.getBytes(StandardCharsets.UTF_8));
    }

    private static String code(String secret, long step) {
        try {
            return new TimeBasedOneTimePasswordGenerator(STEP, DIGITS)
                    .generateOneTimePasswordString(
                            new SecretKeySpec(Base32.decode(secret), "RAW"),
                            Instant.ofEpochSecond(step * STEP.toSeconds()),
                            Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new StorageException("the secret of an authenticator app is not usable", e);
        }
    }
}
