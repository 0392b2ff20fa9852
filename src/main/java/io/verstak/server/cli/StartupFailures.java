package io.verstak.server.cli;

import io.verstak.server.config.ConfigException;
import io.verstak.server.error.ServerException;
import io.verstak.server.ops.imports.ImportException;
import io.verstak.server.storage.StorageException;
import java.net.BindException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Ends a command that cannot go on with one line that says why, and an exit code for scripts. */
public final class StartupFailures implements IExecutionExceptionHandler {
    /** The request was wrong: a flag, a setting, an argument. */
    private static final int USAGE = 2;

    /** The request was fine, the machine was not: directory, port, database. */
    private static final int FAILED = 1;

    @Override
    public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) throws Exception {
        if (failure instanceof ConfigException) {
            return say(command, failure.getMessage(), USAGE);
        }
        if (failure instanceof StorageException
                || failure instanceof ServerException
                || failure instanceof ImportException) {
            return say(command, failure.getMessage(), FAILED);
        }
        if (failure instanceof BindException) {
            return say(command, "the address cannot be listened on: " + failure.getMessage(), FAILED);
        }
        throw failure;
    }

    /** Answers a command line that picocli could not read. */
    public static int badArguments(ParameterException failure, String[] arguments) {
        return say(failure.getCommandLine(), failure.getMessage() + " (see --help)", USAGE);
    }

    private static int say(CommandLine command, @Nullable String line, int exit) {
        command.getErr().println("verstak-server: " + String.valueOf(line).replaceAll("\\s*\\R\\s*", "; "));
        return exit;
    }
}
