package io.verstak.server;

import io.verstak.server.cli.AdminCommand;
import io.verstak.server.cli.AfterRestoreCommand;
import io.verstak.server.cli.BackupCommand;
import io.verstak.server.cli.CommandTree;
import io.verstak.server.cli.ConfigCommand;
import io.verstak.server.cli.ExportCommand;
import io.verstak.server.cli.HealthcheckCommand;
import io.verstak.server.cli.ImportCommand;
import io.verstak.server.cli.MigrateCommand;
import io.verstak.server.cli.MoveCommand;
import io.verstak.server.cli.ReindexCommand;
import io.verstak.server.cli.RestoreCommand;
import io.verstak.server.cli.ServeCommand;
import io.verstak.server.cli.StartupFailures;
import io.verstak.server.cli.VerifyCommand;
import io.verstak.server.metrics.Logging;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code verstak-server}: without a command it serves. */
@Command(
        name = "verstak-server",
        mixinStandardHelpOptions = true,
        description = "Self-hosted sync server for Verstak. Without a command, it serves.",
        exitCodeList = {
            "0:success",
            "1:the command failed; standard error says why",
            "2:wrong arguments or configuration",
            "74:the disk lost data (fsync failed); nothing acknowledged is lost",
            "143:serving: stopped by SIGTERM (130: by Ctrl+C)"
        },
        subcommands = {
            ServeCommand.class,
            AdminCommand.class,
            ConfigCommand.class,
            HealthcheckCommand.class,
            VerifyCommand.class,
            BackupCommand.class,
            ExportCommand.class,
            ReindexCommand.class,
            RestoreCommand.class,
            ImportCommand.class,
            MoveCommand.class,
            AfterRestoreCommand.class,
            MigrateCommand.class
        })
public final class Main implements Callable<Integer> {
    @Mixin
    private final ServeCommand serve = new ServeCommand();

    @Override
    public Integer call() throws Exception {
        return serve.call();
    }

    /** Creates the commands with their options; each run needs its own. */
    public static CommandLine commandLine() {
        return CommandTree.of(new Main());
    }

    public static void main(String[] arguments) {
        // What libraries write for programs, too, must not follow the digits and letters of the place where it is
        // written.
        Locale.setDefault(Locale.ROOT);
        Logging.markErrors();
        Logging.silence();
        int exit = run(commandsFor(arguments), arguments);
        Logging.stop();
        if (exit != 0) {
            System.exit(exit);
        }
    }

    /**
     * Creates the commands that the arguments need. A start of the server reads no other command than its own: the classes of picocli
     * are too old for the archive of classes, and each command costs every start some milliseconds.
     */
    private static CommandLine commandsFor(String... arguments) {
        if (arguments.length == 0 || arguments[0].startsWith("-") || arguments[0].equals("serve")) {
            CommandLine serve = CommandTree.of(new Server());
            if (CommandTree.accepts(serve, arguments)) {
                return serve;
            }
        }
        return commandLine();
    }

    /** The root command of a start: it knows {@code serve} only. */
    @Command(name = "verstak-server", subcommands = ServeCommand.class)
    private static final class Server implements Callable<Integer> {
        @Mixin
        private final ServeCommand serve = new ServeCommand();

        @Override
        public Integer call() throws Exception {
            return serve.call();
        }
    }

    private static int run(CommandLine commands, String... arguments) {
        try {
            return CommandTree.run(commands, arguments);
        } catch (Throwable failure) {
            return StartupFailures.end(commands, failure);
        }
    }
}
