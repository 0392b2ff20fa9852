package io.verstak.server.cli;

import io.verstak.server.Engine;
import io.verstak.server.cli.output.ProgressBar;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.ObjectsConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.move.Move;
import io.verstak.server.move.MoveReport;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Moves a server's data to another database. */
@Command(
        name = "move",
        mixinStandardHelpOptions = true,
        description = {
            "Move a server's data from its data directory to a PostgreSQL, or back, as two configuration files name them.",
            "Stop the server, or all nodes, first. Everything is copied, compared, and only then the old database is given up:"
                    + " server.db becomes server.db.moved, or the PostgreSQL is marked. Devices keep their tokens and notice nothing.",
            "Stopped or killed at any point, the same command continues."
        },
        exitCodeList = {
            "0:everything was moved and is the same",
            "1:the data is where it was; standard error says why",
            "2:wrong arguments or configuration",
            "3:everything was moved, but files of blobs were damaged or missing before; they are named",
            "74:the disk lost data (fsync failed)"
        })
public final class MoveCommand implements Callable<Integer> {
    private static final int DAMAGED = 3;
    private static final long MIB = 1 << 20;

    @Option(
            names = "--config",
            paramLabel = "OLD",
            required = true,
            description =
                    "Configuration file that the server had until now. Variables of the environment are not read.")
    private Path oldFile = Path.of("");

    @Option(
            names = "--to",
            paramLabel = "NEW",
            required = true,
            description = "Configuration file that the server will have. One of both names a PostgreSQL.")
    private Path newFile = Path.of("");

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws Exception {
        ServerConfig old = load(oldFile);
        ServerConfig next = load(newFile);
        ProgressBar bar = output.progressBar();
        Vertx vertx = Vertx.vertx();
        MoveReport report;
        try {
            report = new Move(vertx, place(old), place(next), bar, Clock.systemUTC(), ServeCommand::halt).run();
        } finally {
            bar.clear();
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        output.print(json(report), text(report));
        return report.missing().isEmpty() ? 0 : DAMAGED;
    }

    private static ServerConfig load(Path file) {
        return ConfigLoader.load(Optional.of(file), Map.of(), Map.of());
    }

    private static Move.Place place(ServerConfig config) {
        Path root = Path.of(config.storage().dataDir());
        return new Move.Place(
                root,
                config.secrets().keyFile().isEmpty()
                        ? root.resolve("secret.key")
                        : Path.of(config.secrets().keyFile()),
                config.database().isPostgres()
                        ? Optional.of(PostgresAccess.of(
                                config.database(), config.node().nameOrHost()))
                        : Optional.empty(),
                bucket(config.objects()),
                (vertx, directory, database) ->
                        Engine.blobs(vertx, config, directory, database, Clock.systemUTC(), ServeCommand::halt));
    }

    /** Names the bucket; a prefix of it is as good as one of its own. */
    private static String bucket(ObjectsConfig objects) {
        return objects.isS3() ? "%s %s/%s".formatted(objects.endpoint(), objects.bucket(), objects.prefix()) : "";
    }

    private Map<String, Object> json(MoveReport report) {
        Map<String, Object> json = ReportOutput.done(
                "from", report.from(),
                "to", report.to(),
                "continued", report.continued(),
                "seconds", report.seconds(),
                "rows", report.rows(),
                "bytes", report.bytes(),
                "operations", report.operations());
        json.put("tables", report.tables());
        json.put("blobs", report.blobs());
        json.put("replaced", report.replaced());
        json.put("missing_blobs", report.missing());
        return json;
    }

    private String text(MoveReport report) {
        List<String> lines = new ArrayList<>();
        if (!report.tables().isEmpty()) {
            lines.add("%-20s %12s %16s  %s".formatted("the same in both", "rows", "bytes", "SHA-256 of all rows"));
            report.tables()
                    .forEach(table -> lines.add("%-20s %12s %16s  %s"
                            .formatted(
                                    table.name(),
                                    table.rows(),
                                    table.bytes(),
                                    table.sha256().substring(0, 16))));
        }
        report.replaced().forEach(place -> lines.add("REPLACED U+0000 by U+FFFD in " + place));
        report.missing().forEach(blob -> lines.add("MISSING blob " + blob));
        lines.add("%s moved to %s: %s, %s MiB in %s seconds."
                .formatted(
                        report.from(),
                        report.to(),
                        ReportOutput.count(report.operations(), "operation"),
                        report.bytes() / MIB,
                        Math.round(report.seconds())));
        if (report.blobs().count() > 0) {
            lines.add("%s with %s MiB copied."
                    .formatted(
                            ReportOutput.count(report.blobs().count(), "blob"),
                            report.blobs().bytes() / MIB));
        }
        lines.add("Start with: verstak-server serve --config " + newFile);
        return String.join(System.lineSeparator(), lines);
    }
}
