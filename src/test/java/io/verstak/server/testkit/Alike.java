package io.verstak.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Compares times that are to tell nothing. They are taken side by side, when the machine is as busy for one as for the other, and
 * by turns in who is first: what is done behind an answer counts for neither more than for the other, and nor does in which order
 * a thread finds the memory that it hashed in before.
 */
public final class Alike {
    private static final long TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private Alike() {}

    /** Takes time, and says how much. */
    public interface Measured {
        long nanos() throws IOException;
    }

    /**
     * Fails when the median of differences is 5 ms or more. What else runs on the machine moves that median, too: by no more than
     * three of its standard errors.
     *
     * @param tries of each; even
     */
    public static void assertAlike(int tries, Measured one, Measured other) throws IOException {
        List<Long> differences = new ArrayList<>();
        for (int pair = 0; pair < tries / 2; pair++) {
            long first = one.nanos() - other.nanos();
            long second = -other.nanos() + one.nanos();
            differences.add((first + second) / 2);
        }
        assertThat((double) Math.abs(median(differences)))
                .as(() -> "nanoseconds that one takes longer than the other: " + differences)
                .isLessThan(TELLING_NANOS + 3 * standardError(differences));
    }

    /** Of a median: 1.25 standard deviations by the root of their number, and a deviation is 1.48 median ones. */
    private static double standardError(List<Long> values) {
        long middle = median(values);
        long deviation =
                median(values.stream().map(value -> Math.abs(value - middle)).toList());
        return 1.25 * 1.48 * deviation / Math.sqrt(values.size());
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
    }
}
