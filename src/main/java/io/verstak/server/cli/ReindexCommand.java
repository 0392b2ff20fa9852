package io.verstak.server.cli;

import io.verstak.server.Engine;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Scope;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.files.FileIndexStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Deletes indexes of vaults' files. The server makes them again: when somebody looks at a vault, and else in its own time. */
@Command(
        name = "reindex",
        mixinStandardHelpOptions = true,
        description =
                "Let the server make the index of vaults' files again, also while it runs. Nothing else is changed.")
public final class ReindexCommand implements Callable<Integer> {
    private static final int PAGE = 1_000;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--vault",
            paramLabel = "OWNER/ID",
            description = "Only this one: the name or address of its owner, a slash and its id (default: all vaults).")
    private String vault = "";

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        ServerConfig config = settings.load();
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.openShared(
                Path.of(config.storage().dataDir()), !config.database().isPostgres())) {
            Engine engine = Engine.open(vertx, config, directory, 1, ServeCommand::halt, UpgradeProgress.unwatched());
            Database index = engine.filesIndex(vertx, directory, 1, ServeCommand::halt);
            try {
                FileIndexStore store = new FileIndexStore(index);
                long deleted = vault.isEmpty()
                        ? all(store, 0, 0).await()
                        : ExportCommand.find(engine.database(), spec, vault)
                                .map(Scope::id)
                                .compose(scopeId -> delete(store, List.of(scopeId)))
                                .await();
                output.print(
                        ReportOutput.done("indexes", deleted),
                        "The index of %s is made again.".formatted(ReportOutput.count(deleted, "vault")));
                return 0;
            } finally {
                index.close()
                        .compose(closed -> engine.database() == index
                                ? Future.<Void>succeededFuture()
                                : engine.database().close())
                        .await();
            }
        } finally {
            vertx.close().await();
        }
    }

    private static Future<Long> all(FileIndexStore store, long after, long before) {
        return store.scopesAfter(after, PAGE)
                .compose(found -> delete(store, found)
                        .compose(deleted -> found.size() < PAGE
                                ? Future.succeededFuture(before + deleted)
                                : all(store, found.get(PAGE - 1), before + deleted)));
    }

    /** Returns how many of the vaults had an index. */
    private static Future<Long> delete(FileIndexStore store, List<Long> scopeIds) {
        Future<Long> done = Future.succeededFuture(0L);
        for (long scopeId : scopeIds) {
            done = done.compose(before -> store.cursor(scopeId)
                    .compose(cursor -> cursor.map(store::delete)
                            .orElseGet(Future::succeededFuture)
                            .map(deleted -> cursor.isPresent() ? before + 1 : before)));
        }
        return done;
    }
}
