package io.verstak.server.auth.password;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A stored Argon2id hash: {@code $argon2id$v=19$m=19456,t=2,p=1$salt$hash}, the PHC string format. */
final class Argon2Hash {
    private static final int SALT_BYTES = 16;
    private static final int OUTPUT_BYTES = 32;

    private static final Pattern PHC = Pattern.compile("\\$argon2id\\$v=19\\$m=(\\d{1,8}),t=(\\d{1,4}),p=(\\d{1,4})"
            + "\\$([A-Za-z0-9+/]{11,86})\\$([A-Za-z0-9+/]{16,86})");

    private final Argon2id function;
    private final byte[] salt;
    private final byte[] output;

    private Argon2Hash(Argon2id function, byte[] salt, byte[] output) {
        this.function = function;
        this.salt = salt;
        this.output = output;
    }

    /** Hashes a new password with a new salt. Takes as long as a login. */
    static Argon2Hash create(byte[] password, SecureRandom random) {
        byte[] salt = randomBytes(random, SALT_BYTES);
        return new Argon2Hash(Argon2id.CURRENT, salt, Argon2id.CURRENT.hash(password, salt, OUTPUT_BYTES));
    }

    /** Returns a hash without a password, which is verified for an unknown account. Computes nothing. */
    static Argon2Hash decoy(SecureRandom random) {
        return new Argon2Hash(Argon2id.CURRENT, randomBytes(random, SALT_BYTES), randomBytes(random, OUTPUT_BYTES));
    }

    /** Parses a hash; empty for another format and for parameters out of range. */
    static Optional<Argon2Hash> parse(String stored) {
        Matcher matcher = PHC.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        try {
            Argon2id function = new Argon2id(number(matcher, 1), number(matcher, 2), number(matcher, 3));
            return Optional.of(new Argon2Hash(function, bytes(matcher, 4), bytes(matcher, 5)));
        } catch (IllegalArgumentException outOfBounds) {
            return Optional.empty();
        }
    }

    /** Compares in constant time. */
    boolean matches(byte[] password) {
        return MessageDigest.isEqual(output, function.hash(password, salt, output.length));
    }

    /** Returns whether a new hash would have exactly these parameters. */
    boolean isCurrent() {
        return function.equals(Argon2id.CURRENT) && salt.length >= SALT_BYTES && output.length >= OUTPUT_BYTES;
    }

    /** Returns the PHC string. */
    String encoded() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + function.memoryKib() + ",t=" + function.passes() + ",p=" + function.lanes() + "$"
                + base64.encodeToString(salt) + "$" + base64.encodeToString(output);
    }

    private static byte[] randomBytes(SecureRandom random, int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    private static int number(Matcher matcher, int group) {
        return Integer.parseInt(matcher.group(group));
    }

    private static byte[] bytes(Matcher matcher, int group) {
        return Base64.getDecoder().decode(matcher.group(group));
    }
}
