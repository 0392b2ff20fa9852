package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.LogRowsContract;
import io.verstak.server.storage.postgresql.failover.Incarnations;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.sqlclient.Tuple;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PostgresLogRowsTest extends LogRowsContract {
    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private PostgresDatabase database;
    private LogConnection connection;
    private PostgresLogRows rows;

    @BeforeEach
    void open() {
        database = PostgresDatabase.open(vertx, access, 1);
        connection = new LogConnection(
                new PrimaryFinder(vertx, access, Map.of()), new PostgresFailures(), new Incarnations(true));
        rows = new PostgresLogRows(connection);
    }

    @AfterEach
    void close() {
        connection.close();
        await(database.close());
        await(vertx.close());
    }

    @Override
    protected <T> T transaction(Function<LogRows, T> work) {
        rows.begin(true);
        try {
            T result = work.apply(rows);
            rows.commit();
            return result;
        } catch (RuntimeException failure) {
            rows.rollback();
            throw failure;
        }
    }

    @Test
    void what_is_sent_after_the_connection_of_a_transaction_was_lost_is_not_stored_on_another_one() {
        long scope = newScope();
        rows.begin(true);
        rows.lock(scope, 0);
        TestPostgres.execute(
                access,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
                        + " AND datname = current_database()");

        connection.add("UPDATE scopes SET head = 7", Tuple.tuple());
        assertThatThrownBy(rows::commit).isInstanceOf(VertxException.class);
        rows.rollback();

        assertThat(TestPostgres.rows(access, "SELECT head FROM scopes")).containsExactly("0");
        long head = transaction(
                again -> requireNonNull(rows.lock(scope, 0).scopes().get(scope)).head());
        assertThat(head).isZero();
    }

    @Override
    protected long newScope() {
        return PostgresScopes.add(access);
    }
}
