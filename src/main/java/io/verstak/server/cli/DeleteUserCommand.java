package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.Actor;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Deletes a user. Nothing brings the vaults back, so one word more is asked for. */
@Command(
        name = "delete-user",
        mixinStandardHelpOptions = true,
        description = "Delete a user with all devices and vaults. Only a backup brings them back.")
final class DeleteUserCommand extends AccountCommand<User> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Username or e-mail address.")
    private String name = "";

    @Option(names = "--yes", description = "Confirms the deletion; without it, nothing is deleted.")
    private boolean yes;

    @Override
    Future<User> work(AccountServices accounts) {
        return accounts.administration().find(name).compose(user -> {
            if (!yes) {
                throw new CommandException("this deletes %s (%s) with all devices and vaults; add --yes to do it"
                        .formatted(user.username(), user.email()));
            }
            return accounts.userEdits().delete(Actor.COMMAND_LINE, user.id()).map(user);
        });
    }

    @Override
    String text(User user, ServerConfig config) {
        return "deleted " + user.username() + " " + user.id();
    }

    @Override
    Object json(User user, ServerConfig config) {
        return ReportOutput.done("user_id", user.id());
    }
}
