package io.verstak.server.sync;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What {@link HeadSource} promises of every engine. A subclass commits with it and reads beside it. */
public abstract class HeadSourceContract {
    private static final int PUSHES = 60;
    private static final long SEED = 20261130;

    protected abstract HeadSource source();

    /** Makes an empty log of a vault, and returns its number. */
    protected abstract long newScope();

    /** Commits an op; completes with nothing once it is durable. Commits that overlap may be grouped. */
    protected abstract CompletableFuture<Void> push(long scope, String opId);

    /** Pushes what is refused. */
    protected abstract CompletableFuture<Void> pushRefused(long scope);

    /** Reads the head of a vault. Blocks. */
    protected abstract long head(long scope);

    /** A report, and the head that a read found which began with it. */
    private record Seen(long scope, long reported, CompletableFuture<Long> read) {}

    @Test
    public void a_commit_is_reported_to_every_listener_with_the_head_that_it_made() throws Exception {
        BlockingQueue<Long> one = new LinkedBlockingQueue<>();
        BlockingQueue<Long> other = new LinkedBlockingQueue<>();
        long scope = newScope();
        source().listen((moved, head) -> one.add(head));
        source().listen((moved, head) -> other.add(head));

        await(push(scope, "a"));
        assertThat(next(one)).isEqualTo(1);
        assertThat(next(other)).isEqualTo(1);
        await(push(scope, "b"));
        assertThat(next(one)).isEqualTo(2);
        assertThat(next(other)).isEqualTo(2);
    }

    @Test
    public void a_read_that_begins_with_the_report_finds_the_op() throws Exception {
        BlockingQueue<Seen> reports = new LinkedBlockingQueue<>();
        long scope = newScope();
        source().listen((moved, head) ->
                reports.add(new Seen(moved, head, CompletableFuture.supplyAsync(() -> head(moved)))));
        for (int i = 0; i < PUSHES; i++) {
            CompletableFuture<Void> pushed = push(scope, "op-" + i);
            Seen seen = next(reports);
            await(pushed);

            assertThat(seen.scope()).isEqualTo(scope);
            assertThat(await(seen.read())).isGreaterThanOrEqualTo(seen.reported());
        }
    }

    @Test
    public void reports_of_many_commits_at_once_are_in_order_and_end_with_the_last_head() throws Exception {
        BlockingQueue<Seen> reports = new LinkedBlockingQueue<>();
        long[] scopes = {newScope(), newScope(), newScope()};
        source().listen((moved, head) -> reports.add(new Seen(moved, head, CompletableFuture.completedFuture(0L))));
        List<CompletableFuture<Void>> pushes = new ArrayList<>();
        Random random = new Random(SEED);
        int[] made = new int[scopes.length];
        for (int i = 0; i < PUSHES; i++) {
            int vault = random.nextInt(scopes.length);
            made[vault]++;
            pushes.add(push(scopes[vault], "op-" + i));
        }
        for (CompletableFuture<Void> push : pushes) {
            await(push);
        }
        long[] heads = new long[scopes.length];
        while (!isReached(heads, made)) {
            Seen seen = next(reports);
            int vault = 0;
            while (scopes[vault] != seen.scope()) {
                vault++;
            }
            assertThat(seen.reported()).isGreaterThan(heads[vault]).isLessThanOrEqualTo(made[vault]);
            heads[vault] = seen.reported();
        }
        assertThat(reports).isEmpty();
    }

    @Test
    public void an_op_that_comes_between_listening_and_reading_is_read_or_reported() throws Exception {
        for (int i = 0; i < PUSHES; i++) {
            long scope = newScope();
            BlockingQueue<Long> reports = new LinkedBlockingQueue<>();
            CompletableFuture<Void> pushed = push(scope, "op");
            source().listen((moved, head) -> {
                if (moved == scope) {
                    reports.add(head);
                }
            });
            long read = head(scope);

            if (read == 0) {
                assertThat(next(reports)).isEqualTo(1);
            }
            await(pushed);
        }
    }

    @Test
    public void a_refused_push_reports_nothing_and_a_repeated_one_no_newer_head() throws Exception {
        BlockingQueue<Long> reports = new LinkedBlockingQueue<>();
        long scope = newScope();
        long other = newScope();
        await(push(scope, "a"));
        await(push(scope, "b"));
        source().listen((moved, head) -> reports.add(moved == scope ? head : -head));

        assertThat(pushRefused(scope).handle((done, refusal) -> refusal != null).get(60, TimeUnit.SECONDS))
                .isTrue();
        await(push(scope, "a"));
        await(push(other, "last"));

        List<Long> all = new ArrayList<>();
        while (all.isEmpty() || all.get(all.size() - 1) != -1) {
            all.add(next(reports));
        }
        assertThat(all.subList(0, all.size() - 1)).allMatch(head -> head <= 2);
    }

    private static boolean isReached(long[] heads, int[] made) {
        for (int i = 0; i < heads.length; i++) {
            if (heads[i] < made[i]) {
                return false;
            }
        }
        return true;
    }

    private static <T> T next(BlockingQueue<T> reports) throws InterruptedException {
        T report = reports.poll(60, TimeUnit.SECONDS);
        assertThat(report).as("a report within 60 s").isNotNull();
        return requireNonNull(report);
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }
}
