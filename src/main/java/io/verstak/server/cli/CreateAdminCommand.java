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
final class CreateAdminCommand extends AccountCommand<Boolean> {
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
    Future<Boolean> work(AccountServices accounts) {
        return accounts.administrators()
                .put(name, password)
                .compose(put -> accounts.administrators().list())
                .map(all -> all.stream()
                        .anyMatch(one -> one.blocked() && one.username().equalsIgnoreCase(name.strip())));
    }

    @Override
    String text(Boolean blocked, ServerConfig config) {
        return "administrator " + name + " is set up"
                + (blocked ? ", but cannot sign in: their own user is blocked; use 'admin unblock'" : "");
    }

    @Override
    Object json(Boolean blocked, ServerConfig config) {
        return ReportOutput.done("administrator", name, "blocked", blocked);
    }
}
