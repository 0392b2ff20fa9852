package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What {@link Database} promises of every engine. A subclass opens it, and takes its room or the database itself away. */
public abstract class DatabaseContract {
    private static final int MANY = 100;
    private static final String INSERT = "INSERT INTO things (name, n) VALUES (?, ?)";

    protected final Vertx vertx = Vertx.vertx();
    private Database database;

    /** Opens the engine on what it had stored before. */
    protected abstract Database open() throws Exception;

    /** Leaves no room for another row of some size, until {@link #giveBack}. */
    protected abstract void fill(Database database) throws Exception;

    /** Lets no transaction begin, until {@link #giveBack}. */
    protected abstract void takeAway(Database database) throws Exception;

    protected abstract void giveBack(Database database) throws Exception;

    /** How a transaction fails. */
    enum Way {
        REFUSES {
            @Override
            <T> Future<T> fail(SqlConnection connection, ServerException refusal) {
                return Future.failedFuture(refusal);
            }
        },
        THROWS {
            @Override
            <T> Future<T> fail(SqlConnection connection, ServerException refusal) {
                throw refusal;
            }
        },
        BREAKS_A_CONSTRAINT {
            @Override
            <T> Future<T> fail(SqlConnection connection, ServerException refusal) {
                return Rows.run(connection, INSERT, "first", 1).mapEmpty();
            }
        };

        abstract <T> Future<T> fail(SqlConnection connection, ServerException refusal);
    }

    @BeforeEach
    void openEngine() throws Exception {
        database = open();
        await(database.write(connection -> Rows.run(
                connection,
                "CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, n BIGINT NOT NULL, filling TEXT)")));
    }

    @AfterEach
    void closeEngine() {
        await(database.close());
        await(vertx.close());
    }

    @Test
    void what_a_transaction_wrote_is_read_once_it_has_succeeded_and_after_the_next_start() throws Exception {
        for (int i = 1; i <= 10; i++) {
            insert("thing " + i);
            assertThat(count()).isEqualTo(i);
        }
        await(database.close());
        database = open();

        assertThat(count()).isEqualTo(10);
        assertThat(await(database.condition())).isEqualTo(Database.Condition.FIT);
    }

