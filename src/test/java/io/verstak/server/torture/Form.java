package io.verstak.server.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How long a torture is: short in every build, long when {@code scripts/torture.sh --long} asks for it. */
public final class Form {
    private static final Logger LOG = LoggerFactory.getLogger(Form.class);
    private static final Path REPORT = Path.of("target", "torture.txt");
    private static final Path ROUNDS = Path.of("target", "torture");

    private Form() {}

    public static boolean isLong() {
        return System.getProperty("torture", "short").equals("long");
    }

    public static int cycles(int inShort, int inLong) {
        return isLong() ? inLong : inShort;
    }

    /**
     * The rounds of a long torture that are still to do, each a run with its own data and its own judgement; an earlier
     * command has done the others. The short form has one round.
     */
    public static int[] rounds(String name, int inLong) {
        return isLong()
                ? IntStream.rangeClosed(1, inLong)
                        .filter(round -> !Files.exists(done(name, round)))
                        .toArray()
                : new int[] {1};
    }

    /** As {@link #report}; a long torture that is begun again does not repeat this round. */
    public static void reportRound(String name, int round, String line) {
        report(line);
        if (isLong()) {
            append(done(name, round), line);
        }
    }

    private static Path done(String name, int round) {
        return ROUNDS.resolve("%s-%02d.done".formatted(name, round));
    }

    /** Writes down what was seen; src/docs/reliability.md quotes it. */
    public static void report(String line) {
        LOG.info("{}", line);
        append(REPORT, line);
    }

    /** Lets somebody who waits know how far it is. */
    public static void progress(String what, int done, int of) {
        if (done % Math.max(10, of / 20) == 0) {
            LOG.info("{}: {} of {}", what, done, of);
        }
    }

    private static void append(Path file, String line) {
        try {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
