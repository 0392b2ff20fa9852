package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Invites somebody to register. */
@Command(
        name = "invite",
        mixinStandardHelpOptions = true,
        description = "Create a link with which one person can register within 7 days; mail it if an address is given.")
final class InviteCommand extends AccountCommand<String> {
    @Parameters(index = "0", arity = "0..1", paramLabel = "EMAIL", description = "E-mail address to send the link to.")
    private String email = "";

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    /** Where no public address is set, the link names the address that the server listens on. */
    @Override
    ServerConfig configuration(SettingsOptions options) {
        return options.explain(listen).config();
    }

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
        return ReportOutput.done("invitation", token, "link", link(token, config));
    }

    private static String link(String token, ServerConfig config) {
        return config.http().baseUrl(config.http().listenAddress().port()) + "/register?invite=" + token;
    }
}
