package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;

/** Administrators, and the one-time link with which the first of them is made. */
public final class AdministratorStore {
    private final Database database;

    public AdministratorStore(Database database) {
        this.database = database;
    }

    /** Makes an administrator, or gives the one of that name another password. */
    public Future<Void> put(String username, String passwordHash, long now) {
        return database.write(connection -> connection
                .preparedQuery("""
                        INSERT INTO administrators (username_key, username, password_hash, created_at)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT (username_key) DO UPDATE SET username = excluded.username,
                          password_hash = excluded.password_hash""")
                .execute(Tuple.of(UserStore.key(username), username, passwordHash, now))
                .mapEmpty());
    }

    /** Whether anybody can administer the server yet. */
    public Future<Boolean> any() {
        return database.read(connection -> connection
                .query("SELECT 1 FROM administrators LIMIT 1")
                .execute()
                .map(rows -> rows.size() > 0));
    }

    /** Makes this the only setup token; times are milliseconds since the epoch. */
    public Future<Void> replaceSetupToken(String tokenHash, long expiresAt) {
        return database.write(connection -> connection
                .query("DELETE FROM setup_tokens")
                .execute()
                .compose(gone -> connection
                        .preparedQuery("INSERT INTO setup_tokens (token_hash, expires_at) VALUES (?, ?)")
                        .execute(Tuple.of(tokenHash, expiresAt)))
                .mapEmpty());
    }
}
