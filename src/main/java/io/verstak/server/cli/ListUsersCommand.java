package io.verstak.server.cli;

import io.verstak.server.account.AccountAdministration;
import io.verstak.server.storage.UserStore.User;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists everybody with an account. */
@Command(name = "list-users", mixinStandardHelpOptions = true, description = "Lists the users.")
final class ListUsersCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        for (User user : OfflineAccounts.with(settings.load(), AccountAdministration::users)) {
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s  %-24s  %-32s  %s%s%n",
                            user.id(),
                            user.username(),
                            user.email(),
                            user.confirmed() ? "confirmed" : "unconfirmed",
                            user.blocked() ? ", blocked" : "");
        }
        return 0;
    }
}
