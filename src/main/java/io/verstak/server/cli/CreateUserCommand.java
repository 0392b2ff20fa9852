package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes a user whose address counts as confirmed. */
@Command(
        name = "create-user",
        mixinStandardHelpOptions = true,
        description = "Makes a user; the password is the first line of standard input.")
final class CreateUserCommand extends AccountCommand<String> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The username.")
    private String name = "";

    @Parameters(index = "1", paramLabel = "EMAIL", description = "The e-mail address.")
    private String email = "";

    private String password = "";

    @Override
    void prepare() throws IOException {
        password = AdministratorOptions.firstLine(System.in);
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
        return Map.of("user_id", id);
    }
}
