package io.verstak.server.backup;

import com.fasterxml.jackson.core.type.TypeReference;
import io.verstak.server.backup.BackupProblem.Finding;
import io.verstak.server.error.FailureReason;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest runs of backups, in a file beside the database. The server and commands change it: each reads and replaces it under a lock
 * among processes. No run fails because it cannot be noted: the history is only shown. Blocks.
 */
final class BackupHistory {
    private static final Logger LOG = LoggerFactory.getLogger(BackupHistory.class);
    private static final String NAME = "backup-history.json";
    private static final String LOCK_NAME = "backup-history.lock";
    private static final int RUNS = 50;

    /** The system's locks are those of a process, and do not exclude its own threads. */
    private static final Object LOCK = new Object();

    private final Path file;

    BackupHistory(DataDirectory directory) {
        file = directory.root().resolve(NAME);
    }

    /** Returns the runs, latest first. */
    List<BackupRun> runs() {
        try {
            return Manifest.JSON.readValue(Files.readAllBytes(file), new TypeReference<List<BackupRun>>() {});
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException unreadable) {
            LOG.warn("{} cannot be read: {}", NAME, FailureReason.of(unreadable));
            return List.of();
        }
    }

    void add(BackupRun run) {
        change(runs -> {
            List<BackupRun> all = new ArrayList<>(runs);
            all.add(0, run);
            return all.size() > RUNS ? all.subList(0, RUNS) : all;
        });
    }

    /** Notes what a verification has found; of a backup that the history does not know, too. */
    void verified(String name, long when, List<Finding> problems) {
        change(runs -> {
            List<BackupRun> all = new ArrayList<>(runs);
            if (runs.stream().noneMatch(run -> name.equals(run.name()))) {
                all.add(BackupRun.found(name));
            }
            all.replaceAll(run -> name.equals(run.name()) ? run.verified(when, problems) : run);
            return all;
        });
    }

    private void change(UnaryOperator<List<BackupRun>> change) {
        // A server that stops interrupts its run, and an interrupted thread cannot write that it was stopped.
        boolean interrupted = Thread.interrupted();
        synchronized (LOCK) {
            // Closing the file releases the lock.
            try (FileChannel locked =
                    FileChannel.open(PrivateFiles.file(file.resolveSibling(LOCK_NAME)), StandardOpenOption.WRITE)) {
                locked.lock();
                write(change.apply(runs()));
            } catch (IOException failure) {
                LOG.warn("{} cannot be written: {}", NAME, FailureReason.of(failure));
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(List<BackupRun> runs) throws IOException {
        Path fresh = file.resolveSibling(NAME + ".new");
        Files.deleteIfExists(fresh);
        PrivateFiles.file(fresh);
        Files.write(fresh, Manifest.JSON.writeValueAsBytes(runs));
        PrivateFiles.force(fresh);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
