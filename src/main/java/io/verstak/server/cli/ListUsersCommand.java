package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.UserStore.User;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;

/** Lists everybody with an account. */
@Command(name = "list-users", mixinStandardHelpOptions = true, description = "Lists the users.")
final class ListUsersCommand extends AccountCommand<List<User>> {
    @Override
    Future<List<User>> work(AccountServices accounts) {
        return accounts.administration().users();
    }

    @Override
    String text(List<User> users, ServerConfig config) {
        return users.stream()
                .map(user -> "%s  %-24s  %-32s  %s%s"
                        .formatted(
                                user.id(),
                                user.username(),
                                user.email(),
                                user.confirmed() ? "confirmed" : "unconfirmed",
                                user.blocked() ? ", blocked" : ""))
                .collect(Collectors.joining(System.lineSeparator()));
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
                        "created_at", Instant.ofEpochMilli(user.createdAt()).toString()))
                .toList();
    }
}
