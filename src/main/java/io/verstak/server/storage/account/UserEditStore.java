package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Changes that administrators make to a user. Every method refuses with {@code NOT_FOUND} if the user does not exist. */
public final class UserEditStore {
    private final Database database;

    public UserEditStore(Database database) {
        this.database = database;
    }

    /**
     * Blocks a user, which ends every session, or unblocks one, in one step that two administrators cannot interleave. Writes
     * nothing if the user is in the wanted state. Refuses with {@code CONFLICT} to block the last administrator who can sign in.
     *
     * @param wanted empty: the opposite of the present state
     * @return whether the user is blocked now
     */
    public Future<Boolean> setBlocked(String id, Optional<Boolean> wanted, AuditEntry blocked, AuditEntry unblocked) {
        Integer state = wanted.map(block -> block ? 1 : 0).orElse(null);
        return change(
                id,
                connection -> Rows.update(connection, """
                                UPDATE users SET blocked = COALESCE(?, 1 - blocked), epoch = epoch + 1
                                WHERE id = ? AND blocked <> COALESCE(?, 1 - blocked)""", state, id, state)
                        .compose(done -> Rows.only(
                                        connection,
                                        "SELECT blocked FROM users WHERE id = ?",
                                        row -> row.getInteger("blocked") != 0,
                                        id)
                                .compose(now -> done == 0
                                        ? Future.succeededFuture(now)
                                        : AdministratorStore.requireAnother(connection, id)
                                                .compose(another -> SessionStore.deleteAll(connection, Realm.USER, id))
                                                .compose(ended -> AuditStore.add(connection, now ? blocked : unblocked))
                                                .compose(noted -> InvalidationCounter.increment(connection, id))
                                                .map(now))));
    }

    /** Marks the address as confirmed; writes nothing if it is. */
    public Future<Void> confirm(String id, AuditEntry audit) {
        return change(
                id,
                connection -> Rows.update(
                                connection, "UPDATE users SET confirmed = 1 WHERE id = ? AND confirmed = 0", id)
                        .compose(done -> done == 0 ? Future.succeededFuture() : AuditStore.add(connection, audit)));
    }

    /** @param bytes null for the server's default */
    public Future<Void> setQuota(String id, @Nullable Long bytes, AuditEntry audit) {
        return change(
                id,
                connection -> Rows.run(connection, "UPDATE users SET quota_bytes = ? WHERE id = ?", bytes, id)
                        .compose(done -> AuditStore.add(connection, audit)));
    }

    /**
     * Changes a name and an address. Refuses with {@code CONFLICT} when one of them is taken. A new address invalidates
     * everything mailed to the old one.
     */
    public Future<Void> rename(String id, Optional<String> username, Optional<String> email, AuditEntry audit) {
        return change(
                id,
                connection -> set(connection, id, "username", username, Message.USERNAME_TAKEN)
                        .compose(named -> set(connection, id, "email", email, Message.EMAIL_TAKEN)
                                .compose(addressed -> !addressed
                                        ? Future.succeededFuture(named)
                                        : EmailToken.deleteAll(connection, id).map(true)))
                        .compose(changed -> changed ? AuditStore.add(connection, audit) : Future.succeededFuture()));
    }

    /** @return whether it differs from the previous one */
    private static Future<Boolean> set(
            SqlConnection connection, String id, String column, Optional<String> wanted, Message taken) {
        if (wanted.isEmpty()) {
            return Future.succeededFuture(false);
        }
        String text = wanted.get();
        String key = Usernames.key(text);
        return Rows.exist(
                        connection,
                        "SELECT id FROM users WHERE (username_key = ? OR email_key = ?) AND id <> ?",
                        key,
                        key,
                        id)
                .compose(others -> others
                        ? taken.refuse()
                        : Rows.update(
                                connection,
                                "UPDATE users SET %1$s = ?, %1$s_key = ? WHERE id = ? AND %1$s <> ?".formatted(column),
                                text,
                                key,
                                id,
                                text))
                .map(done -> done > 0);
    }

    private <T> Future<T> change(String id, Function<SqlConnection, Future<T>> work) {
        return database.write(connection -> Rows.exist(connection, "SELECT 1 FROM users WHERE id = ?", id)
                .compose(found -> found ? work.apply(connection) : Message.USER_NOT_FOUND.refuse()));
    }
}
