package io.verstak.server.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AdministratorStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.UserStore;
import io.verstak.server.storage.UserStore.User;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** What administrators do to accounts, from the command line and at the start. Futures complete on the caller's context. */
public final class AccountAdministration implements AutoCloseable {
    private static final Duration SETUP_LINK_LIVES = Duration.ofDays(2);

    private final UserStore users;
    private final AdministratorStore administrators;
    private final HashPool hashPool = new HashPool(1, 4);
    private final Passwords passwords;
    private final Tokens tokens;
    private final Clock clock;

    public AccountAdministration(Database database, Clock clock, SecureRandom random) {
        this.users = new UserStore(database);
        this.administrators = new AdministratorStore(database);
        this.passwords = new Passwords(hashPool, random);
        this.tokens = new Tokens(random);
        this.clock = clock;
    }

    /**
     * Makes a user whose address counts as confirmed. Refuses with {@code INVALID_REQUEST} (name, address or password not
     * allowed) and {@code CONFLICT} (name or address taken).
     *
     * @return the user's id
     */
    public Future<String> createUser(String username, String email, String password) {
        if (!Usernames.isAllowed(username)) {
            return refuse("The username takes 3 to 64 letters, digits, dots, underscores and hyphens.");
        }
        if (EmailAddress.parse(email).isEmpty()) {
            return refuse("invalid email");
        }
        return hash(password, PasswordPolicy::forUsers).compose(hash -> {
            String id = tokens.newUserId();
            return users.add(new User(id, username, email, hash, true, false, null, clock.millis()))
                    .map(id);
        });
    }

    /** Everybody with an account, by name. */
    public Future<List<User>> users() {
        return users.list();
    }

    /** Makes an administrator, or gives the one of that name another password. */
    public Future<Void> putAdministrator(String username, String password) {
        return hash(password, PasswordPolicy::forAdministrators)
                .compose(hash -> administrators.put(username, hash, clock.millis()));
    }

    /** A token for the setup page, as long as nobody can administer the server. It voids the one before. */
    public Future<Optional<String>> setupToken() {
        return administrators.any().compose(any -> {
            if (any) {
                return Future.succeededFuture(Optional.empty());
            }
            String token = tokens.newToken();
            long expiresAt = clock.millis() + SETUP_LINK_LIVES.toMillis();
            return administrators
                    .replaceSetupToken(Tokens.digest(token).hex(), expiresAt)
                    .map(Optional.of(token));
        });
    }

    /** The list of common passwords is read only when somebody sets one: a start must not wait for it. */
    private Future<String> hash(String password, Function<CommonPasswords, PasswordPolicy> policy) {
        return hashPool.submit(CommonPasswords::load)
                .map(common -> policy.apply(common).violation(password))
                .compose(violation -> violation
                        .<Future<String>>map(broken -> refuse(broken.name()))
                        .orElseGet(() -> passwords.hash(password)));
    }

    private static <T> Future<T> refuse(String text) {
        return Future.failedFuture(new ServerException(ErrorCode.INVALID_REQUEST, text));
    }

    @Override
    public void close() {
        hashPool.close();
    }
}
