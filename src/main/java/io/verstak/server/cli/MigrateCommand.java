package io.verstak.server.cli;

import io.verstak.server.Engine;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ServerConfig;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Upgrades the schema of a PostgreSQL before the nodes of a new release start. */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        description = {
            "Upgrade the schema of the PostgreSQL that database.url names to that of this release. Nodes of the release before may run"
                    + " meanwhile.",
            "A start does the same unless database.migrations is manual."
        })
public final class MigrateCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        ServerConfig config = settings.load();
        if (!config.database().isPostgres()) {
            throw new ConfigException(
                    "migrate is for a PostgreSQL, and database.url is empty: the server upgrades server.db itself when it starts");
        }
        Vertx vertx = Vertx.vertx();
        try {
            int schema = Engine.migrate(vertx, config);
            output.print(
                    ReportOutput.done("schema", schema),
                    "the database can be used by this release, which knows schema " + schema);
            return 0;
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
