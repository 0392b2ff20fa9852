package io.verstak.server.cli;

import io.verstak.server.account.AccountAdministration;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Opens a data directory for one command. The database takes a second process, so a running server goes on meanwhile. */
final class OfflineAccounts {
    private OfflineAccounts() {}

    static <T> T with(ServerConfig config, Function<AccountAdministration, Future<T>> work) throws Exception {
        Vertx vertx = Vertx.vertx();
        DataDirectory directory =
                DataDirectory.openShared(Path.of(config.storage().dataDir()));
        try {
            Database database = Database.open(
                    vertx, directory, 1, () -> Runtime.getRuntime().halt(1));
            try (AccountAdministration accounts =
                    new AccountAdministration(database, Clock.systemUTC(), new SecureRandom())) {
                return work.apply(accounts)
                        .eventually(database::close)
                        .toCompletionStage()
                        .toCompletableFuture()
                        .join();
            }
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
            directory.close();
        }
    }
}
