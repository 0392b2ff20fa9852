package io.verstak.server.cli;

import io.verstak.server.Engine;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.Message;
import io.verstak.server.files.FileRemarks;
import io.verstak.server.files.FilesVerticle;
import io.verstak.server.files.OfflineFiles;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.files.export.FolderExport;
import io.verstak.server.files.export.FolderExport.Report;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.account.UserStore;
import io.verstak.server.storage.account.VaultStore;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.sqlite.DerivedDatabase;
import io.verstak.server.sync.OpLines;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a vault as plain files. Changes nothing of the server's: the index that it reads through lies in a temporary folder. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        description =
                "Write the files of a vault, as they are or as they were, into a folder, also while the server runs.",
        exitCodeList = {
            "0:all files were written",
            "1:the vault cannot be read, or the folder not written",
            "2:wrong arguments or configuration",
            "3:some files were left out, and are named"
        })
public final class ExportCommand implements Callable<Integer> {
    private static final int LEFT_OUT = 3;
    private static final int CHUNK_BYTES = 256 << 10;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--vault",
            required = true,
            paramLabel = "OWNER/ID",
            description = "The name or address of the vault's owner, a slash and the vault's id.")
    private String vault = "";

    @Option(
            names = "--at",
            paramLabel = "MOMENT",
            description = "A sequence of the log, or a time such as 2026-11-22T10:00:00Z (default: now).")
    private String at = "";

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR",
            description = "A folder that is empty, or not there yet.")
    private Path to = Path.of("");

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {

        requireName(spec, vault);
        long time = at.isEmpty() || at.matches("[0-9]{1,18}") ? 0 : time();
        ServerConfig config = settings.load();
        requireEmpty();
        Path temporary = Files.createTempDirectory("verstak-export");
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.openShared(
                Path.of(config.storage().dataDir()), !config.database().isPostgres())) {
            Report report = export(config, vertx, directory, temporary, time);
            output.print(report, text(report));
            report.leftOut().forEach(path -> output.err().println("LEFT OUT " + FileRemarks.line(path)));
            return report.leftOut().isEmpty() ? 0 : LEFT_OUT;
        } finally {
            vertx.close().await();
            delete(temporary);
        }
    }

    private Report export(ServerConfig config, Vertx vertx, DataDirectory directory, Path temporary, long time) {
        Clock clock = Clock.systemUTC();
        Engine engine = Engine.open(vertx, config, directory, 2, ServeCommand::halt, UpgradeProgress.unwatched());
        Database database = engine.database();
        Database index = DerivedDatabase.open(
                vertx,
                temporary.resolve(FilesVerticle.FILE),
                FilesVerticle.SCHEMA,
                FilesVerticle.SCHEMA_VERSION,
                2,
                ServeCommand::halt);
        try (OpLog log = engine.log().open(1, clock, Duration.ZERO)) {
            Scope scope = find(database, spec, vault).await();
            OfflineFiles files = new OfflineFiles(vertx, database, index, new Lines(vertx, log), clock);
            FolderExport export = new FolderExport(
                    files,
                    Engine.blobs(vertx, config, directory, database, clock, ServeCommand::halt)
                            .await(),
                    scope,
                    found -> moment(found, scope, time),
                    to);
            return vertx.deployVerticle(export, FilesVerticle.OPTIONS)
                    .compose(deployed -> export.report())
                    .await();
        } finally {
            index.close().compose(closed -> database.close()).await();
        }
    }

    /** Reads the log on threads for blocking work. */
    private record Lines(Vertx vertx, OpLog log) implements OpLines {
        @Override
        public Future<ExportChunk> lines(Scope scope, long cursor) {
            return vertx.executeBlocking(() -> log.lines(scope.id(), cursor, CHUNK_BYTES), false);
        }

        @Override
        public Future<ExportChunk> line(Scope scope, long cursor) {
            return vertx.executeBlocking(() -> log.lines(scope.id(), cursor, 1), false);
        }
    }

    private static void requireName(CommandSpec spec, String vault) {
        int slash = vault.indexOf('/');
        if (slash <= 0 || slash == vault.length() - 1) {
            throw new ParameterException(spec.commandLine(), "--vault: use OWNER/ID");
        }
    }

    /** Returns the vault that a flag names by its owner and its id, which may have slashes. */
    static Future<Scope> find(Database database, CommandSpec spec, String vault) {
        requireName(spec, vault);
        int slash = vault.indexOf('/');
        return new UserStore(database)
                .findByLogin(vault.substring(0, slash))
                .compose(owner -> owner.isEmpty()
                        ? Message.NAME_OR_ADDRESS_NOT_FOUND.<Scope>refuse()
                        : scope(database, owner.get().id(), vault.substring(slash + 1)));
    }

    private static Future<Scope> scope(Database database, String ownerId, String vaultId) {
        return new VaultStore(database)
                .vault(ownerId, vaultId)
                .compose(found -> found.map(
                                vault -> Future.succeededFuture(new Scope(vault.scopeId(), ownerId, vaultId)))
                        .orElseGet(() -> Message.VAULT_NOT_FOUND.refuse()));
    }

    private Future<Long> moment(VaultFiles files, Scope scope, long time) {
        if (at.isEmpty()) {
            return Future.succeededFuture(VaultFiles.HEAD);
        }
        return time > 0 ? files.momentAt(scope, time) : Future.succeededFuture(Long.parseLong(at));
    }

    private long time() {
        try {
            return OffsetDateTime.parse(at).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException none) {
            throw new ParameterException(
                    spec.commandLine(), "--at: use a sequence, or a time such as 2026-11-22T10:00:00Z");
        }
    }

    /** Makes the folder if it is not there, and then for nobody else: what is in it is private to the vault's members. */
    private void requireEmpty() throws IOException {
        Files.createDirectories(to, DataDirectory.folderPermissions());
        try (Stream<Path> content = Files.list(to)) {
            if (content.findAny().isPresent()) {
                throw new ParameterException(spec.commandLine(), "--to: the folder is not empty: " + to);
            }
        }
    }

    private static String text(Report report) {
        return "%s in %s, %s, as they were after change %s%s"
                .formatted(
                        ReportOutput.count(report.files(), "file"),
                        ReportOutput.count(report.folders(), "folder"),
                        ReportOutput.count(report.bytes(), "byte"),
                        report.moment(),
                        report.leftOut().isEmpty()
                                ? "."
                                : "; " + ReportOutput.count(report.leftOut().size(), "file") + " left out.");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> content = Files.list(folder)) {
            for (Path file : content.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
