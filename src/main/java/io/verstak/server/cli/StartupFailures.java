package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.config.ConfigException;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.importer.ImportException;
import io.verstak.server.storage.StorageException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * Ends a command that cannot go on with an exit code for scripts and one line for each thing that is wrong: what happened
 * and what to do, never the name of a class or a stack trace. With {@code --json} it is one JSON object.
 */
public final class StartupFailures implements IExecutionExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(StartupFailures.class);

    /** The request was wrong: a flag, a setting, an argument. */
    private static final int USAGE = 2;

    /** The request was fine, the machine was not: directory, port, database. */
    private static final int FAILED = 1;

    /** What the wire says in codes, in words. */
    private static final Map<String, String> WORDS = Map.of(
            Message.PASSWORD_TOO_SHORT.text(),
            "the password is too short: use at least 8 characters (administrators: 12)",
            Message.PASSWORD_TOO_LONG.text(),
            "the password is too long: use at most 256 bytes",
            Message.PASSWORD_TOO_COMMON.text(),
            "this password is among the most common ones, which are tried first; choose another",
            Message.INVALID_EMAIL.text(),
            "mail cannot be sent to this e-mail address; use one such as anna@example.org",
            ErrorCode.UNAVAILABLE.text(),
            "the database cannot be used; check it with 'verstak-server verify'",
            ErrorCode.STORAGE_FULL.text(),
            "the disk is full; nothing was changed");

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
        boolean json =
                command.getParseResult() != null && command.getParseResult().hasMatchedOption("--json");
        return say(command, json, failure);
    }

    private static int say(CommandLine command, boolean json, Throwable failure) {
        if (failure instanceof ConfigException mistakes) {
            return say(command, json, mistakes.lines(), USAGE);
        }
        if (failure instanceof CommandException several) {
            return say(command, json, several.lines(), FAILED);
        }
        return say(command, json, List.of(line(failure)), FAILED);
    }

    private static String line(Throwable failure) {
        if (failure instanceof ServerException refusal) {
            return WORDS.getOrDefault(refusal.text(), refusal.text());
        }
        if (failure instanceof StorageException || failure instanceof ImportException) {
            return String.valueOf(failure.getMessage());
        }
        if (failure instanceof BindException) {
            return "cannot listen on " + failure.getMessage();
        }
        LOG.debug("unexpected", failure);
        return FailureReason.withFile(failure);
    }

    /** Answers a command line that cannot be read. */
    public static int badArguments(ParameterException failure, String[] arguments) {
        CommandLine command = failure.getCommandLine();
        String line = String.valueOf(failure.getMessage());
        if (failure instanceof UnmatchedArgumentException unmatched) {
            line = unmatched(unmatched);
        }
        return say(
                command,
                Arrays.asList(arguments).contains("--json"),
                List.of(line + " (see " + command.getCommandSpec().qualifiedName() + " --help)"),
                USAGE);
    }

    private static String unmatched(UnmatchedArgumentException failure) {
        List<String> words = failure.getUnmatched();
        String word = words.isEmpty() ? "" : words.get(0);
        if (word.equals("demo")) {
            return "the demo is not part of the server; run scripts/demo.sh of the source tree";
        }
        boolean commands = !failure.getCommandLine().getSubcommands().isEmpty() && !word.startsWith("-");
        String kind = word.startsWith("-") ? "unknown option" : commands ? "unknown command" : "unexpected argument";
        List<String> meant = failure.getSuggestions();
        return "%s '%s'%s".formatted(kind, word, meant.isEmpty() ? "" : ": did you mean " + meant.get(0) + "?");
    }

    /** Ends a process that cannot even begin, or that failed in a way that no command expects. */
    public static int end(CommandLine command, Throwable failure) {
        return say(command, false, failure);
    }

    private static int say(CommandLine command, boolean json, List<String> lines, int exit) {
        PrintWriter err = command.getErr();
        List<String> clean = lines.stream()
                .map(line -> line.replaceAll("\\s*\\R\\s*", "; ").replaceAll("\\p{Cntrl}", "?"))
                .toList();
        if (json) {
            Map<String, Object> error = new LinkedHashMap<>();
            error.put("status", "error");
            error.put("exit", exit);
            error.put("errors", clean);
            err.println(write(error));
        } else {
            String name = command.getCommandSpec().root().name();
            clean.forEach(line -> err.println(name + ": " + line));
        }
        err.flush();
        return exit;
    }

    private static String write(Object json) {
        try {
            return new JsonMapper().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
