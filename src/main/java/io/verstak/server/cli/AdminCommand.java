package io.verstak.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Changes accounts on the data directory itself; a running server notices. */
@Command(
        name = "admin",
        mixinStandardHelpOptions = true,
        description = "Manage accounts (works on the data directory; the server may be running).",
        subcommands = {
            CreateUserCommand.class,
            ListUsersCommand.class,
            ConfirmUserCommand.class,
            ResetPasswordCommand.class,
            BlockCommand.class,
            UnblockCommand.class,
            DeleteUserCommand.class,
            ListDevicesCommand.class,
            RevokeDeviceCommand.class,
            InviteCommand.class,
            CreateAdminCommand.class,
            ListAdminsCommand.class,
            DeleteAdminCommand.class,
            HelpCommand.class
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
