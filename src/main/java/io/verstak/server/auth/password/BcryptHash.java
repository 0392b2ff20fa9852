package io.verstak.server.auth.password;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An imported bcrypt hash. The server only verifies it, and replaces it at the first login.
 *
 * <p> bcrypt reads 72 bytes. A longer password never matches: the library of the Go server refused to hash one, so no account
 * has it, and a comparison of the first 72 bytes would accept any byte 73.
 */
final class BcryptHash {
    private static final int MAX_PASSWORD_BYTES = 72;

    /** 2^16 rounds take seconds; a stored hash that asks for more would hold a thread of the pool for minutes. */
    private static final int MAX_COST = 16;

    private static final int MIN_COST = 4;

    private static final Pattern FORMAT = Pattern.compile("\\$2[aby]\\$(\\d\\d)\\$[./A-Za-z0-9]{53}");

    private final String stored;

    private BcryptHash(String stored) {
        this.stored = stored;
    }

    /** Parses a hash; empty for another format, and for a cost out of bounds. */
    static Optional<BcryptHash> parse(String stored) {
        Matcher matcher = FORMAT.matcher(stored);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int cost = Integer.parseInt(matcher.group(1));
        return cost < MIN_COST || cost > MAX_COST ? Optional.empty() : Optional.of(new BcryptHash(stored));
    }

    /** Returns a hash without a known password, to spend the time of this cost. */
    static BcryptHash decoy(int cost) {
        if (cost < MIN_COST || cost > MAX_COST) {
            throw new IllegalArgumentException("bcrypt cost out of bounds: " + cost);
        }
        return new BcryptHash("$2a$" + (cost < 10 ? "0" : "") + cost + "$" + ".".repeat(53));
    }

    /** Compares in constant time; a password that is too long takes as long as any other. */
    boolean matches(byte[] password) {
        boolean fits = password.length <= MAX_PASSWORD_BYTES;
        byte[] read = fits ? password : Arrays.copyOf(password, MAX_PASSWORD_BYTES);
        boolean equal = BCrypt.verifyer().verify(read, stored.getBytes(StandardCharsets.US_ASCII)).verified;
        return fits && equal;
    }

    /** Does the work of a check whose outcome is known already. */
    void spendTime(byte[] password) {
        matches(password);
    }
}
