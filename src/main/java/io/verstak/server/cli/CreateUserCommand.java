package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a user whose address counts as confirmed. */
@Command(
        name = "create-user",
        mixinStandardHelpOptions = true,
        description =
                "Create a user with a confirmed address. Asks for the password at a terminal; elsewhere reads it from the first line of standard input.")
final class CreateUserCommand extends AccountCommand<String> {
    @Parameters(
            index = "0",
            paramLabel = "NAME",
            description = "Username: 3 to 64 letters, digits, dots, underscores and hyphens.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "EMAIL", description = "E-mail address.")
    private String email = "";

    private String password = "";

    @Override
    void prepare() {
        password = PasswordInput.chosen(name);
    }

    @Override
    boolean mayBegin() {
        return true;
    }

    @Override
    Future<String> work(AccountServices accounts) {
        return accounts.administration().createUser(name, email, password);
    }

    @Override
    String text(String id, ServerConfig config) {
        return "created " + name + " " + id;
    }

    @Override
    Object json(String id, ServerConfig config) {
        return ReportOutput.done("user_id", id);
    }
}
