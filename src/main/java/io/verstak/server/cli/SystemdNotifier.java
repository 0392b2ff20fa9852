package io.verstak.server.cli;

import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notifies systemd, if it started the server, and keeps within the sandbox of its unit. */
final class SystemdNotifier {
    private static final Logger LOG = LoggerFactory.getLogger(SystemdNotifier.class);
    private static final int PATIENCE_SECONDS = 10;

    private SystemdNotifier() {}

    /**
     * Tells systemd that the server is ready ({@code Type=notify}). By its own program: the JDK has no datagram sockets of the Unix
     * kind.
     */
    static void ready() throws InterruptedException {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        try {
            Process notify = new ProcessBuilder("systemd-notify", "--ready")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!notify.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || notify.exitValue() != 0) {
                LOG.error("systemd was not told that the server is ready: systemd-notify failed");
            }
        } catch (IOException e) {
            LOG.error("systemd was not told that the server is ready: {}", e.getMessage());
        }
    }

    /**
     * Ends a start in one line when the unit does not let the server write to its data.
     *
     * @throws StorageException if so
     */
    static void requireWritable(Path dataDir) {
        if (System.getenv("INVOCATION_ID") != null && !FolderAccess.isWritable(dataDir)) {
            throw new StorageException(
                    "%s: the service cannot write to its data directory; run 'sudo verstak-server-configure', which makes it"
                                    .formatted(dataDir)
                            + " and lets the unit write there, and start the service again");
        }
    }
}
