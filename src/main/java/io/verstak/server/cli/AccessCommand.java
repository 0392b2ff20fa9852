package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.util.Map;
import picocli.CommandLine.Parameters;

/** Shuts a user out or lets them in again, at once and also on a running server. */
abstract class AccessCommand extends AccountCommand<Void> {
    private final boolean blocked;

    @Parameters(index = "0", paramLabel = "NAME", description = "The username or the e-mail address.")
    private String name = "";

    AccessCommand(boolean blocked) {
        this.blocked = blocked;
    }

    @Override
    Future<Void> work(AccountServices accounts) {
        var administration = accounts.administration();
        return administration
                .find(name)
                .compose(user -> blocked ? administration.block(user.id()) : administration.unblock(user.id()));
    }

    @Override
    String text(Void done, ServerConfig config) {
        return (blocked ? "blocked " : "unblocked ") + name;
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return Map.of("status", "ok", "blocked", blocked ? 1 : 0);
    }
}
