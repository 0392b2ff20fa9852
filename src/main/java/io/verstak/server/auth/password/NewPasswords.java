package io.verstak.server.auth.password;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Takes passwords that somebody sets: judges them, and makes what is stored of them. */
public final class NewPasswords {
    /** Without those that look alike: a generated password is read from a screen. */
    private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789";

    private static final int GENERATED_LENGTH = 20;

    private final HashPool pool;
    private final Passwords passwords;
    private final SecureRandom random;
    private final Function<String, Future<Boolean>> administers;
    private volatile @Nullable CommonPasswords common;

    /** @param administers whether a user of this id administers the server, too */
    public NewPasswords(
            HashPool pool, Passwords passwords, SecureRandom random, Function<String, Future<Boolean>> administers) {
        this.pool = pool;
        this.passwords = passwords;
        this.random = random;
        this.administers = administers;
    }

    /**
     * The hash of a user's new password. Refuses with {@code INVALID_REQUEST}, whose text is the name of the
     * {@link PasswordPolicy.Violation}, and with {@code UNAVAILABLE} when too many are being hashed already.
     */
    public Future<String> forUser(String password) {
        return hash(password, PasswordPolicy::forUsers);
    }

    /** The same for a user who is there, and may be an administrator, too: then the stricter rules hold. */
    public Future<String> forUser(String userId, String password) {
        return administers.apply(userId).compose(both -> both ? forAdministrator(password) : forUser(password));
    }

    /** The same for an administrator's. */
    public Future<String> forAdministrator(String password) {
        return hash(password, PasswordPolicy::forAdministrators);
    }

    /** A password that nobody can guess: 100 random bits. */
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
