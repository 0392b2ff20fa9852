package io.verstak.server.testkit.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The time of day of one process, by libfaketime. Another time holds within a second. */
public final class FakeClock {
    private static final Path LIBRARIES = Path.of("/usr/lib");

    private final Path folder;
    private final Path time;

    /**
     * @param folder where it keeps two files
     * @param begin the first time: an offset such as {@code +10d}, or a moment after an {@code @}
     */
    public FakeClock(Path folder, String begin) throws IOException {
        this.folder = folder;
        this.time = folder.resolve("clock");
        set(begin);
    }

    /** Sets it: an offset such as {@code +10d}, or a moment after an {@code @}. */
    public void set(String to) throws IOException {
        Path next = folder.resolve("clock.next");
        Files.writeString(next, to + "\n");
        Files.move(next, time, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * The command that starts another one with this clock. A JVM waits by the monotonic clock: with libfaketime's fix for other
     * versions of glibc, each of its waits with a limit would end at once, and threads that are idle would use up the processors.
     */
    public List<String> wrapper() throws IOException {
        return List.of(
                "env",
                "LD_PRELOAD=" + library(),
                "FAKETIME_TIMESTAMP_FILE=" + time,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_FORCE_MONOTONIC_FIX=0",
                "DONT_FAKE_MONOTONIC=1");
    }

    private static Path library() throws IOException {
        try (Stream<Path> folders = Files.list(LIBRARIES)) {
            return folders.map(each -> each.resolve("faketime/libfaketimeMT.so.1"))
                    .filter(Files::exists)
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("libfaketime is not installed"));
        }
    }
}
