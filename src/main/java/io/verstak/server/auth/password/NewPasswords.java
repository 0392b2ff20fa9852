package io.verstak.server.auth.password;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks new passwords against the policy, and hashes them. */
public final class NewPasswords {
    /** Letters and digits that do not look alike: a generated password is read from a screen. */
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int GENERATED_LENGTH = 20;

    private final HashPool pool;
    private final Passwords passwords;
    private final SecureRandom random;
    private final Function<String, Future<Boolean>> administers;
    private volatile @Nullable CommonPasswords common;

    /** @param administers whether this is the user account of an administrator */
    public NewPasswords(
            HashPool pool, Passwords passwords, SecureRandom random, Function<String, Future<Boolean>> administers) {
        this.pool = pool;
        this.passwords = passwords;
        this.random = random;
        this.administers = administers;
    }

    /**
     * Returns the hash of a user's new password. Refuses with {@code INVALID_REQUEST}, whose text is the name of the
     * {@link PasswordPolicy.Violation}, and with {@code UNAVAILABLE} when too many passwords are being hashed.
     */
    public Future<String> forUser(String password) {
        return hash(password, PasswordPolicy::forUsers);
    }

    /** Works as {@link #forUser(String)} for an existing user; the stricter rules apply to the user account of an administrator. */
    public Future<String> forUser(String userId, String password) {
        return administers.apply(userId).compose(both -> both ? forAdministrator(password) : forUser(password));
    }

    /** Works as {@link #forUser(String)}, with the rules for administrators. */
    public Future<String> forAdministrator(String password) {
        return hash(password, PasswordPolicy::forAdministrators);
    }

    /** Returns a password of 100 random bits. */
    public String generate() {
        StringBuilder password = new StringBuilder(GENERATED_LENGTH);
        for (int i = 0; i < GENERATED_LENGTH; i++) {
            password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return password.toString();
    }

    private Future<String> hash(String password, Function<CommonPasswords, PasswordPolicy> policy) {
        return commonPasswords()
                .map(list -> policy.apply(list).violation(Passwords.normalized(password)))
                .compose(violation -> violation
                        .<Future<String>>map(broken -> Future.failedFuture(new ServerException(broken)))
                        .orElseGet(() -> passwords.hash(password)));
    }

    /** The list is read when the first password is set: a start must not wait for it. */
    private Future<CommonPasswords> commonPasswords() {
        CommonPasswords read = common;
        return read != null
                ? Future.succeededFuture(read)
                : pool.submit(CommonPasswords::load).onSuccess(list -> common = list);
    }
}
