package io.verstak.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;

/** The memory of answers that several clients are given. */
class LogAnswerTest {
    private static final long TOTAL = 1 << 20;
    private static final long SMALL = 64 << 10;

    private final FairPool<String> pool = FairPool.of(TOTAL, TOTAL / 2);

    @Test
    void memory_that_several_share_is_free_when_the_last_of_them_lets_go() {
        LogAnswer first = answer(SMALL);
        LogAnswer second = first.another().orElseThrow();
        LogAnswer third = second.another().orElseThrow();
        long room = room();

        first.close();
        first.close();
        third.close();
        assertThat(room()).isEqualTo(room);
        second.close();

        assertThat(room()).isGreaterThan(room);
    }

    @Test
    void s39_a_large_answer_counts_for_each_that_takes_it() {
        LogAnswer first = answer(TOTAL / 8);
        LogAnswer second = first.another().orElseThrow();
        assertThat(first.another()).isPresent();
        assertThat(first.another()).isPresent();

        assertThat(first.another()).isEmpty();
        second.close();
        assertThat(first.another()).isPresent();
    }

    private LogAnswer answer(long bytes) {
        Lease memory = pool.leaseUpTo("anna", bytes, bytes).orElseThrow();
        return new LogAnswer(Buffer.buffer(), 0, false, memory);
    }

    /** What another may take now. */
    private long room() {
        try (Lease lease = pool.leaseUpTo("boris", 0, TOTAL).orElseThrow()) {
            return lease.amount();
        }
    }
}
