package io.verstak.server.cli;

import io.verstak.server.ops.imports.GoImport;
import io.verstak.server.ops.imports.GoImport.Result;
import io.verstak.server.ops.imports.ImportProgress;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
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
            "3:the directory was created, but something of value was not imported; the report names it"
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
            description = "Data directory to create; must not hold a server yet.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path data;

    @Option(names = "--dry-run", description = "Read and check everything, but write nothing.")
    private boolean dryRun;

    @Option(
            names = "--link",
            description = "Hard-link the files of blobs instead of copying them, where the file system allows it.")
    private boolean link;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws Exception {
        ProgressBar bar = output.progressBar();
        GoImport.Request request = new GoImport.Request(from, data, dryRun, link);
        Result result;
        try {
            result = new GoImport(request, progress(bar), Clock.systemUTC(), ServeCommand::halt).run();
        } finally {
            bar.end();
        }
        ImportText text = new ImportText(request, result);
        if (output.isJson()) {
            output.json(text.forScripts());
        } else {
            output.out().println(text.forPeople());
        }
        return result.report().isWhole() ? 0 : NOT_WHOLE;
    }

    private static ImportProgress progress(ProgressBar bar) {
        return new ImportProgress() {
            @Override
            public void part(String name, long steps) {
                bar.part(name, steps);
            }

            @Override
            public void advance(long steps) {
                bar.advance(steps);
            }
        };
    }
}
