package io.verstak.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Changes accounts on the data directory itself; a running server notices. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = "Manages accounts, on the data directory itself.",
        subcommands = {
            CreateUserCommand.class,
            ListUsersCommand.class,
            ResetPasswordCommand.class,
            BlockCommand.class,
            UnblockCommand.class,
            CreateAdminCommand.class,
            InviteCommand.class
        })
public final class AdminCommand implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "admin needs a command: " + String.join(", ", spec.subcommands().keySet()));
    }
}
