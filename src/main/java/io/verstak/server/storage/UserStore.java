package io.verstak.server.storage;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** People with an account. */
public final class UserStore {
    private static final String COLUMNS =
            "id, username, email, password_hash, confirmed, blocked, last_seen, created_at";

    private final Database database;

    /**
     * A user. Times are milliseconds since the epoch.
     *
     * @param id 24 hexadecimal digits
     * @param passwordHash in PHC or crypt form, with its algorithm and parameters
     */
    public record User(
            String id,
            String username,
            String email,
            String passwordHash,
            boolean confirmed,
            boolean blocked,
            @Nullable Long lastSeen,
            long createdAt) {}

    public UserStore(Database database) {
        this.database = database;
    }

    /** Adds a user; {@code CONFLICT} when the name or the address is somebody's name or address already. */
    public Future<Void> add(User user) {
        return database.write(connection -> requireFree(connection, user).compose(free -> insert(connection, user)));
    }

    private static Future<Void> requireFree(SqlConnection connection, User user) {
        return connection
                .preparedQuery("SELECT 1 FROM users WHERE username_key IN (?, ?) OR email_key IN (?, ?)")
                .execute(Tuple.of(key(user.username()), key(user.email()), key(user.username()), key(user.email())))
                .compose(rows -> rows.size() == 0
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                new ServerException(ErrorCode.CONFLICT, "The username or e-mail is taken.")));
    }

    private static Future<Void> insert(SqlConnection connection, User user) {
        return connection
                .preparedQuery("""
                        INSERT INTO users (id, username, username_key, email, email_key, password_hash, confirmed,
                          blocked, last_seen, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""")
                .execute(Tuple.from(new Object[] {
                    user.id(),
                    user.username(),
                    key(user.username()),
                    user.email(),
                    key(user.email()),
                    user.passwordHash(),
                    user.confirmed() ? 1 : 0,
                    user.blocked() ? 1 : 0,
                    user.lastSeen(),
                    user.createdAt()
                }))
                .mapEmpty();
    }

    /** The user who signs in with this name or address, without regard to case. */
    public Future<Optional<User>> findByLogin(String login) {
        return one("username_key = ? OR email_key = ?", Tuple.of(key(login), key(login)));
    }

    public Future<Optional<User>> find(String id) {
        return one("id = ?", Tuple.of(id));
    }

    /** Stores a newer hash of the same password, unless the password has been changed meanwhile. */
    public Future<Void> replacePasswordHash(String id, String checked, String replacement) {
        return database.write(connection -> connection
                .preparedQuery("UPDATE users SET password_hash = ? WHERE id = ? AND password_hash = ?")
                .execute(Tuple.of(replacement, id, checked))
                .mapEmpty());
    }

    /** Everybody, by name. */
    public Future<List<User>> list() {
        return database.read(connection -> connection
                .query("SELECT " + COLUMNS + " FROM users ORDER BY username_key")
                .execute()
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(UserStore::user)
                        .toList()));
    }

    private Future<Optional<User>> one(String condition, Tuple values) {
        return database.read(connection -> connection
                .preparedQuery("SELECT " + COLUMNS + " FROM users WHERE " + condition + " ORDER BY id LIMIT 1")
                .execute(values)
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(user(rows.iterator().next()))));
    }

    /** What makes two names or addresses the same. */
    static String key(String nameOrAddress) {
        return nameOrAddress.toLowerCase(Locale.ROOT);
    }

    private static User user(Row row) {
        return new User(
                row.getString("id"),
                row.getString("username"),
                row.getString("email"),
                row.getString("password_hash"),
                row.getInteger("confirmed") != 0,
                row.getInteger("blocked") != 0,
                row.getLong("last_seen"),
                row.getLong("created_at"));
    }
}
