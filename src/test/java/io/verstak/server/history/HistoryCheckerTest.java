package io.verstak.server.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checker finds every fault that is planted, and nothing where there is none. */
class HistoryCheckerTest {
    private static final int RUNS = 5;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void a_server_without_faults_is_cleared(long seed) {
        assertThat(new SimulatedRun(null, seed).violations()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void a_planted_fault_is_caught_in_every_run(Fault fault) {
        assertThat(LongStream.range(0, RUNS))
                .allSatisfy(seed ->
                        assertThat(new SimulatedRun(fault, seed).violations()).isNotEmpty());
    }
}
