package io.verstak.server.cli;

import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.verstak.server.storage.postgresql.failover.AfterRestore;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prepares a PostgreSQL that was set back to an earlier moment. */
@Command(
        name = "after-restore",
        mixinStandardHelpOptions = true,
        description = {
            "Prepare a PostgreSQL that was set back to an earlier moment, before the nodes start: a restored dump, or a base backup.",
            "Devices have seen numbers that it would give again; so every log goes on 1,000,000 higher, under another id, and"
                    + " devices resume on their own. Stop all nodes first. Another run does no harm."
        })
public final class AfterRestoreCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws Exception {
        ServerConfig config = settings.load();
        if (!config.database().isPostgres()) {
            throw new ConfigException(
                    "database.url is empty, and this command is for a PostgreSQL; a restored data directory does not need it");
        }
        Vertx vertx = Vertx.vertx();
        long logs;
        try {
            logs = run(vertx, config);
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        output.print(
                ReportOutput.done("vaults", logs),
                "%s: the logs of %s go on 1000000 higher, under other ids. Start the nodes now."
                        .formatted(config.database().url(), ReportOutput.count(logs, "vault")));
        return 0;
    }

    private static long run(Vertx vertx, ServerConfig config) throws Exception {
        PostgresDatabase database = PostgresDatabase.open(
                vertx, PostgresAccess.of(config.database(), config.node().nameOrHost()), 1);
        try {
            return new AfterRestore(database)
                    .run()
                    .eventually(database::close)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }
}
