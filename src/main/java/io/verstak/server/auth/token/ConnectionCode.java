package io.verstak.server.auth.token;

import io.verstak.server.domain.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;

/**
 * A code that connects one desktop, entered in place of the password: 20 digits and letters of Crockford's Base32, which hold
 * 100 random bits. So the server may keep its plain SHA-256.
 *
 * @param characters 20 of them, upper case, without separators
 * @see <a href="https://www.crockford.com/base32.html">Base 32</a>
 */
public record ConnectionCode(String characters) {
    private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int LENGTH = 20;
    private static final int GROUP = 5;
    private static final int LONGEST_TYPED = 2 * LENGTH;

    /** Draws a new code. */
    public static ConnectionCode draw(SecureRandom random) {
        StringBuilder drawn = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            drawn.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return new ConnectionCode(drawn.toString());
    }

    /**
     * Reads what a person typed or pasted: the case does not matter, nor do hyphens and blanks; the letters O, I and L count as the digits
     * that they look like. Empty if it cannot be a code.
     */
    public static Optional<ConnectionCode> parse(String typed) {
        if (typed.length() > LONGEST_TYPED) {
            return Optional.empty();
        }
        String characters = typed.replaceAll("[-\\s]", "")
                .toUpperCase(Locale.ROOT)
                .replace('O', '0')
                .replace('I', '1')
                .replace('L', '1');
        return characters.length() == LENGTH && characters.chars().allMatch(c -> ALPHABET.indexOf(c) >= 0)
                ? Optional.of(new ConnectionCode(characters))
                : Optional.empty();
    }

    /** Returns the key under which the code is stored. */
    public Sha256 hash() {
        return Sha256.of(characters.getBytes(StandardCharsets.US_ASCII));
    }

    /** Returns the code as it is shown: in groups of five with hyphens between them. */
    public String grouped() {
        return characters.replaceAll("(.{" + GROUP + "})(?=.)", "$1-");
    }

    /** Without the code. */
    @Override
    public String toString() {
        return "ConnectionCode";
    }
}
