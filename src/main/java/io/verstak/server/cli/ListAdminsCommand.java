package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.AdministratorStore.Named;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Lists who administers the server. */
@Command(name = "list-admins", mixinStandardHelpOptions = true, description = "List the administrators.")
final class ListAdminsCommand extends AccountCommand<List<Named>> {
    @Override
    Future<List<Named>> work(AccountServices accounts) {
        return accounts.administrators().list();
    }

    @Override
    String text(List<Named> administrators, ServerConfig config) {
        List<List<String>> rows = administrators.stream()
                .map(administrator -> List.of(
                        administrator.username(),
                        time(administrator.createdAt()),
                        administrator.blocked() ? "blocked" : "active"))
                .toList();
        return table(rows, "there are no administrators yet", "NAME", "CREATED", "STATE");
    }

    @Override
    Object json(List<Named> administrators, ServerConfig config) {
        return administrators.stream()
                .map(administrator -> Map.of(
                        "username", administrator.username(),
                        "created_at", time(administrator.createdAt()),
                        "blocked", administrator.blocked()))
                .toList();
    }
}
