package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shuts a user out, at once and also from a running server. */
@Command(
        name = "block",
        mixinStandardHelpOptions = true,
        description = "Refuses a user and all their devices until unblock.")
final class BlockCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The username or the e-mail address.")
    private String name = "";

    @Override
    Future<Void> work(AccountServices accounts) {
        return accounts.administration()
                .find(name)
                .compose(user -> accounts.administration().block(user.id()));
    }

    @Override
    String text(Void done, ServerConfig config) {
        return "blocked " + name;
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return Map.of("status", "ok", "blocked", 1);
    }
}
