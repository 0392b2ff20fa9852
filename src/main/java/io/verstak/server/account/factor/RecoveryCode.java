package io.verstak.server.account.factor;

import io.verstak.server.domain.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A code that takes the place of a lost authenticator app or passkey, once: 24 digits and letters of Crockford's Base32, which hold 120
 * random bits. So the server may keep its plain SHA-256.
 *
 * @param characters 24 of them, upper case, without separators
 */
record RecoveryCode(String characters) {
    /** How many codes a person gets. */
    static final int COUNT = 10;

    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 24;
    private static final int GROUP = 4;

    /** Draws all codes of a person. */
    static List<RecoveryCode> draw(SecureRandom random) {
        return Stream.generate(() -> one(random)).limit(COUNT).toList();
    }

    private static RecoveryCode one(SecureRandom random) {
        StringBuilder drawn = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            drawn.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new RecoveryCode(drawn.toString());
    }

    /** Reads what a person typed, without blanks and hyphens; the case does not matter, O, I and L count as the digits they look like. */
    static Optional<RecoveryCode> parse(String typed) {
        if (typed.length() != LENGTH) {
            return Optional.empty();
        }
        String characters = typed.toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        return characters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)
                ? Optional.of(new RecoveryCode(characters))
                : Optional.empty();
    }

    /** Returns the key under which the code is stored, in hexadecimal. */
    String hash() {
        return Sha256.of(characters.getBytes(StandardCharsets.US_ASCII)).hex();
    }

    /** Returns the code as it is shown: in groups of four with hyphens between them. */
    String grouped() {
        return characters.replaceAll("(.{" + GROUP + "})(?=.)", "$1-");
    }

    /** Without the code. */
    @Override
    public String toString() {
        return "RecoveryCode";
    }
}
