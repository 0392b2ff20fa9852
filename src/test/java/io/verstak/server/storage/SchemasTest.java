package io.verstak.server.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.TestEngine;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Both engines have the same tables, but for the op log's, the search's and the index of files, and the same triggers. */
class SchemasTest {
    private static final TestEngine.Store SQLITE = TestEngine.SQLITE.open();
    private static final TestEngine.Store POSTGRESQL = TestEngine.POSTGRESQL.open();

    @AfterAll
    static void close() {
        SQLITE.close();
        POSTGRESQL.close();
    }

    @Test
    void both_have_the_same_columns() {
        String own = " NOT IN ('chunks', 'op_keys', 'key_runs', 'key_parts', 'schema_version')";
        assertThat(POSTGRESQL.rows("SELECT table_name, column_name FROM information_schema.columns"
                        + " WHERE table_schema = 'public' AND table_name NOT LIKE 'file%' AND table_name" + own))
                .containsExactlyInAnyOrderElementsOf(
                        SQLITE.rows("SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c"
                                + " WHERE t.type IN ('table', 'view') AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE 'user_name%'"
                                + " AND t.name" + own));
    }

    @Test
    void both_have_the_same_triggers() {
        assertThat(POSTGRESQL.rows("SELECT DISTINCT trigger_name FROM information_schema.triggers"))
                .containsExactlyInAnyOrderElementsOf(
                        SQLITE.rows("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name <> 'user_names'"
                                + " AND sql NOT LIKE '%user_names%'"));
    }
}
