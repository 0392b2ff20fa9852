package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.FairPool;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How bodies share what is free, and what is counted. */
class BodyLeaseTest {
    private static final int FREE = 64 << 10;
    private static final int BODIES = 4;

    /** The bytes of a body that are free, with what a piece takes besides. */
    private static final int PIECE = FREE - 64;

    @Test
    void s39_the_first_bytes_of_bodies_are_free_until_they_are_many() {
        FairPool<String> free = FairPool.of((long) BODIES * FREE, (long) BODIES * FREE);
        FairPool<String> counted = FairPool.of(0, 0);
        List<BodyLease> bodies = IntStream.range(0, BODIES)
                .mapToObj(i -> body(free, counted, "user " + i))
                .toList();
        BodyLease another = body(free, counted, "another");

        assertThat(bodies).allMatch(body -> body.grow(PIECE));
        assertThat(another.grow(1)).isFalse();
        bodies.get(0).close();
        bodies.get(0).close();

        assertThat(another.grow(PIECE)).isTrue();
        assertThat(body(free, counted, "one more").grow(1)).isFalse();
    }

    @Test
    void a_body_beyond_the_free_ones_counts_from_its_first_byte() {
        FairPool<String> free = FairPool.of(FREE, FREE);
        FairPool<String> counted = FairPool.of(FREE, FREE);
        BodyLease first = body(free, counted, "anna");
        BodyLease second = body(free, counted, "berta");

        assertThat(first.grow(PIECE)).isTrue();
        assertThat(second.grow(PIECE)).isTrue();
        assertThat(second.grow(1)).isFalse();
        second.close();

        assertThat(body(free, counted, "carla").grow(PIECE)).isTrue();
    }

    @Test
    void a_body_has_no_more_free_bytes_than_one_may() {
        FairPool<String> free = FairPool.of(10 * FREE, 10 * FREE);
        FairPool<String> counted = FairPool.of(FREE, FREE);
        BodyLease body = body(free, counted, "anna");

        assertThat(body.grow(PIECE + 1000)).isTrue();

        assertThat(free.taken()).isEqualTo(FREE);
        assertThat(counted.taken()).isEqualTo(1000);
    }

    private static BodyLease body(FairPool<String> free, FairPool<String> counted, String owner) {
        return new BodyLease(free.lease(owner), FREE, counted.lease(owner));
    }
}
