package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Gives a user another password and tells the owner by mail. */
@Command(
        name = "reset-password",
        mixinStandardHelpOptions = true,
        description =
                "Set a new password for a user and end all of their sessions. The password is generated and printed unless --password-stdin is given.")
final class ResetPasswordCommand extends AccountCommand<String> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Username or e-mail address.")
    private String name = "";

    @Option(
            names = "--password-stdin",
            description = "Ask for the password at a terminal, or read the first line of standard input.")
    private boolean stdin;

    @Option(names = "--revoke-devices", description = "Also revoke all devices of the user; they must be paired again.")
    private boolean revokeDevices;

    private Optional<String> chosen = Optional.empty();

    @Override
    void prepare() {
        chosen = stdin ? Optional.of(PasswordInput.chosen(name)) : Optional.empty();
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
        return stdin ? ReportOutput.done() : ReportOutput.done("new_password", password);
    }
}
