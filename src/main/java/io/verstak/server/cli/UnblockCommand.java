package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Lets a blocked user in again. */
@Command(name = "unblock", mixinStandardHelpOptions = true, description = "Lets a blocked user in again.")
final class UnblockCommand extends AccountCommand<Void> {
    @Parameters(index = "0", paramLabel = "NAME", description = "The username or the e-mail address.")
    private String name = "";

    @Override
    Future<Void> work(AccountServices accounts) {
        return accounts.administration()
                .find(name)
                .compose(user -> accounts.administration().unblock(user.id()));
    }

    @Override
    String text(Void done, ServerConfig config) {
        return "unblocked " + name;
    }

    @Override
    Object json(Void done, ServerConfig config) {
        return Map.of("status", "ok", "blocked", 0);
    }
}
