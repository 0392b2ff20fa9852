package io.verstak.server.cli.system;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies systemd, if it started the server. */
public final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final int PATIENCE_SECONDS = 10;

    private SystemdNotifier() {}

    /**
     * Tells systemd that the server is ready ({@code Type=notify}). By its own program: the JDK has no datagram sockets of the Unix
     * kind.
     */
    public static void ready() {
        tell("--ready", "STATUS=");
    }

    /** Tells systemd that the database is being upgraded, and that the start may take as long as that does. */
    public static void upgrading(int percent) {
        tell(
                "EXTEND_TIMEOUT_USEC=" + TimeUnit.MINUTES.toMicros(5),
                "STATUS=upgrading server.db: %s %%".formatted(percent));
    }

    /** Tells systemd how long the stop may take, in case that is longer than the unit says. */
    public static void stopping(Duration longest) {
        tell("STOPPING=1", "EXTEND_TIMEOUT_USEC=" + TimeUnit.NANOSECONDS.toMicros(longest.toNanos()));
    }

    private static void tell(String... what) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        List<String> command = new ArrayList<>(List.of("systemd-notify"));
        command.addAll(List.of(what));
        try {
            Process notify = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!notify.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || notify.exitValue() != 0) {
                LOG.error("systemd was not told {}: systemd-notify failed", what[0]);
            }
        } catch (IOException e) {
            LOG.error("systemd was not told {}: {}", what[0], e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
