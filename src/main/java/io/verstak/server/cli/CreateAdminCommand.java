package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes an administrator. */
@Command(
        name = "create-admin",
        mixinStandardHelpOptions = true,
        description =
                "Create administrator NAME, or reset the password if it exists. Asks for the password at a terminal; elsewhere reads it from the first line of standard input.")
final class CreateAdminCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the administrator.")
    private String name = "";

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
    Future<Void> work(AccountServices accounts) {
        return accounts.administrators().put(name, password);
    }

    @Override
    String text(Void done, ServerConfig config) {
        return "administrator " + name + " is set up";
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return done("administrator", name);
    }
}
