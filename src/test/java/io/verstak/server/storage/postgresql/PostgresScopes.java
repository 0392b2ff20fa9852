package io.verstak.server.storage.postgresql;

import io.verstak.server.testkit.TestPostgres;

/** Adds vaults and devices to a database, for tests of the log alone. */
final class PostgresScopes {
    private PostgresScopes() {}

    /** Adds a user with devices: those of {@code OpLogContract}. */
    static void addDevices(PostgresAccess access, String... ids) {
        TestPostgres.execute(access, """
                INSERT INTO users (id, username, username_key, email, email_key, password_hash, created_at)
                VALUES ('user', 'user', 'user', 'user@example.org', 'user@example.org', '', 0)""");
        for (String id : ids) {
            TestPostgres.execute(access, """
                    INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                    VALUES ('%s', 'user', 0, '', '', '%s', '', '', 0)""".formatted(id, id));
        }
    }

    /** Returns the vault's number. */
    static long add(PostgresAccess access) {
        return Long.parseLong(TestPostgres.rows(
                        access,
                        "INSERT INTO scopes (user_id, vault_id, log_id, created_at)"
                                + " VALUES ('user', gen_random_uuid(), 'log', 0) RETURNING id")
                .get(0));
    }
}
