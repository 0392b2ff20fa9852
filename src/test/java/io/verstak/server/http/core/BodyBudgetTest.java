package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BodyBudgetTest {
    private static final int FREE = 64 << 10;
    private static final int BODIES = 4;

    /** The bytes of a body that are free, with what a piece takes besides. */
    private static final int PIECE = FREE - 64;

    @Test
    void s39_the_first_bytes_of_bodies_are_free_until_they_are_many() {
        BodyBudget budget = new BodyBudget(() -> 0, 0, FREE, (long) BODIES * FREE);
        List<BodyBudget.Share> bodies = IntStream.range(0, BODIES)
                .mapToObj(i -> budget.share("user " + i))
                .toList();
        BodyBudget.Share another = budget.share("another");

        assertThat(bodies).allMatch(body -> body.grow(PIECE));
        assertThat(another.grow(1)).isFalse();
        bodies.get(0).close();
        bodies.get(0).close();

        assertThat(another.grow(PIECE)).isTrue();
        assertThat(budget.share("one more").grow(1)).isFalse();
    }

    @Test
    void a_body_beyond_the_free_ones_counts_from_its_first_byte() {
        BodyBudget budget = new BodyBudget(() -> FREE, 0, FREE, FREE);
        BodyBudget.Share first = budget.share("anna");
        BodyBudget.Share second = budget.share("berta");

        assertThat(first.grow(PIECE)).isTrue();
        assertThat(second.grow(PIECE)).isTrue();
        assertThat(second.grow(1)).isFalse();
        second.close();

        assertThat(budget.share("carla").grow(PIECE)).isTrue();
    }
}
