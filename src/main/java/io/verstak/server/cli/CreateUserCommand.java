package io.verstak.server.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a user whose address counts as confirmed. */
@Command(
        name = "create-user",
        mixinStandardHelpOptions = true,
        description = "Makes a user; the password is the first line of standard input.")
final class CreateUserCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Parameters(index = "0", paramLabel = "NAME", description = "The username.")
    private @Nullable String name;

    @Parameters(index = "1", paramLabel = "EMAIL", description = "The e-mail address.")
    private @Nullable String email;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        String password = AdministratorOptions.firstLine(System.in);
        String username = name == null ? "" : name;
        String address = email == null ? "" : email;
        String id = OfflineAccounts.with(settings.load(), accounts -> accounts.createUser(username, address, password));
        spec.commandLine().getOut().println("created " + username + " " + id);
        return 0;
    }
}
