package io.verstak.server.storage.sqlite;

import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;

/** Adds vaults without users to a database, for tests of the log alone. */
final class TestScopes {
    private TestScopes() {}

    /** Returns the vault's number. */
    static long add(Path database) {
        TestDatabase.execute(
                database,
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('u', hex(randomblob(8)), 'log', 0)");
        return Long.parseLong(
                TestDatabase.rows(database, "SELECT MAX(id) FROM scopes").get(0));
    }
}
