package io.verstak.server.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever owners take and give back, and in whatever order: the bounds of a pool hold, and nothing gets lost. */
class FairPoolPropertyTest {
    private static final int OWNERS = 4;
    private static final long TOTAL = 100;
    private static final long PER_OWNER = 30;
    private static final long RESERVE = 40;
    private static final long ORDINARY = 10;

    /** What is done: a lease is taken, or one of those that were taken is used, be it open or not. */
    enum Action {
        LEASE,
        LEASE_UP_TO,
        GROW,
        SHRINK,
        SHARE,
        COPY,
        CLOSE
    }

    record Step(Action action, int owner, int lease, long amount) {}

    @Property(seed = "20261130")
    void leases_stay_within_the_total_and_their_owners_part(@ForAll("steps") List<Step> steps) {
        Model model = new Model(FairPool.of(TOTAL, PER_OWNER));
        for (Step step : steps) {
            model.apply(step);
            model.assertCounts();
            for (int owner = 0; owner < OWNERS; owner++) {
                assertThat(model.of(owner)).isLessThanOrEqualTo(PER_OWNER);
            }
        }
        model.assertAllIsGivenBackOnce();
    }

    @Property(seed = "20261130")
    void only_an_only_lease_is_large_and_the_reserve_stays_for_ordinary_ones(@ForAll("steps") List<Step> steps) {
        Model model = new Model(FairPool.withReserve(() -> TOTAL, PER_OWNER, RESERVE, ORDINARY));
        for (Step step : steps) {
            model.apply(step);
            model.assertCounts();
            for (int owner = 0; owner < OWNERS; owner++) {
                assertThat(model.of(owner) <= PER_OWNER || model.leasesOf(owner) == 1)
                        .isTrue();
            }
            assertThat(model.large()).isLessThanOrEqualTo(TOTAL - RESERVE);
        }
        model.assertAllIsGivenBackOnce();
    }

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.of(Action.class),
                        Arbitraries.integers().between(0, OWNERS - 1),
                        Arbitraries.integers().between(0, 1000),
                        Arbitraries.longs().between(0, TOTAL))
                .as(Step::new)
                .list()
                .ofMaxSize(60);
    }

    /** What was taken once, and by how many leases it is held. */
    private static final class Amount {
        final int owner;
        long amount;
        int holders = 1;

        Amount(int owner, long amount) {
            this.owner = owner;
            this.amount = amount;
        }

        long held() {
            return holders > 0 ? amount : 0;
        }
    }

    private static final class Held {
        final Lease lease;
        final Amount amount;
        boolean open = true;

        Held(Lease lease, Amount amount) {
            this.lease = lease;
            this.amount = amount;
        }
    }

    /** Counts beside the pool what it has given. */
    private static final class Model {
        private final FairPool<Integer> pool;
        private final List<Amount> amounts = new ArrayList<>();
        private final List<Held> leases = new ArrayList<>();

        Model(FairPool<Integer> pool) {
            this.pool = pool;
        }

        void apply(Step step) {
            Optional<Held> held =
                    leases.isEmpty() ? Optional.empty() : Optional.of(leases.get(step.lease() % leases.size()));
            switch (step.action()) {
                case LEASE -> lease(step.owner(), step.amount());
                case LEASE_UP_TO -> add(step.owner(), pool.leaseUpTo(step.owner(), 1, step.amount()));
                case GROW -> held.ifPresent(one -> grow(one, step.amount()));
                case SHRINK -> held.ifPresent(one -> shrink(one, step.amount()));
                case SHARE -> held.filter(one -> one.open).ifPresent(this::share);
                case COPY -> held.filter(one -> one.open).ifPresent(one -> add(one.amount.owner, one.lease.copy()));
                case CLOSE -> held.ifPresent(Model::close);
            }
        }

        private void lease(int owner, long amount) {
            boolean fits = amount <= ORDINARY && of(owner) + amount <= PER_OWNER && taken() + amount <= TOTAL;
            Optional<Lease> lease = pool.lease(owner, amount);
            if (fits) {
                assertThat(lease)
                        .as("an ordinary lease for which there is room")
                        .isPresent();
            }
            lease.ifPresent(given -> assertThat(given.amount()).isEqualTo(amount));
            add(owner, lease);
        }

        private void add(int owner, Optional<Lease> lease) {
            lease.ifPresent(given -> {
                Amount amount = new Amount(owner, given.amount());
                amounts.add(amount);
                leases.add(new Held(given, amount));
            });
        }

        private static void grow(Held held, long more) {
            if (held.lease.grow(more)) {
                assertThat(held.open).isTrue();
                held.amount.amount += more;
            }
        }

        private static void shrink(Held held, long amount) {
            long smaller = Math.min(amount, held.amount.amount);
            held.lease.settle(smaller);
            if (held.open) {
                held.amount.amount = smaller;
            }
        }

        private void share(Held held) {
            held.amount.holders++;
            leases.add(new Held(held.lease.share(), held.amount));
        }

        private static void close(Held held) {
            held.lease.close();
            if (held.open) {
                held.open = false;
                held.amount.holders--;
            }
        }

        long taken() {
            return amounts.stream().mapToLong(Amount::held).sum();
        }

        long of(int owner) {
            return amounts.stream()
                    .filter(one -> one.owner == owner)
                    .mapToLong(Amount::held)
                    .sum();
        }

        long leasesOf(int owner) {
            return amounts.stream()
                    .filter(one -> one.owner == owner && one.held() > 0)
                    .count();
        }

        long large() {
            return amounts.stream()
                    .mapToLong(Amount::held)
                    .filter(held -> held > ORDINARY)
                    .sum();
        }

        void assertCounts() {
            assertThat(pool.taken()).isEqualTo(taken()).isLessThanOrEqualTo(TOTAL);
            assertThat(pool.owners()).isEqualTo((int) amounts.stream()
                    .filter(one -> one.held() > 0)
                    .map(one -> one.owner)
                    .distinct()
                    .count());
            for (Held held : leases) {
                assertThat(held.lease.amount()).isEqualTo(held.open ? held.amount.amount : 0);
            }
        }

        void assertAllIsGivenBackOnce() {
            leases.forEach(Model::close);
            leases.forEach(Model::close);
            assertCounts();
            assertThat(pool.taken()).isZero();
            assertThat(pool.close().toCompletableFuture()).isCompleted();
        }
    }
}
