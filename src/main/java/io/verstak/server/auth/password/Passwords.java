package io.verstak.server.auth.password;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and checks passwords in the {@link HashPool}, never on the caller's thread.
 *
 * <p>New hashes are Argon2id; imported bcrypt verifies. A password is hashed as the UTF-8 bytes of its normal form NFC
 * (NIST SP 800-63B, 5.1.1.2), whole: keyboards write the same letter in different ways. It is checked as it was typed, too,
 * since older hashes were made of that. All futures fail with {@link io.verstak.server.error.ErrorCode#UNAVAILABLE} when the
 * pool is full.
 *
 * <p>Every failing check of a password costs the same, whatever the row holds, and without a row: one Argon2id, and,
 * while the database holds imported hashes (see {@link #coverBcrypt}), one bcrypt; both twice when the password was typed in
 * another form than NFC. Without the bcrypt, an account that has not signed in since the import would show by its time.
 */
public final class Passwords {
    /** In bytes of UTF-8. The server has never accepted a longer password; a check of one costs what any wrong one costs. */
    private static final int MAX_TYPED = 4096;

    private final HashPool pool;
    private final SecureRandom random;
    private final Argon2Hash decoy;
    private volatile @Nullable BcryptHash bcryptDecoy;

    public Passwords(HashPool pool, SecureRandom random) {
        this.pool = pool;
        this.random = random;
        this.decoy = Argon2Hash.decoy(random);
    }

    /**
     * Makes checks that fail cost one bcrypt more, as those against imported hashes do. Call it at the start.
     *
     * @param cost the cost of the imported hashes (4 to 16; the Go server's is 10), or 0 when none is left
     */
    public void coverBcrypt(int cost) {
        bcryptDecoy = cost == 0 ? null : BcryptHash.decoy(cost);
    }

    /** Returns the PHC string to store for a new password. {@link PasswordPolicy} decides whether the password is allowed. */
    Future<String> hash(String password) {
        return pool.submit(() -> newHash(password));
    }

    /**
     * Checks a password. A missing row, and a hash of an unknown format, cost what a wrong password costs.
     *
     * @param stored the row's hash; null for an unknown account
     * @param gate entered first; receives the outcome. Its refusal fails the future
     */
    public Future<PasswordCheck> verify(String password, @Nullable String stored, PasswordGate gate) {
        try {
            gate.enter();
        } catch (ServerException refusal) {
            return Future.failedFuture(refusal);
        }
        boolean possible = utf8(password).length <= MAX_TYPED;
        return pool.submit(() -> throughGate(possible ? password : "", possible ? stored : null, gate));
    }

    /** Returns whether the next login replaces a hash: it is imported bcrypt, or Argon2id with other parameters. */
    static boolean needsRehash(String stored) {
        return !Argon2Hash.parse(stored).map(Argon2Hash::isCurrent).orElse(false);
    }

    /** Returns the form that is hashed: NFC, in which a text has the same bytes on every system. */
    static String normalized(String password) {
        return Normalizer.normalize(password, Normalizer.Form.NFC);
    }

    private PasswordCheck throughGate(String typed, @Nullable String stored, PasswordGate gate) {
        gate.enterToHash();
        String hash = stored == null ? "" : stored;
        String normalized = normalized(typed);
        boolean asTyped = matches(utf8(typed), hash);
        // Always both: the time must not show which of them matches.
        boolean asNormalized = normalized.equals(typed) ? asTyped : matches(utf8(normalized), hash);
        if (!asTyped && !asNormalized) {
            gate.failed();
            return PasswordCheck.NO_MATCH;
        }
        gate.succeeded();
        return PasswordCheck.match(!asNormalized || needsRehash(hash) ? newHash(typed) : null);
    }

    private boolean matches(byte[] password, String stored) {
        Optional<Argon2Hash> argon2 = Argon2Hash.parse(stored);
        boolean argon2Matches = argon2.orElse(decoy).matches(password);
        if (argon2.isPresent() && argon2Matches) {
            return true;
        }
        Optional<BcryptHash> bcrypt = BcryptHash.parse(stored);
        if (bcrypt.isPresent()) {
            return bcrypt.get().matches(password);
        }
        @Nullable BcryptHash cover = bcryptDecoy;
        if (cover != null) {
            cover.spendTime(password);
        }
        return false;
    }

    private String newHash(String password) {
        return Argon2Hash.create(utf8(normalized(password)), random).encoded();
    }

    private static byte[] utf8(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }
}
