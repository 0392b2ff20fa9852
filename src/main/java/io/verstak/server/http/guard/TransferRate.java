package io.verstak.server.http.guard;

import java.time.Duration;

/**
 * The rate of one transfer over a window that slides in tenths. Only reported time counts, so that the other side is
 * not blamed for delays of this process.
 */
final class TransferRate {
    private static final int SLICES = 10;
    private static final double NANOS_PER_SECOND = 1e9;

    private final double bytesPerNano;
    private final long sliceNanos;
    private final long[] bytes = new long[SLICES];
    private final long[] nanos = new long[SLICES];
    private int slice;
    private int completeSlices;
    private boolean tooSlow;

    TransferRate(long bytesPerSecond, Duration window) {
        this.bytesPerNano = bytesPerSecond / NANOS_PER_SECOND;
        this.sliceNanos = Math.max(1, window.toNanos() / SLICES);
    }

    void received(long count) {
        bytes[slice] += count;
    }

    /**
     * Reports time in which the other side could send. A gap much longer than a slice is a pause of this process and is
     * cut.
     */
    void waited(long elapsedNanos) {
        nanos[slice] += Math.min(elapsedNanos, 2 * sliceNanos);
        if (nanos[slice] >= sliceNanos) {
            endSlice();
        }
    }

    /** Returns whether any whole window so far was below the rate. */
    boolean tooSlow() {
        return tooSlow;
    }

    private void endSlice() {
        completeSlices = Math.min(SLICES, completeSlices + 1);
        if (completeSlices == SLICES) {
            tooSlow |= sum(bytes) < (long) (sum(nanos) * bytesPerNano);
        }
        slice = (slice + 1) % SLICES;
        bytes[slice] = 0;
        nanos[slice] = 0;
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
