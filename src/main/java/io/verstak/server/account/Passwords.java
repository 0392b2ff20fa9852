package io.verstak.server.account;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Hashes and checks passwords in the {@link HashPool}, never on the caller's thread.
 *
 * <p>New hashes are Argon2id; imported bcrypt verifies. Passwords are taken as their UTF-8 bytes, whole. All futures fail
 * with {@link io.verstak.server.error.ErrorCode#UNAVAILABLE} when the pool is full.
 *
 * <p>Every failing check costs the same, whatever stands in the row, and if there is none: one Argon2id, and, while the
 * database holds imported hashes (see {@link #coverBcrypt}), one bcrypt. Without the second, an account that has not signed
 * in since the import would show by its time.
 */
public final class Passwords {
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

    /** The PHC string to store for a new password. Whether the password is allowed is {@link PasswordPolicy}'s. */
    public Future<String> hash(String password) {
        return pool.submit(() -> newHash(utf8(password)));
    }

    /**
     * Checks a password. No row, or a row whose hash is of no known format, takes the work of one that does not match.
     *
     * @param stored the row's hash; null when there is no such account
     * @param gate asked first; told the outcome. Its refusal fails the future
     */
    public Future<PasswordCheck> verify(String password, @Nullable String stored, PasswordGate gate) {
        try {
            gate.enter();
        } catch (ServerException refusal) {
            return Future.failedFuture(refusal);
        }
        return pool.submit(() -> throughGate(utf8(password), stored, gate));
    }

    /** The work of a check for an account that does not exist. */
    public Future<PasswordCheck> verifyDummy(String password, PasswordGate gate) {
        return verify(password, null, gate);
    }

    /** Whether a hash is to be replaced at the next login: it is imported bcrypt, or Argon2id with other parameters. */
    public static boolean needsRehash(String stored) {
        return !Argon2Hash.parse(stored).map(Argon2Hash::isCurrent).orElse(false);
    }

    private PasswordCheck throughGate(byte[] password, @Nullable String stored, PasswordGate gate) {
        gate.enter();
        if (!matches(password, stored == null ? "" : stored)) {
            gate.failed();
            return PasswordCheck.NO_MATCH;
        }
        gate.succeeded();
        return PasswordCheck.match(stored != null && needsRehash(stored) ? newHash(password) : null);
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

    private String newHash(byte[] password) {
        return Argon2Hash.create(password, random).encoded();
    }

    private static byte[] utf8(String password) {
        return password.getBytes(StandardCharsets.UTF_8);
    }
}
