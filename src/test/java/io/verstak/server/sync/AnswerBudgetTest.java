package io.verstak.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerBudgetTest {
    private static final long TOTAL = 1 << 20;
    private static final long SMALL = 64 << 10;

    private final AnswerBudget budget = new AnswerBudget(TOTAL);

    @Test
    void memory_that_several_share_is_free_when_the_last_of_them_lets_go() {
        AnswerBudget.Share first = budget.take("anna", SMALL);
        AnswerBudget.Share second = first.another().orElseThrow();
        AnswerBudget.Share third = second.another().orElseThrow();
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
        AnswerBudget.Share first = budget.take("anna", TOTAL / 8);
        AnswerBudget.Share second = first.another().orElseThrow();
        assertThat(first.another()).isPresent();
        assertThat(first.another()).isPresent();

        assertThat(first.another()).isEmpty();
        second.close();
        assertThat(first.another()).isPresent();
    }

    /** What another may take now. */
    private long room() {
        try (AnswerBudget.Share share = budget.take("boris", TOTAL)) {
            return share.bytes();
        }
    }
}
