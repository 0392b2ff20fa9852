package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.Actor;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Takes away somebody's right to administer the server. */
@Command(
        name = "delete-admin",
        mixinStandardHelpOptions = true,
        description = "Delete an administrator and end their sessions. The last one cannot be deleted.")
final class DeleteAdminCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Name of the administrator.")
    private String name = "";

    @Override
    Future<Void> work(AccountServices accounts) {
        return accounts.administrators().delete(Actor.COMMAND_LINE, name);
    }

    @Override
    String text(Void done, ServerConfig config) {
        return "deleted administrator " + name;
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return ReportOutput.done("administrator", name);
    }
}
