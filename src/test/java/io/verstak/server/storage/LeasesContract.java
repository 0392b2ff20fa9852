package io.verstak.server.storage;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Leases.Lease;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What {@link Leases} promises of every engine. A subclass opens it as several processes do, and takes it from one. */
public abstract class LeasesContract {
    private static final int ROUNDS = 200;

    /** Opens the leases as one more process. */
    protected abstract Leases process();

    /** Cuts a process off, as a crash or a lost connection does, and waits until its leases have ended. */
    protected abstract void cutOff(Leases process) throws Exception;

    @Test
    void one_process_at_a_time_holds_a_lease() {
        Leases one = process();
        Leases other = process();
        Lease lease = taken(one, "work");

        assertThat(lease.isHeld()).isTrue();
        assertThat(await(other.take("work"))).isEmpty();
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void a_process_does_not_get_a_lease_that_it_holds() {
        Leases one = process();
        Lease lease = taken(one, "work");

        assertThat(await(one.take("work"))).isEmpty();
        assertThat(lease.isHeld()).isTrue();
    }

    @Test
    void leases_of_other_names_are_others() {
        Leases one = process();
        Leases other = process();
        Lease work = taken(one, "work");
        Lease mine = taken(one, "more work");
        Lease theirs = taken(other, "other work");

        await(mine.release());
        await(theirs.release());

        assertThat(work.isHeld()).isTrue();
        assertThat(await(other.take("work"))).isEmpty();
        assertThat(await(other.take("more work"))).isPresent();
    }

    @Test
    void a_released_lease_is_free_for_another_process_and_for_its_own() {
        Leases one = process();
        Leases other = process();
        Lease first = taken(one, "work");

        await(first.release());
        Lease second = taken(other, "work");
        await(second.release());
        Lease third = taken(one, "work");

        assertThat(first.isHeld()).isFalse();
        assertThat(second.isHeld()).isFalse();
        assertThat(third.isHeld()).isTrue();
    }

    @Test
    void releasing_a_lease_again_does_not_end_the_next_one() {
        Leases one = process();
        Leases other = process();
        Lease first = taken(one, "work");
        await(first.release());
        Lease next = taken(one, "work");

        await(first.release());

        assertThat(next.isHeld()).isTrue();
        assertThat(await(other.take("work"))).isEmpty();
    }

    @Test
    void work_on_many_items_ends_between_two_of_them_when_the_lease_is_released() {
        Lease lease = taken(process(), "work");
        List<Integer> done = new ArrayList<>();

        await(lease.whileHeld(List.of(1, 2, 3), item -> {
            done.add(item);
            return item == 2 ? lease.release() : Future.succeededFuture();
        }));

        assertThat(done).containsExactly(1, 2);
    }

    @Test
    void a_holder_that_is_cut_off_learns_it_and_another_process_gets_the_lease() throws Exception {
        Leases one = process();
        Lease lost = taken(one, "work");
        cutOff(one);

        assertThat(lost.isHeld()).isFalse();
        Lease next = taken(process(), "work");
        await(lost.release());

        assertThat(next.isHeld()).isTrue();
        assertThat(await(process().take("work"))).isEmpty();
    }

    @Test
    void of_many_that_take_a_lease_at_once_one_gets_it() throws Exception {
        List<Leases> processes = List.of(process(), process(), process());
        AtomicInteger holders = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        ExecutorService threads = Executors.newFixedThreadPool(2 * processes.size());
        List<java.util.concurrent.Future<?>> ends = new ArrayList<>();
        for (int i = 0; i < 2 * processes.size(); i++) {
            Leases process = processes.get(i % processes.size());
            ends.add(threads.submit(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    Optional<Lease> lease = await(process.take("work"));
                    if (lease.isPresent()) {
                        assertThat(holders.incrementAndGet()).isEqualTo(1);
                        taken.incrementAndGet();
                        holders.decrementAndGet();
                        await(lease.get().release());
                    }
                }
            }));
        }
        for (java.util.concurrent.Future<?> end : ends) {
            end.get(60, TimeUnit.SECONDS);
        }
        threads.shutdown();

        assertThat(taken).hasPositiveValue();
        assertThat(await(processes.get(0).take("work"))).isPresent();
    }

    @Test
    void a_lease_is_held_as_long_as_the_work_under_it_runs() {
        Leases one = process();
        Leases other = process();
        Promise<Void> begun = Promise.promise();
        Promise<String> work = Promise.promise();
        Future<Optional<String>> done = one.under("work", lease -> {
            begun.complete();
            return work.future();
        });
        await(begun.future());

        assertThat(await(other.under("work", lease -> Future.succeededFuture("too early"))))
                .isEmpty();
        work.complete("result");
        assertThat(await(done)).contains("result");
        assertThat(await(other.under("work", lease -> Future.succeededFuture("later"))))
                .contains("later");
    }

    @Test
    void work_that_fails_gives_its_lease_back() {
        Leases one = process();
        ServerException failure = new ServerException(ErrorCode.STORAGE_FULL);

        assertThatThrownBy(() -> await(one.under("work", lease -> Future.failedFuture(failure))))
                .isSameAs(failure);
        assertThatThrownBy(() -> await(one.under("work", lease -> {
                    throw failure;
                })))
                .isSameAs(failure);

        assertThat(await(process().take("work"))).isPresent();
    }

    private static Lease taken(Leases leases, String name) {
        return await(leases.take(name)).orElseThrow();
    }
}
