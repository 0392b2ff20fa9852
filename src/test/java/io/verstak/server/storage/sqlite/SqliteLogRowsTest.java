package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.LogRowsContract;
import io.verstak.server.storage.log.LogTransaction;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.OpCodec.Fields;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteLogRowsTest extends LogRowsContract {
    @TempDir
    Path root;

    private Path file;
    private SqliteLogRows rows;

    @BeforeEach
    void open() throws SQLException {
        file = root.resolve("server.db");
        Connection connection = Sqlite.writer(file).getConnection();
        Migrations.run(connection);
        rows = new SqliteLogRows(connection);
    }

    @AfterEach
    void close() throws SQLException {
        rows.close();
    }

    @Test
    void a_commit_after_a_failed_upkeep_is_durable() throws SQLException {
        TestDatabase.execute(file, "ALTER TABLE key_parts RENAME TO gone");

        assertThatThrownBy(rows::upkeep).isInstanceOf(SQLException.class);
        rows.clear();
        rows.rollback();
        rows.begin();

        try (ResultSet level = rows.prepare("PRAGMA synchronous").executeQuery()) {
            assertThat(level.getInt(1)).isEqualTo(2);
        }
        rows.rollback();
    }

    @Test
    void chunks_of_few_ops_are_merged_and_say_the_same() throws SQLException {
        long scope = newScope();
        push(scope, 130, 1);
        List<StoredOp> before = ops(scope, 130);
        String end = end(scope);

        upkeep();

        assertThat(TestDatabase.rows(file, "SELECT id & ((1 << 40) - 1), length(head) / 32 FROM chunks ORDER BY id"))
                .containsExactly("100|100", "130|30");
        assertThat(ops(scope, 130)).usingRecursiveComparison().isEqualTo(before);
        assertThat(end(scope)).isEqualTo(end);
    }

    @Test
    void large_chunks_between_small_ones_stay_and_what_is_full_is_not_read_again() throws SQLException {
        long scope = newScope();
        push(scope, 1, 100);
        push(scope, 60, 1);
        push(scope, 1, 90);
        push(scope, 60, 1);
        List<StoredOp> before = ops(scope, 310);

        upkeep();

        assertThat(TestDatabase.rows(file, "SELECT id & ((1 << 40) - 1), length(head) / 32 FROM chunks ORDER BY id"))
                .containsExactly("100|100", "160|60", "260|100", "310|50");
        assertThat(ops(scope, 310)).usingRecursiveComparison().isEqualTo(before);
    }

    private void push(long scope, int pushes, int opsEach) {
        OpCodec codec = new OpCodec();
        for (int i = 0; i < pushes; i++) {
            transaction(rows -> {
                LogTransaction group = new LogTransaction(
                        rows,
                        new LogRows.Wanted(Set.of(scope), List.of(new LogKey(scope, 1)), List.of(), List.of(), 0));
                for (int op = 0; op < opsEach; op++) {
                    long next = group.scope(scope).head() + 1;
                    Fields fields = new Fields("op " + next, "note", "n" + next, "create", "{}", "");
                    group.append(group.scope(scope), 7, codec.form("dev", fields, 0, null, null));
                }
                group.store(0, 0);
                return true;
            });
        }
    }

    private void upkeep() throws SQLException {
        while (rows.isUpkeepDue()) {
            rows.upkeep();
        }
    }

    private List<StoredOp> ops(long scope, int count) {
        List<StoredOp> found = new ArrayList<>();
        transaction(rows -> {
            List<LogKey> keys = LongStream.rangeClosed(1, count)
                    .mapToObj(sequence -> new LogKey(scope, sequence))
                    .toList();
            rows.ops(keys, (key, op) -> found.add(op));
            return true;
        });
        return found;
    }

    /** The digest of the log's last chunk. */
    private String end(long scope) {
        return TestDatabase.rows(file, "SELECT hex(chain) FROM chunks ORDER BY id DESC LIMIT 1")
                        .get(0)
                + TestDatabase.rows(file, "SELECT hex(chain) FROM scopes WHERE id = " + scope)
                        .get(0);
    }

    @Override
    protected <T> T transaction(Function<LogRows, T> work) {
        try {
            rows.begin();
            try {
                T result = work.apply(rows);
                rows.commit();
                return result;
            } catch (RuntimeException failure) {
                rows.clear();
                rows.rollback();
                throw failure;
            }
        } catch (SQLException failure) {
            throw new AssertionError(failure);
        }
    }

    @Override
    protected long newScope() {
        return TestScopes.add(file);
    }
}
