package io.verstak.server.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who gets what of a bounded amount. */
class FairPoolTest {

    @Test
    void s39_one_owner_leaves_places_to_others() {
        FairPool<String> pool = FairPool.of(256, 64);

        List<Lease> greedy = taken(pool, "greedy", 256);
        assertThat(greedy).hasSize(64);
        assertThat(taken(pool, "modest", 3)).hasSize(3);
        greedy.get(0).close();

        assertThat(taken(pool, "greedy", 2)).hasSize(1);
    }

    @Test
    void no_more_are_given_than_there_are_and_none_after_the_close() {
        FairPool<String> pool = FairPool.of(3, 16);

        List<Lease> leases = taken(pool, "one", 4);
        assertThat(leases).hasSize(3);
        assertThat(pool.lease("other", 1)).isEmpty();
        CompletableFuture<Void> closed = pool.close().toCompletableFuture();
        for (Lease lease : leases) {
            assertThat(closed).isNotDone();
            lease.close();
        }

        assertThat(closed).isCompleted();
        assertThat(pool.lease("one", 1)).isEmpty();
    }

    @Test
    void a_pool_that_nobody_uses_is_closed_immediately() {
        assertThat(FairPool.of(3, 3).close().toCompletableFuture()).isCompleted();
    }

    @Test
    void nothing_is_remembered_of_an_owner_without_leases() {
        FairPool<Integer> pool = FairPool.of(5, 2);

        for (int owner = 0; owner < 100; owner++) {
            pool.lease(owner, 1).orElseThrow().close();
        }

        assertThat(pool.owners()).isZero();
        assertThat(pool.taken()).isZero();
    }

    @Test
    void a_refused_lease_counts_nowhere() {
        FairPool<String> pool = FairPool.of(5, 2);

        assertThat(taken(pool, "one", 10)).hasSize(2);

        assertThat(pool.taken()).isEqualTo(2);
    }

    @Test
    void an_only_lease_may_be_large_but_leaves_the_reserve_to_ordinary_ones() {
        FairPool<String> pool = FairPool.withReserve(() -> 100, 20, 30, 10);
        Lease large = pool.lease("greedy");

        assertThat(large.grow(70)).isTrue();
        assertThat(large.grow(1)).isFalse();
        assertThat(pool.lease("greedy", 1)).isEmpty();
        assertThat(pool.lease("other", 11)).isEmpty();
        assertThat(pool.lease("other", 10)).isPresent();
        assertThat(pool.lease("other", 10)).isPresent();
        assertThat(pool.lease("other", 1)).isEmpty();
        assertThat(pool.lease("third", 10)).isPresent();

        assertThat(pool.taken()).isEqualTo(100);
    }

    @Test
    void a_lease_that_takes_what_there_is_leaves_half_of_it() {
        FairPool<String> pool = FairPool.of(100, 50);

        assertThat(pool.leaseUpTo("one", 10, 30)).map(Lease::amount).hasValue(30L);
        assertThat(pool.leaseUpTo("one", 10, 30)).map(Lease::amount).hasValue(20L);
        assertThat(pool.leaseUpTo("one", 1, 30)).isEmpty();
        assertThat(pool.leaseUpTo("other", 10, 30)).map(Lease::amount).hasValue(25L);
        assertThat(pool.leaseUpTo("third", 13, 30)).isEmpty();
    }

    @Test
    void a_pool_that_has_become_smaller_gives_nothing_until_enough_is_back() {
        long[] total = {100};
        FairPool<String> pool = FairPool.withReserve(() -> total[0], 50, 10, 10);
        Lease first = pool.lease("one", 80).orElseThrow();
        total[0] = 50;

        assertThat(pool.lease("other", 1)).isEmpty();
        first.close();

        assertThat(pool.lease("other", 1)).isPresent();
    }

    private static List<Lease> taken(FairPool<String> pool, String owner, int asked) {
        return new ArrayList<>(IntStream.range(0, asked)
                .mapToObj(i -> pool.lease(owner, 1))
                .flatMap(FairPoolTest::stream)
                .toList());
    }

    private static Stream<Lease> stream(Optional<Lease> lease) {
        return lease.stream();
    }
}
