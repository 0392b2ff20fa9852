package io.verstak.server.cli;

import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ConfigPath;
import io.verstak.server.domain.BuildInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What all commands have in common: how they read paths, say what is wrong, and describe themselves. */
public final class CommandTree {
    private static final Map<String, String> EXIT_CODES = Map.of(
            "0",
            "success",
            "1",
            "the command failed; standard error says why",
            "2",
            "wrong arguments or configuration");

    private CommandTree() {}

    /** Makes the command line of a root command. */
    public static CommandLine of(Object root) {
        // One object for both: two alike, of a library's old class files, crash the JVM while it writes its archive of
        // classes.
        ITypeConverter<Integer> number = CommandTree::number;
        CommandLine commands = new CommandLine(root)
                // An administrator may well be called admin, as a command is.
                .setAllowSubcommandsAsOptionParameters(true)
                // A password may begin with an @.
                .setExpandAtFiles(false)
                .setExecutionStrategy(CommandTree::execute)
                .setExecutionExceptionHandler(new StartupFailures())
                .setParameterExceptionHandler(StartupFailures::badArguments)
                .registerConverter(Path.class, CommandTree::path)
                .registerConverter(Integer.class, number)
                .registerConverter(int.class, number)
                .registerConverter(double.class, CommandTree::fraction);
        describe(commands);
        return commands;
    }

    /** Runs a command line. Fails at once for what the system could not decode: it would name another file or password. */
    public static int run(CommandLine commands, String... arguments) {
        for (String argument : arguments) {
            if (argument.indexOf(ConfigPath.UNDECODED) >= 0) {
                throw new CommandException(
                        "an argument has letters that the locale's character set (%s) lacks; start with LC_ALL=C.UTF-8: %s"
                                .formatted(System.getProperty("sun.jnu.encoding"), argument));
            }
        }
        return commands.execute(arguments);
    }

    /** Returns whether the arguments name a command of these, without a mistake and without asking for help. */
    public static boolean accepts(CommandLine commands, String... arguments) {
        try {
            return !isHelp(innermost(commands.parseArgs(arguments)));
        } catch (ParameterException mistake) {
            return false;
        }
    }

    private static void describe(CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        spec.versionProvider(new Version());
        Map<String, String> codes = new TreeMap<>(Comparator.comparing(Integer::valueOf));
        codes.putAll(spec.usageMessage().exitCodeList());
        EXIT_CODES.forEach(codes::putIfAbsent);
        spec.usageMessage().exitCodeListHeading("%nExit codes:%n");
        spec.usageMessage().exitCodeList(codes);
        if (!command.getSubcommands().isEmpty()) {
            command.addSubcommand(new Help());
        }
        command.getSubcommands().values().forEach(CommandTree::describe);
    }

    private record Version() implements IVersionProvider {
        @Override
        public String[] getVersion() {
            BuildInfo build = BuildInfo.load();
            return new String[] {"verstak-server %s (%s)".formatted(build.version(), build.commit())};
        }
    }

    /** An option before a command would be lost without a word: the command has options of its own. */
    private static int execute(ParseResult parsed) {
        for (ParseResult at = parsed; at.hasSubcommand(); at = at.subcommand()) {
            if (!at.matchedOptions().isEmpty()) {
                CommandSpec command = innermost(at).commandSpec();
                throw new ParameterException(
                        command.commandLine(),
                        "%s must follow the command: %s %s …"
                                .formatted(
                                        at.matchedOptions().get(0).longestName(),
                                        command.qualifiedName(),
                                        at.matchedOptions().get(0).longestName()));
            }
        }
        ParseResult last = innermost(parsed);
        CommandSpec group = last.commandSpec();
        if (group.userObject() instanceof Callable || group.subcommands().isEmpty() || isHelp(last)) {
            return new RunLast().execute(parsed);
        }
        throw new ParameterException(
                group.commandLine(),
                group.name() + " needs a command: "
                        + String.join(", ", group.subcommands().keySet()));
    }

    private static boolean isHelp(ParseResult parsed) {
        return parsed.isUsageHelpRequested() || parsed.isVersionHelpRequested();
    }

    private static ParseResult innermost(ParseResult parsed) {
        ParseResult at = parsed;
        while (at.hasSubcommand()) {
            at = at.subcommand();
        }
        return at;
    }

    private static Path path(String text) {
        try {
            return ConfigPath.of("path", text);
        } catch (ConfigException refusal) {
            throw new TypeConversionException(
                    String.valueOf(refusal.getMessage()).replaceFirst("^path: ", ""));
        }
    }

    private static Double fraction(String text) {
        try {
            return Double.valueOf(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a number");
        }
    }

    private static Integer number(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    /** The same as {@code --help}, for people who type {@code help}. */
    @Command(name = "help", mixinStandardHelpOptions = true, description = "Show the help of a command.")
    static final class Help implements Callable<Integer> {
        @Parameters(arity = "0..*", paramLabel = "COMMAND", description = "The command, such as admin create-user.")
        private List<String> words = new ArrayList<>();

        @Spec
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private CommandSpec spec;

        @Override
        public Integer call() {
            CommandLine asked = spec.parent().commandLine();
            for (String word : words) {
                CommandLine next = asked.getSubcommands().get(word);
                if (next == null) {
                    throw new ParameterException(asked, "unknown command '%s'".formatted(word));
                }
                asked = next;
            }
            asked.usage(spec.commandLine().getOut());
            return 0;
        }
    }
}
