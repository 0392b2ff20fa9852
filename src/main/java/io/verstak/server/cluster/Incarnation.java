package io.verstak.server.cluster;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The name of one run of a node's process. All runs on one data directory begin with the same letters, until the machine is started
 * again: so a run that holds the lock of the directory knows those that have ended, and a copy of the directory on another machine does
 * not pass for them.
 *
 * @param place the data directory, since the machine was started
 * @param run this process
 */
public record Incarnation(String place, String run) {
    private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

    /**
     * Names a run on a directory that this process has locked. Blocks.
     *
     * @throws StorageException if the directory cannot be used
     */
    public static Incarnation on(DataDirectory directory) {
        Path file = directory.root().resolve("place");
        try {
            String boot = Files.exists(BOOT) ? Files.readString(BOOT).strip() : random();
            String[] kept = Files.readString(PrivateFiles.file(file)).strip().split(" ", -1);
            if (kept.length == 2 && kept[1].equals(boot)) {
                return new Incarnation(kept[0], random());
            }
            String place = random();
            Files.writeString(file, place + " " + boot + "\n");
            return new Incarnation(place, random());
        } catch (IOException e) {
            throw new StorageException("%s: cannot be used: %s".formatted(file, PrivateFiles.reason(e)));
        }
    }

    private static String random() {
        return UUID.randomUUID().toString();
    }

    /** Returns whether a name is that of a run on the same directory, which has ended if it is not this one. */
    boolean isOfSamePlace(String other) {
        return other.startsWith(place + "/");
    }

    @Override
    public String toString() {
        return place + "/" + run;
    }
}
