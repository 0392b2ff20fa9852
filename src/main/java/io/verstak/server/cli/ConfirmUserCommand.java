package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.Actor;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Confirms the address of a user whom no mail reaches. */
@Command(
        name = "confirm-user",
        mixinStandardHelpOptions = true,
        description = "Confirm the e-mail address of a user, who can then sign in.")
final class ConfirmUserCommand extends AccountCommand<User> {
    @Parameters(index = "0", paramLabel = "NAME", description = "Username or e-mail address.")
    private String name = "";

    @Override
    Future<User> work(AccountServices accounts) {
        return accounts.administration()
                .find(name)
                .compose(user -> accounts.userEdits()
                        .confirm(Actor.COMMAND_LINE, user.id())
                        .map(user));
    }

    @Override
    String text(User user, ServerConfig config) {
        return "confirmed " + user.username() + " " + user.email();
    }

    @Override
    Object json(User user, ServerConfig config) {
        return ReportOutput.done("user_id", user.id());
    }
}
