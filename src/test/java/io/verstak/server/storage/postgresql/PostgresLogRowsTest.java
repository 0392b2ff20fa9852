package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.LogRowsContract;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

class PostgresLogRowsTest extends LogRowsContract {
    private final PostgresAccess access = TestPostgres.newDatabase();
    private final Vertx vertx = Vertx.vertx();
    private PostgresDatabase database;
    private LogConnection connection;
    private PostgresLogRows rows;

    @BeforeEach
    void open() {
        database = PostgresDatabase.open(vertx, access, 1);
        connection = new LogConnection(new PrimaryFinder(vertx, access, Map.of()), new PostgresFailures());
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
        rows.begin();
        try {
            T result = work.apply(rows);
            rows.commit();
            return result;
        } catch (RuntimeException failure) {
            rows.rollback();
            throw failure;
        }
    }

    @Override
    protected long newScope() {
        return PostgresScopes.add(access);
    }
}
