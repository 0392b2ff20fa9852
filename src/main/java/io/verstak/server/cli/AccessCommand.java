package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import picocli.CommandLine.Parameters;

/** Shuts a user out or lets them in again, at once and also on a running server. */
abstract class AccessCommand extends AccountCommand<User> {
    private final boolean blocked;

    @Parameters(index = "0", paramLabel = "NAME", description = "Username or e-mail address.")
    private String name = "";

    AccessCommand(boolean blocked) {
        this.blocked = blocked;
    }

    @Override
    Future<User> work(AccountServices accounts) {
        var administration = accounts.administration();
        return administration
                .find(name)
                .compose(user ->
                        (blocked ? administration.block(user.id()) : administration.unblock(user.id())).map(user));
    }

    @Override
    String text(User user, ServerConfig config) {
        return (blocked ? "blocked " : "unblocked ") + user.username();
    }

    @Override
    Object json(User user, ServerConfig config) {
        return ReportOutput.done("user_id", user.id(), "blocked", blocked);
    }
}
