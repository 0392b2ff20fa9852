package io.verstak.server.testkit.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The shell commands of a documentation page by their heading, so that a test runs what people read. */
public final class DocumentedCommands {
    private final Map<String, String> byHeading;
    private final Set<String> unused;

    private DocumentedCommands(Map<String, String> byHeading) {
        this.byHeading = byHeading;
        this.unused = new TreeSet<>(byHeading.keySet());
    }

    /** Reads the blocks that are marked as {@code sh}, also within lists. */
    public static DocumentedCommands of(Path page) {
        Map<String, String> commands = new LinkedHashMap<>();
        String heading = "";
        boolean inBlock = false;
        for (String line : lines(page)) {
            if (line.strip().startsWith("```")) {
                inBlock = !inBlock && line.strip().equals("```sh");
            } else if (inBlock) {
                commands.merge(heading, line.strip(), (before, next) -> before + "\n" + next);
            } else if (line.startsWith("#")) {
                heading = line.replaceFirst("^#+ ", "");
            }
        }
        return new DocumentedCommands(commands);
    }

    private static List<String> lines(Path page) {
        try {
            return Files.readAllLines(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the commands under the heading that begins so. */
    public String under(String beginning) {
        String heading = byHeading.keySet().stream()
                .filter(candidate -> candidate.startsWith(beginning))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no commands under " + beginning));
        unused.remove(heading);
        return byHeading.getOrDefault(heading, "");
    }

    /** Returns the headings whose commands nobody has asked for. */
    public Set<String> unused() {
        return Set.copyOf(unused);
    }
}
