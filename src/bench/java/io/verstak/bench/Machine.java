package io.verstak.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** The line that says what the figures were measured on, and whether the machine had other work. */
record Machine(double loadBefore) {
    /** Taken before the run's own load begins. */
    static Machine now() {
        return new Machine(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
    }

    String describe() {
        return String.join(
                ", ",
                Runtime.getRuntime().availableProcessors() + " cores",
                processor(),
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                "JDK " + Runtime.version(),
                LocalDate.now(ZoneOffset.UTC).toString(),
                "load average %.1f before the run".formatted(loadBefore));
    }

    private static String processor() {
        try {
            return Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse(System.getProperty("os.arch"));
        } catch (IOException e) {
            return System.getProperty("os.arch");
        }
    }
}
