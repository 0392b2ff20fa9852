package io.verstak.server.cli;

import io.verstak.server.account.AccountServices;
import io.verstak.server.account.ServerSettings;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.sqlite.SqliteDatabase;
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

    static <T> T with(ServerConfig config, Function<AccountServices, Future<T>> work) throws Exception {
        try (DataDirectory directory =
                DataDirectory.openShared(Path.of(config.storage().dataDir()))) {
            Vertx vertx = Vertx.vertx();
            try {
                Database database = SqliteDatabase.open(vertx, directory, 1, ServeCommand::halt);
                return with(config, vertx, directory, database, work);
            } finally {
                vertx.close().toCompletionStage().toCompletableFuture().join();
            }
        }
    }

    private static <T> T with(
            ServerConfig config,
            Vertx vertx,
            DataDirectory directory,
            Database database,
            Function<AccountServices, Future<T>> work)
            throws Exception {
        Clock clock = Clock.systemUTC();
        SecureRandom random = new SecureRandom();
        OutboxStore outbox = new OutboxStore(database, SecretBox.open(directory, random));
        ServerSettings settings = new ServerSettings(database, config, clock);
        // A mail that is queued here is sent by the running server, which looks at its outbox from time to time.
        try (AccountServices accounts =
                new AccountServices(vertx, database, outbox, () -> {}, settings, clock, random)) {
            return settings.load()
                    .compose(loaded -> work.apply(accounts))
                    .eventually(accounts::finished)
                    .eventually(database::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
