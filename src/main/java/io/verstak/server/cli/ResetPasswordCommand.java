package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a user another password and tells the owner by mail. */
@Command(
        name = "reset-password",
        mixinStandardHelpOptions = true,
        description = "Gives a user another password, made up unless --password-stdin is given, and ends all sessions.")
final class ResetPasswordCommand extends AccountCommand<String> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The username or the e-mail address.")
    private String name = "";

    @Option(names = "--password-stdin", description = "The password is the first line of standard input.")
    private boolean stdin;

    @Option(names = "--revoke-devices", description = "All devices have to be paired again.")
    private boolean revokeDevices;

    private Optional<String> chosen = Optional.empty();

    @Override
    void prepare() throws IOException {
        chosen = stdin ? Optional.of(AdministratorOptions.firstLine(System.in)) : Optional.empty();
    }

    @Override
    Future<String> work(AccountServices accounts) {
        return accounts.administration()
                .find(name)
                .compose(user -> accounts.administration().resetPassword(user, chosen, revokeDevices));
    }

    @Override
    String text(String password, ServerConfig config) {
        return stdin ? "the password of " + name + " is set" : "the new password of " + name + " is " + password;
    }

    @Override
    Object json(String password, ServerConfig config) {
        return stdin ? Map.of("status", "ok") : Map.of("status", "ok", "new_password", password);
    }
}
