package io.verstak.server.torture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** How long a torture is: short in every build, long when {@code scripts/torture.sh --long} asks for it. */
final class Form {
    private static final Path REPORT = Path.of("target", "torture.txt");

    private Form() {}

    static int cycles(int inShort, int inLong) {
        return System.getProperty("torture", "short").equals("long") ? inLong : inShort;
    }

    /** Writes down what was seen; src/docs/reliability.md quotes it. */
    static void report(String line) {
        try {
            Files.writeString(REPORT, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
