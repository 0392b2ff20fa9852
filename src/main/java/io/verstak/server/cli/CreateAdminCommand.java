package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Makes an administrator. */
@Command(
        name = "create-admin",
        mixinStandardHelpOptions = true,
        description =
                "Makes an administrator, or gives the one of that name another password: the first line of standard input.")
final class CreateAdminCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The administrator's name.")
    private String name = "";

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
    Future<Void> work(AccountServices accounts) {
        return accounts.administrators().put(name, password);
    }

    @Override
    String text(Void done, ServerConfig config) {
        return name + " can administer this server";
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return Map.of("status", "ok");
    }
}
