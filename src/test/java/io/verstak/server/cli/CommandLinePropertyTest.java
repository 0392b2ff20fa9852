package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.Main;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.CommandLineRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * No command ends in a stack trace or names a class, whatever its options and arguments are: the words are taken from the
 * model of all commands, so that a new option is tried by itself.
 */
class CommandLinePropertyTest {
    private static final Set<String> PATHS = Set.of("--data", "--config", "--to", "--from", "--admin-pass-file");
    private static final Set<String> SERVING = Set.of("verstak-server", "verstak-server serve");

    private static final List<String> NASTY = List.of(
            "",
            " ",
            "~",
            "~/data",
            "\0",
            "a\0b",
            "a\nb",
            "\u001b[31m",
            "\ufffd",
            "\ud800",
            "дом",
            "İı",
            "٣",
            "🙂",
            "-1",
            "0",
            "1.5",
            "NaN",
            "99999",
            "2147483648",
            "99999999999999999999",
            "--",
            "@file",
            "%s%n{0}",
            "null",
            "nowhere",
            "no-such-host.invalid:0",
            "192.0.2.1:0",
            "a..b:1",
            "-:1",
            ".:1",
            "xn--a:1",
            "[::1",
            "[::1]:99999",
            "[::%zz]:0",
            "[:::::]:0",
            "127.0.0.1:-1",
            "256.1.1.1:0",
            "127.0.0.1:1",
            "http://",
            "http://[",
            "http://a b/",
            "ftp://x",
            "https://u:p@x",
            "http://x:99999",
            "mailto:x",
            "x".repeat(5000));

    /** Files below a folder of the test's own. */
    private static final List<String> FILES = List.of(
            "missing",
            "missing/below",
            "folder",
            "file",
            "file/below",
            "binary",
            "huge",
            "loop",
            "дом",
            "🙂 with blanks ",
            "name.tgz",
            "name.tar.gz",
            "name.tar.zst",
            "binary.tar.zst",
            "broken.json",
            "deep.json",
            "latin1.json",
            "list.json",
            "damaged",
            "x".repeat(300));

    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    @SuppressWarnings("NullAway.Init")
    private static DataDirectory locked;

    @SuppressWarnings("NullAway.Init")
    private static ServerSocket taken;

    /** A command line, and the exit codes that the command documents. */
    private record Line(List<String> words, Set<String> exits) {}

