package io.verstak.server.cli;

import io.verstak.server.cli.output.ProgressBar;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.importer.GoImport;
import io.verstak.server.importer.GoImport.Result;
import io.verstak.server.importer.ImportText;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Takes over from the Go server. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        description =
                "Import the data directory of a Go server (verstak-sync-server). Stop that server first or use a copy;"
                        + " the source is never modified.",
        exitCodeList = {
            "0:everything was imported",
            "1:nothing was created; standard error says why",
            "2:wrong arguments",
            "3:the directory was created, but something of value was not imported; the report names it",
            "74:the disk lost data (fsync failed)"
        })
public final class ImportCommand implements Callable<Integer> {
    private static final int NOT_WHOLE = 3;

    @Option(names = "--from", paramLabel = "DIR", required = true, description = "Data directory of the Go server.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path from;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "Data directory to create; must not hold a server that was used.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path data;

    @Option(names = "--dry-run", description = "Read and check everything, but write nothing.")
    private boolean dryRun;

    @Option(
            names = "--link",
            description = "Hard-link the files of blobs instead of copying them, where the file system allows it.")
    private boolean link;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description =
                    "Configuration file that the server reads (default: VERSTAK_CONFIG); imported settings are added to"
                            + " a copy of it.")
    private @Nullable Path config;

    @Option(
            names = "--config-out",
            paramLabel = "FILE",
            description = "Where to write that copy (default: verstak-server.json in the data directory).")
    private @Nullable Path configOut;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws Exception {
        ProgressBar bar = output.progressBar();
        GoImport.Request request = new GoImport.Request(
                from,
                data,
                dryRun,
                link,
                Optional.ofNullable(config).or(() -> ConfigLoader.namedBy(System.getenv())),
                Optional.ofNullable(configOut));
        Result result;
        try {
            result = new GoImport(request, bar, Clock.systemUTC(), ServeCommand::halt).run();
        } finally {
            bar.clear();
        }
        ImportText text = new ImportText(request, result);
        output.print(text.forScripts(), text.forPeople());
        return result.report().isWhole() ? 0 : NOT_WHOLE;
    }
}
