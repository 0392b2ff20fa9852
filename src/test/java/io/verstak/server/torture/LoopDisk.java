package io.verstak.server.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** An ext4 file system in a file, whose power can be cut. Needs root and a loop device. */
final class LoopDisk implements AutoCloseable {
    /**
     * Stops a process and shuts file systems down ({@code FS_IOC_SHUTDOWN} with {@code EXT4_GOING_FLAGS_NOLOGFLUSH}: what
     * is not on the disk by now never will be). A power cut takes processor and disk at once; a process that went on would
     * be told lies: a {@code fsync} that is under way while ext4's journal is aborted may succeed and have kept nothing.
     */
    private static final String CUT = """
            my $process = shift @ARGV;
            my @disks = map { open(my $disk, '<', $_) or die $!; $disk } @ARGV;
            kill('STOP', $process) == 1 or die $!;
            foreach my $disk (@disks) { my $flag = pack('L', 2); ioctl($disk, 0x8004587D, $flag) or die $!; }
            """;

    private final Path image;
    private final Path mounted;

    private LoopDisk(Path image, Path mounted) {
        this.image = image;
        this.mounted = mounted;
    }

    /** Makes a file system of so many MiB and mounts it. */
    static LoopDisk mount(Path image, Path at, int mebibytes) {
        Shell.run("truncate", "-s", mebibytes + "M", image.toString());
        Shell.run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,root_owner=0:0", image.toString());
        try {
            Files.createDirectories(at);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LoopDisk disk = new LoopDisk(image, at);
        disk.mount();
        Shell.run("chmod", "0700", at.toString());
        return disk;
    }

    void mount() {
        Shell.run("mount", "-o", "loop", image.toString(), mounted.toString());
    }

    /** Waits until no other mount namespace has the file system either: it would be mounted again as it was when its power was cut. */
    void unmount() {
        Shell.run("umount", mounted.toString());
        Shell.run("sh", "-c", "while [ -n \"$(losetup -j \"$1\")\" ]; do sleep 0.02; done", "sh", image.toString());
    }

    /** Cuts the power of a process and of its file systems: they forget what was not forced to them, and it does nothing more. */
    static void cutPower(long process, LoopDisk first, LoopDisk second) {
        Shell.run("perl", "-e", CUT, Long.toString(process), first.mounted.toString(), second.mounted.toString());
    }

    /** Takes all the space that is left. */
    void fill() {
        Shell.run("sh", "-c", "cat /dev/zero > '" + ballast() + "' 2>/dev/null; sync -f '" + mounted + "'; true");
    }

    /** Gives it back. */
    void empty() {
        try {
            Files.delete(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return mounted.resolve("ballast");
    }

    @Override
    public void close() {
        unmount();
    }
}
