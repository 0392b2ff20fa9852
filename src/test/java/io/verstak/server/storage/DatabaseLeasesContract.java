package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.Leases.Lease;
import io.vertx.core.Vertx;
import java.util.IdentityHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Leases in a database, with shorter lives than those of a server. A subclass opens the database as each process does. */
public abstract class DatabaseLeasesContract extends LeasesContract {
    private static final long LIFE_MILLIS = 900;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    protected final Vertx vertx = Vertx.vertx();
    private final IdentityHashMap<Leases, Database> databases = new IdentityHashMap<>();

    protected abstract Database open();

    @Override
    protected Leases process() {
        Database database = open();
        Leases process = new DatabaseLeases(vertx, database, "node", LIFE_MILLIS);
        databases.put(process, database);
        return process;
    }

    /** The other processes learn it from the clock of the database. */
    @Override
    protected void cutOff(Leases process) {
        await(database(process).close());
        Database another = open();
        databases.put(new DatabaseLeases(vertx, another, "clock", LIFE_MILLIS), another);
        waitUntil(() -> endsWithin(another, 0));
    }

    @AfterEach
    void close() {
        databases.values().forEach(database -> await(database.close()));
        await(vertx.close());
    }

    @Test
    void a_lease_outlives_its_time_while_its_holder_renews_it_and_ends_when_the_holder_cannot() {
        Leases one = process();
        Lease lease = await(one.take("work")).orElseThrow();
        Database database = database(one);
        long until = until(database);

        waitUntil(() -> until(database) > until + 2 * LIFE_MILLIS);
        assertThat(lease.isHeld()).isTrue();
        assertThat(await(process().take("work"))).isEmpty();

        await(database.run("UPDATE leases SET generation = generation + 1, holder = 'another'"));
        waitUntil(() -> !lease.isHeld());
        await(lease.release());
        assertThat(until(database)).isPositive();
    }

    @Test
    void a_holder_that_is_cut_off_stops_before_its_row_ends() {
        Leases one = process();
        Lease lease = await(one.take("work")).orElseThrow();
        await(database(one).close());
        Leases other = process();

        waitUntil(() -> endsWithin(database(other), LIFE_MILLIS / 200));

        assertThat(lease.isHeld()).isFalse();
    }

    @Test
    void each_holder_has_a_higher_generation_than_the_one_before() {
        Leases one = process();
        Database database = database(one);
        for (long generation = 1; generation <= 3; generation++) {
            Lease lease = await(one.take("work")).orElseThrow();
            long stored = await(database.only("SELECT generation FROM leases", row -> row.getLong("generation")));
            assertThat(stored).isEqualTo(generation);
            await(lease.release());
        }
    }

    @Test
    void leases_that_a_process_gives_back_are_free_at_once_and_it_takes_no_more() {
        Leases one = process();
        Leases other = process();
        Lease first = await(one.take("work")).orElseThrow();
        Lease second = await(one.take("more work")).orElseThrow();

        await(one.giveBack());

        assertThat(first.isHeld()).isFalse();
        assertThat(second.isHeld()).isFalse();
        assertThat(await(one.take("third work"))).isEmpty();
        assertThat(await(other.take("work"))).isPresent();
        assertThat(await(other.take("more work"))).isPresent();
    }

    private Database database(Leases process) {
        return requireNonNull(databases.get(process));
    }

    private static long until(Database database) {
        return await(database.only("SELECT until FROM leases", row -> row.getLong("until")));
    }

    private static boolean endsWithin(Database database, long millis) {
        return await(database.exist("SELECT 1 FROM leases, database_clock WHERE until <= millis + ?", millis));
    }

    private static void waitUntil(BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - begin).isLessThan(PATIENCE_NANOS);
            Thread.onSpinWait();
        }
    }
}
