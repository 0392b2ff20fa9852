package io.verstak.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Looks at the configuration without serving. */
@Command(
        name = "config",
        mixinStandardHelpOptions = true,
        description = "Check and show the configuration.",
        subcommands = {ConfigCheckCommand.class, ConfigShowCommand.class, ConfigFoldersCommand.class, HelpCommand.class
        })
public final class ConfigCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "config needs a command: "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
