package io.verstak.client.demo;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;

/** Shows a team at work: on a terminal a bar for the time and one for each device, drawn in place; elsewhere nothing. */
final class SimulationView {
    private static final int WIDTH = 30;
    private static final String ESCAPE = "\u001b[";

    private final PrintWriter out;
    private final boolean shown;
    private final Duration time;
    private final long start = System.nanoTime();
    private int lines;

    SimulationView(PrintWriter out, boolean shown, Duration time) {
        this.out = out;
        this.shown = shown;
        this.time = time;
    }

    void show(List<DeviceStats> team) {
        if (!shown) {
            return;
        }
        clear();
        double share = Math.min(1, (System.nanoTime() - start) / (double) time.toNanos());
        out.printf("%-18s [%s] %3s %%%n", "time", bar(share), (int) (100 * share));
        team.forEach(this::show);
        lines = 1 + team.size();
        out.flush();
    }

    /** The bar is full when the device has applied all that it knows the vault to hold. */
    private void show(DeviceStats device) {
        long all = device.applied() + device.behind();
        out.printf(
                "%-18s [%s] %5s made %6s applied %3s files %3s conflicts %5s ms  %s%n",
                device.name(),
                bar(all == 0 ? 1 : device.applied() / (double) all),
                device.made(),
                device.applied(),
                device.files(),
                device.conflicts(),
                device.delay().toMillis(),
                device.state());
    }

    private static String bar(double share) {
        int full = (int) (share * WIDTH);
        return "#".repeat(full) + " ".repeat(WIDTH - full);
    }

    private void clear() {
        if (lines > 0) {
            out.print(ESCAPE + lines + "A" + ESCAPE + "J");
        }
    }
}
