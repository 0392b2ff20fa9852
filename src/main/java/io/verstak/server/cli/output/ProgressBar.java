package io.verstak.server.cli.output;

import io.verstak.server.importer.ImportProgress;
import io.verstak.server.move.MoveProgress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A line on a terminal that shows the progress of a command. Prints nothing anywhere else. */
public final class ProgressBar implements ImportProgress, MoveProgress {
    private static final int WIDTH = 30;
    private static final long REDRAW_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    private final PrintWriter out;
    private final boolean shown;
    private String part = "";
    private long steps;
    private long done;
    private long drawnAt;

    ProgressBar(PrintWriter out, boolean shown) {
        this.out = out;
        this.shown = shown;
    }

    /** Returns whether a file descriptor is a terminal. Java's console reports two of them at once, and from 22 on not even that. */
    public static boolean isTerminal(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException notLinux) {
            return false;
        }
    }

    /** Begins a part of the work with that many steps; 0: their number is not known. */
    @Override
    public void part(String name, long count) {
        part = name;
        steps = count;
        done = 0;
        draw();
    }

    @Override
    public void advance(long count) {
        done += count;
        if (shown && System.nanoTime() - drawnAt > REDRAW_NANOS) {
            draw();
        }
    }

    private void draw() {
        if (!shown) {
            return;
        }
        drawnAt = System.nanoTime();
        double share = steps == 0 ? 0 : Math.min(1, (double) done / steps);
        int full = (int) (share * WIDTH);
        out.printf("\r%-12s [%s%s] %3s %%", part, "#".repeat(full), " ".repeat(WIDTH - full), (int) (100 * share));
        out.flush();
    }

    /** Removes the line, before text that stays. */
    public void clear() {
        if (shown) {
            out.print("\r" + " ".repeat(WIDTH + 24) + "\r");
            out.flush();
        }
    }
}