    @ParameterizedTest
    @EnumSource
    void a_transaction_that_fails_leaves_nothing_and_the_next_one_begins(Way way) {
        insert("first");
        ServerException refusal = new ServerException(ErrorCode.QUOTA_EXCEEDED);

        assertThatThrownBy(() -> await(database.write(connection ->
                        Rows.run(connection, INSERT, "second", 1).compose(inserted -> way.fail(connection, refusal)))))
                .isInstanceOfSatisfying(ServerException.class, failure -> {
                    if (way != Way.BREAKS_A_CONSTRAINT) {
                        assertThat(failure).isSameAs(refusal);
                    }
                });

        assertThat(count()).isEqualTo(1);
        insert("second");
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void a_transaction_reads_what_it_wrote_and_nobody_else_does_before_its_end() {
        Promise<Void> held = Promise.promise();
        Promise<Long> seen = Promise.promise();
        Future<Void> written = database.write(connection -> Rows.run(connection, INSERT, "thing", 1)
                .compose(inserted -> count(connection))
                .onComplete(seen)
                .compose(counted -> held.future()));

        assertThat(await(seen.future())).isEqualTo(1);
        assertThat(count()).isZero();
        held.complete();
        await(written);
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void writers_take_turns_so_that_none_decides_on_what_another_one_changes() {
        insert("counter");
        List<Future<Void>> writes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            writes.add(database.write(connection -> Rows.only(
                            connection, "SELECT n FROM things WHERE name = 'counter'", row -> row.getLong("n"))
                    .compose(n -> Rows.run(connection, "UPDATE things SET n = ? WHERE name = 'counter'", n + 1))));
        }
        await(Future.all(writes));

        long total = await(
                database.read(connection -> Rows.only(connection, "SELECT n FROM things", row -> row.getLong("n"))));
        assertThat(total).isEqualTo(1 + MANY);
    }

    @Test
    void each_statement_of_a_read_sees_what_was_committed_before_it_began() {
        List<Long> seen = await(database.read(connection -> count(connection)
                .compose(before -> database.write(other -> Rows.run(other, INSERT, "meanwhile", 1))
                        .compose(written -> count(connection))
                        .map(after -> List.of(before, after)))));

        assertThat(seen).containsExactly(0L, 1L);
    }

    @Test
    void a_read_changes_nothing() {
        assertThatThrownBy(() -> await(database.read(connection -> Rows.run(connection, INSERT, "thing", 1))))
                .isInstanceOf(ServerException.class);

        assertThat(count()).isZero();
    }

    @Test
    void more_reads_than_there_are_connections_all_get_their_turn() {
        List<Future<Long>> reads = IntStream.range(0, MANY)
                .mapToObj(i -> database.read(DatabaseContract::count))
                .toList();

        await(Future.all(reads));
    }

    @Test
    void the_number_of_changed_rows_is_the_one_that_stores_decide_by() {
        insert("one");
        insert("two");
        List<Integer> changed =
                await(database.write(connection -> Rows.update(connection, INSERT + " ON CONFLICT DO NOTHING", "one", 5)
                        .compose(kept -> Rows.update(connection, INSERT + " ON CONFLICT DO NOTHING", "three", 5)
                                .compose(added -> Rows.update(connection, "UPDATE things SET n = n WHERE n = 5")
                                        .compose(same -> Rows.update(connection, "DELETE FROM things WHERE n < ?", 9)
                                                .map(deleted -> List.of(kept, added, same, deleted)))))));

        assertThat(changed).containsExactly(0, 1, 1, 3);
    }

    /** Not every engine can store it, but each can be asked for it: in a login, an address or a search. */
    @Test
    void a_text_with_the_character_zero_is_equal_to_none_that_is_stored() {
        insert("alice");
        for (String wanted : List.of("\0", "alice\0", "ali\0ce")) {
            String sql = "SELECT n FROM things WHERE name = ? OR name IN (?, ?)";

            assertThat(await(database.exist(sql, wanted, wanted, wanted))).isFalse();
            assertThat(await(database.update("DELETE FROM things WHERE name = ?", wanted)))
                    .isZero();
        }
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void futures_complete_on_the_context_of_the_caller() {
        Context caller = vertx.getOrCreateContext();
        Promise<List<Boolean>> ends = Promise.promise();
        caller.runOnContext(now -> {
            List<Boolean> own = new ArrayList<>();
            Future<Void> written = database.write(connection -> Rows.run(connection, INSERT, "thing", 1));
            Future<Void> refused =
                    database.write(connection -> Future.failedFuture(new ServerException(ErrorCode.QUOTA_EXCEEDED)));
            Future<Long> read = database.read(DatabaseContract::count);
            for (Future<?> end : List.of(written, refused, read)) {
                end.onComplete(done -> own.add(vertx.getOrCreateContext() == caller));
            }
            Future.join(written, refused, read).onComplete(done -> ends.complete(own));
        });

        assertThat(await(ends.future())).containsExactly(true, true, true);
    }

    @Test
    void a_full_disk_is_storage_full_and_reads_go_on() throws Exception {
        insert("first");
        fill(database);

        assertThat(code(database.write(connection -> Rows.run(
                        connection,
                        "INSERT INTO things (name, n, filling) VALUES ('large', 1, ?)",
                        "x".repeat(1 << 20)))))
                .isEqualTo(ErrorCode.STORAGE_FULL);

        assertThat(count()).isEqualTo(1);
        giveBack(database);
        insert("second");
        assertThat(count()).isEqualTo(2);
    }

    @Test
    void a_database_out_of_reach_is_unavailable_until_it_is_back() throws Exception {
        takeAway(database);

        assertThat(code(database.write(connection -> Rows.run(connection, INSERT, "lost", 1))))
                .isEqualTo(ErrorCode.UNAVAILABLE);

        giveBack(database);
        insert("kept");
        assertThat(count()).isEqualTo(1);
    }

    @Test
    void a_sound_database_says_so() {
        assertThat(database.isDamaged()).isFalse();
        database.requireSound();
        assertThat(database.schemaVersion()).isPositive();
        assertThat(database.acceptedOps()).isZero();
    }

    private void insert(String name) {
        await(database.write(connection -> Rows.run(connection, INSERT, name, 1)));
    }

    private long count() {
        return await(database.read(DatabaseContract::count));
    }

    private static Future<Long> count(SqlConnection connection) {
        return Rows.only(connection, "SELECT COUNT(*) AS n FROM things", row -> row.getLong("n"));
    }

    private static ErrorCode code(Future<?> refused) {
        try {
            await(refused);
        } catch (ServerException refusal) {
            return refusal.code();
        }
        throw new AssertionError("it has succeeded");
    }
}
