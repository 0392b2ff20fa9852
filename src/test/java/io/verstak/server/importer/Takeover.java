package io.verstak.server.importer;

import io.verstak.server.Main;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A Go server's directory and the one that is made of it. */
record Takeover(Path from, Path data) {

    static Takeover in(Path folder) {
        return new Takeover(folder.resolve("go"), folder.resolve("data"));
    }

    /** Runs the import. */
    CommandLineRun run(String... flags) {
        return CommandLineRun.of(
                Main.commandLine(),
                Stream.concat(
                                Stream.of("import", "--from", from.toString(), "--data", data.toString()),
                                Stream.of(flags))
                        .toArray(String[]::new));
    }

    /** How a deep check of the new directory ends. */
    int verify() {
        return CommandLineRun.of(Main.commandLine(), "verify", "--data", data.toString(), "--deep")
                .exit();
    }

    /** What a deep check of the new directory finds. */
    List<String> damage() {
        return CommandLineRun.of(Main.commandLine(), "verify", "--data", data.toString(), "--deep")
                .out()
                .lines()
                .filter(line -> line.startsWith("DAMAGED"))
                .toList();
    }

    /** The new directory, restored from a backup of it. */
    Takeover restored() {
        Path backup = data.resolveSibling("backup");
        Path restored = data.resolveSibling("restored");
        for (List<String> command : List.of(
                List.of("backup", "--data", data.toString(), "--to", backup.toString()),
                List.of("restore", "--from", backup.toString(), "--data", restored.toString()))) {
            CommandLineRun run = CommandLineRun.of(Main.commandLine(), command.toArray(String[]::new));
            if (run.exit() != 0) {
                throw new AssertionError(run.toString());
            }
        }
        return new Takeover(from, restored);
    }

    TestServer serve() {
        return TestServer.start(Map.of("storage.dataDir", data.toString()));
    }

    /** Every file and folder with its hash and time. */
    static Map<String, String> state(Path root) throws IOException {
        Map<String, String> state = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.toList()) {
                String content = Files.isDirectory(file)
                        ? ""
                        : Sha256.of(Files.readAllBytes(file)).hex();
                state.put(root.relativize(file).toString(), content + Files.getLastModifiedTime(file));
            }
        }
        return state;
    }
}
