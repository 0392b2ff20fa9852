package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MigrationsTest {
    private static final int BEFORE_THE_SEARCH = 18;

    @TempDir
    private Path folder;

    @Test
    void an_upgrade_indexes_the_users_that_it_finds() throws SQLException {
        Path database = folder.resolve("server.db");
        try (Connection connection = Sqlite.writer(database).getConnection()) {
            Migrations.run(connection, BEFORE_THE_SEARCH);
        }
        TestDatabase.execute(
                database,
                "INSERT INTO users (id, username, username_key, email, email_key, password_hash, confirmed, created_at)"
                        + " VALUES ('anna', 'Anna', 'anna', 'a@example.org', 'a@example.org', 'none', 1, 5)");

        try (Connection connection = Sqlite.writer(database).getConnection()) {
            Migrations.run(connection);
        }

        assertThat(TestDatabase.rows(
                        database,
                        "SELECT n.user_id FROM user_name_parts p JOIN user_names n ON n.number = p.rowid"
                                + " WHERE user_name_parts MATCH '\"nna\"'"))
                .containsExactly("anna");
    }
}
