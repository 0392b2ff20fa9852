package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** Lists everybody with an account. */
@Command(name = "list-users", mixinStandardHelpOptions = true, description = "List the users.")
final class ListUsersCommand extends AccountCommand<List<User>> {
    @Override
    Future<List<User>> work(AccountServices accounts) {
        return accounts.administration().users();
    }

    @Override
    String text(List<User> users, ServerConfig config) {
        List<List<String>> rows = users.stream()
                .map(user -> List.of(
                        user.id(),
                        user.username(),
                        user.email(),
                        (user.confirmed() ? "confirmed" : "unconfirmed") + (user.blocked() ? ", blocked" : "")))
                .toList();
        return table(rows, "there are no users yet", "ID", "USERNAME", "E-MAIL", "STATE");
    }

    @Override
    Object json(List<User> users, ServerConfig config) {
        return users.stream()
                .map(user -> Map.of(
                        "id", user.id(),
                        "username", user.username(),
                        "email", user.email(),
                        "confirmed", user.confirmed(),
                        "blocked", user.blocked(),
                        "created_at", time(user.createdAt())))
                .toList();
    }
}
