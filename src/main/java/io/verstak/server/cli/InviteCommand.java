package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Invites somebody to register. */
@Command(
        name = "invite",
        mixinStandardHelpOptions = true,
        description = "Makes a link with which one person can register within 7 days; with an address, mails it.")
final class InviteCommand extends AccountCommand<String> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "EMAIL", description = "Whom to mail it to.")
    private String email = "";

    @Override
    boolean mayBegin() {
        return true;
    }

    @Override
    Future<String> work(AccountServices accounts) {
        return accounts.administration().invite(email, "command line");
    }

    @Override
    String text(String token, ServerConfig config) {
        return link(token, config);
    }

    @Override
    Object json(String token, ServerConfig config) {
        return Map.of("invitation", token, "link", link(token, config));
    }

    private static String link(String token, ServerConfig config) {
        return config.http().baseUrl(config.http().listenAddress().port()) + "/register?invite=" + token;
    }
}
