package io.verstak.server.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A data directory that the last release with schema 19 has written. It holds an imported log with gaps, several vaults and devices,
 * conflicts, retries, ops of more than a chunk, idempotency keys, a blob, and the gaps that a restore and a device ahead of it have
 * made. Beside it, in {@code exchanges.json}, are requests and what that release answered to them.
 */
public final class OldDirectory {
    /** When it was written. */
    public static final Instant MADE = Instant.parse("2026-11-30T14:25:00Z");

    /** The directory with exchanges. */
    public static final String SERVED = "/schema-19.zip";

    /**
     * One that the same release has made of a directory of the Go server, which it has imported, and served: of the first generation, with
     * all ops of two users under one count, and gaps.
     */
    public static final String OF_FIRST_GENERATION = "/schema-19-first-generation.zip";

    /** The same of the second generation, with two vaults for each user. */
    public static final String OF_SECOND_GENERATION = "/schema-19-second-generation.zip";

    private OldDirectory() {}

    /** Unpacks {@link #SERVED} as {@code data}, and the exchanges. */
    public static void unpack(Path folder) throws IOException {
        unpack(SERVED, folder);
    }

    /** Unpacks a directory as {@code data}, and what is beside it. */
    public static void unpack(String name, Path folder) throws IOException {
        try (InputStream in = requireNonNull(OldDirectory.class.getResourceAsStream(name));
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(entry.getName().equals("exchanges.json") ? "." : "data")
                        .resolve(entry.getName());
                Files.createDirectories(requireNonNull(file.getParent()));
                Files.copy(zip, file);
            }
        }
    }

    /** A clock that goes ahead with each look at it: what waits for some time is due at once. */
    public static Clock hurriedClock(Duration step) {
        AtomicLong looks = new AtomicLong();
        return new Clock() {
            @Override
            public Instant instant() {
                return MADE.plus(step.multipliedBy(looks.incrementAndGet()));
            }

            @Override
            public ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(ZoneId zone) {
                return this;
            }
        };
    }
}
