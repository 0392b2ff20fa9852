package io.verstak.server.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.Push;
import io.vertx.core.Promise;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class CommitQueueTest {
    private static final long BUSY = 1;
    private static final long QUIET = 2;

    private final CommitQueue queue = new CommitQueue(1);

    @Test
    void a_queue_is_idle_while_it_is_open_and_nothing_waits() throws InterruptedException {
        assertThat(queue.isIdle()).isTrue();
        queue.offer(push(1, 1, 10));
        assertThat(queue.isIdle()).isFalse();
        queue.take(0);
        assertThat(queue.isIdle()).isTrue();

        queue.close();

        assertThat(queue.isIdle()).isFalse();
    }

    @Test
    void s39_a_quiet_vault_is_in_the_next_group_however_much_waits_of_a_busy_one() throws Exception {
        for (int i = 0; i < 500; i++) {
            queue.offer(push(BUSY, 100, 10));
        }
        LogWork quiet = push(QUIET, 1, 10);
        queue.offer(quiet);

        List<LogWork> group = queue.take(0);

        assertThat(group.indexOf(quiet)).isEqualTo(1);
        assertThat(group.stream().mapToInt(LogWork::ops).sum()).isLessThanOrEqualTo(4096);
    }

    @Test
    void work_of_a_scope_keeps_its_order() throws Exception {
        List<LogWork> works = List.of(push(BUSY, 1, 1), push(BUSY, 1, 1), push(QUIET, 1, 1), push(BUSY, 1, 1));
        works.forEach(queue::offer);

        List<LogWork> group = queue.take(0);

        assertThat(group.stream().filter(work -> work.scopeId() == BUSY))
                .containsExactly(works.get(0), works.get(1), works.get(3));
    }

    @Test
    void s39_one_vault_fills_its_own_line_and_no_other() throws Exception {
        for (int i = 0; i < 1024; i++) {
            queue.offer(push(BUSY, 1, 1));
        }

        assertUnavailable(push(BUSY, 1, 1));
        queue.offer(push(QUIET, 1, 1));
        queue.take(0);
        queue.offer(push(BUSY, 1, 1));
    }

    @Test
    void s39_what_waits_is_bounded_in_bytes() {
        for (long scope = 1; scope <= 15; scope++) {
            queue.offer(push(scope, 1, 4 << 20));
        }

        assertUnavailable(push(20, 1, 4 << 20));
        queue.offer(push(21, 1, 1));
    }

    @Test
    void one_push_of_any_size_is_taken_when_nothing_waits() throws Exception {
        LogWork huge = push(BUSY, 10_000, 1);
        queue.offer(huge);

        assertThat(queue.take(0)).containsExactly(huge);
    }

    @Test
    void a_closed_queue_hands_out_what_waits_and_refuses_the_rest() throws Exception {
        LogWork waiting = push(BUSY, 1, 1);
        queue.offer(waiting);

        queue.close();

        assertUnavailable(push(BUSY, 1, 1));
        assertThat(queue.take(0)).containsExactly(waiting);
        assertThat(queue.take(0)).isEmpty();
    }

    @Test
    void scopes_go_by_the_first_lane_until_enough_waits_there() throws Exception {
        CommitQueue lanes = new CommitQueue(3);
        List<LogWork> first = List.of(push(1, 200, 1), push(2, 56, 1));
        LogWork second = push(3, 1, 1);
        LogWork again = push(1, 1, 1);
        first.forEach(lanes::offer);
        lanes.offer(second);
        lanes.offer(again);

        assertThat(lanes.take(0)).containsExactly(first.get(0), first.get(1), again);
        assertThat(lanes.take(1)).containsExactly(second);
    }

    @Test
    void a_scope_stays_in_its_lane_while_work_of_it_is_being_committed() throws Exception {
        CommitQueue lanes = new CommitQueue(3);
        LogWork first = push(BUSY, 1, 1);
        LogWork second = push(BUSY, 1, 1);
        lanes.offer(push(QUIET, 256, 1));
        lanes.offer(first);
        lanes.take(0);
        assertThat(lanes.take(1)).containsExactly(first);

        lanes.offer(second);

        assertThat(lanes.take(1)).containsExactly(second);
    }

    @Test
    void large_pushes_spread_over_the_lanes_but_for_that_of_work_that_was_put_back() throws Exception {
        CommitQueue lanes = new CommitQueue(3);
        List<LogWork> works = List.of(push(1, 1, 2 << 20), push(2, 1, 1 << 20), push(3, 1, 2 << 20));
        works.forEach(lanes::offer);

        assertThat(lanes.take(0)).containsExactly(works.get(0));
        assertThat(lanes.take(1)).containsExactly(works.get(1), works.get(2));
        assertThat(lanes.isForPutBack(2)).isTrue();
        assertThat(queue.isForPutBack(0)).isFalse();
    }

    @Test
    void what_is_put_back_comes_first_in_its_scope_and_all_of_it_by_the_last_lane_until_none_waits() throws Exception {
        CommitQueue lanes = new CommitQueue(3);
        List<LogWork> works =
                List.of(push(BUSY, 1, 1), push(BUSY, 1, 1), push(BUSY, 1, 1), push(BUSY, 1, 1), push(BUSY, 1, 1));
        lanes.offer(works.get(0));
        lanes.offer(works.get(1));
        assertThat(lanes.take(0)).isEqualTo(works.subList(0, 2));
        lanes.offer(works.get(2));
        lanes.putBack(works.subList(0, 2));

        assertThat(lanes.entries()).isEqualTo(3);
        assertThat(lanes.take(2)).isEqualTo(works.subList(0, 3));
        lanes.offer(works.get(3));
        assertThat(lanes.take(2)).containsExactly(works.get(3));
        lanes.offer(push(BUSY + 2, 1, 1));
        lanes.close();
        assertThat(lanes.take(0)).hasSize(1);
        assertThat(lanes.take(0)).isEmpty();
        assertThat(lanes.take(2)).isEmpty();
    }

    @Test
    void vaults_that_are_put_back_take_turns() throws Exception {
        CommitQueue lanes = new CommitQueue(2);
        LogWork first = push(1, 1, 1);
        LogWork second = push(2, 1, 1);
        lanes.offer(first);
        lanes.offer(second);
        lanes.take(0);

        lanes.putBack(List.of(second, first));

        assertThat(lanes.take(1)).containsExactly(second, first);
    }

    @Test
    void the_last_lane_of_a_closed_queue_waits_for_what_another_may_put_back() throws Exception {
        CommitQueue lanes = new CommitQueue(2);
        LogWork work = push(BUSY, 1, 1);
        lanes.offer(work);
        lanes.take(0);
        lanes.close();
        CompletableFuture<List<LogWork>> last = new CompletableFuture<>();
        Thread taking = new Thread(() -> {
            try {
                last.complete(lanes.take(1));
            } catch (InterruptedException e) {
                last.completeExceptionally(e);
            }
        });
        taking.start();

        lanes.putBack(List.of(work));

        assertThat(last.get(60, TimeUnit.SECONDS)).containsExactly(work);
        assertThat(lanes.take(0)).isEmpty();
        assertThat(lanes.take(1)).isEmpty();
    }

    private void assertUnavailable(LogWork work) {
        assertThatThrownBy(() -> queue.offer(work))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    private static LogWork push(long scopeId, int ops, int bytesEach) {
        DeviceIdentity device = new DeviceIdentity("dev_" + scopeId, new Scope(scopeId, "user", "vault" + scopeId));
        EncodedOp op = new EncodedOp("id", 1, 1, 0, new byte[bytesEach], null, null);
        return new LogWork.Append(new Push(device, "", "", Collections.nCopies(ops, op), null), Promise.promise());
    }
}