    @BeforeContainer
    static void prepare() throws IOException {
        folder = Files.createTempDirectory("verstak-words");
        CommandLineRun.of(
                CommandTree.of(new Main()),
                "admin",
                "invite",
                "--data",
                folder.resolve("locked").toString());
        locked = DataDirectory.open(folder.resolve("locked"));
        taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(folder.resolve("file"), "one line\n");
        byte[] noise = new byte[1 << 16];
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (i * 31 + (i >> 3));
        }
        Files.write(folder.resolve("binary"), noise);
        byte[] archive = noise.clone();
        byte[] magic = {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd};
        System.arraycopy(magic, 0, archive, 0, magic.length);
        Files.write(folder.resolve("binary.tar.zst"), archive);
        Files.write(folder.resolve("huge"), new byte[3 << 20]);
        Files.createSymbolicLink(folder.resolve("loop"), folder.resolve("loop"));
        Files.writeString(folder.resolve("broken.json"), "{\"http\": {\"listen\": 5, \"x\": [1}}");
        Files.writeString(folder.resolve("deep.json"), "[".repeat(100_000));
        Files.write(folder.resolve("latin1.json"), new byte[] {'{', '"', (byte) 0xe9, '"', ':', '1', '}'});
        Files.writeString(folder.resolve("list.json"), "[1, 2]");
        Files.createDirectory(folder.resolve("damaged"));
        Files.write(folder.resolve("damaged/server.db"), noise);
    }

    @AfterContainer
    static void clean() throws IOException {
        taken.close();
        locked.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(seed = "20261130", tries = 150, shrinking = ShrinkingMode.OFF)
    void whatever_is_typed_a_command_ends_with_words_and_a_documented_exit_code(@ForAll("lines") Line line) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(new byte[0]));
        CommandLineRun run;
        try {
            run = CommandLineRun.of(CommandTree.of(new Main()), line.words().toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
        String said = run.out() + run.err();
        assertThat(line.exits()).as("%s: %s", line, run).contains(Integer.toString(run.exit()));
        assertThat(said)
                .as(line.toString())
                .doesNotContainPattern("Exception|\\bat io\\.|\\n\\tat |java\\.[a-z]+\\.|\\w\\.java:|[a-z]\\(\\)|`");
        if (run.exit() != 0) {
            assertThat(said).as(line.toString()).isNotBlank();
        }
    }

    @Provide
    Arbitrary<Line> lines() {
        List<CommandLine> commands = new ArrayList<>();
        collect(CommandTree.of(new Main()), commands);
        return Arbitraries.of(commands).flatMap(CommandLinePropertyTest::lines);
    }

    private static void collect(CommandLine command, List<CommandLine> all) {
        all.add(command);
        command.getSubcommands().values().forEach(each -> collect(each, all));
    }

    /** All required words, and one or two that are nasty. */
    private static Arbitrary<Line> lines(CommandLine command) {
        List<ArgSpec> args = command.getCommandSpec().args();
        Set<String> exits =
                command.getCommandSpec().usageMessage().exitCodeList().keySet();
        Arbitrary<Integer> chosen = Arbitraries.integers().between(0, Math.max(0, args.size() - 1));
        return chosen.flatMap(first -> chosen.flatMap(second -> Arbitraries.of(NASTY)
                .flatMap(word -> Arbitraries.of(NASTY)
                        .flatMap(other -> Arbitraries.of(FILES)
                                .map(file -> line(command, args, first, second, word, other, file, exits))))));
    }

    private static Line line(
            CommandLine command,
            List<ArgSpec> args,
            int first,
            int second,
            String word,
            String other,
            String file,
            Set<String> exits) {
        String name = command.getCommandSpec().qualifiedName();
        // A server must not really start: either its directory is in use, or its port.
        boolean one = SERVING.contains(name);
        List<String> words = new ArrayList<>(Arrays.asList(name.split(" ")).subList(1, name.split(" ").length));
        List<String> behind = new ArrayList<>();
        for (int i = 0; i < args.size(); i++) {
            ArgSpec arg = args.get(i);
            boolean nasty = i == first || (i == second && !one);
            if (arg instanceof PositionalParamSpec) {
                behind.add(nasty ? (i == first ? word : other) : "anna@example.org");
            } else if (arg instanceof OptionSpec option && !option.usageHelp() && !option.versionHelp()) {
                add(words, option, nasty, i == first ? word : other, file);
            }
        }
        words.addAll(behind);
        return new Line(words, exits);
    }

    private static void add(List<String> words, OptionSpec option, boolean nasty, String word, String file) {
        String flag = option.longestName();
        if (option.arity().max() == 0) {
            if (nasty) {
                words.add(flag);
            }
            return;
        }
        if (!nasty) {
            safe(flag).forEach(words::add);
            return;
        }
        // A wait that is allowed would really be waited for.
        boolean path = PATHS.contains(flag);
        boolean relative = path
                && !word.isBlank()
                && !word.startsWith("~")
                && word.indexOf('\0') < 0
                && word.indexOf('\ufffd') < 0;
        String value = relative ? folder.resolve(file).toString() : word;
        words.add(flag);
        words.add(flag.equals("--wait") && word.matches("[0-9]{1,9}") ? "0" : value);
    }

    /** What lets a command run far enough to look at its other words. */
    private static List<String> safe(String flag) {
        return switch (flag) {
            case "--data" -> List.of(flag, folder.resolve("locked").toString());
            case "--listen" -> List.of(flag, "127.0.0.1:" + taken.getLocalPort());
            case "--to" -> List.of(flag, folder.resolve("missing/backups").toString());
            case "--from" -> List.of(flag, folder.resolve("folder").toString());
            case "--url" -> List.of(flag, "http://127.0.0.1:1");
            case "--user" -> List.of(flag, "anna");
            default -> List.of();
        };
    }
}
