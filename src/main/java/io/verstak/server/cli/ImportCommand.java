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
                "Makes a data directory of what a Go server (verstak-sync-server) has kept in its own. Stop that server"
                        + " first, or name a copy; nothing of it is written.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:everything came over",
            "1:nothing was made: the reason stands on standard error",
            "2:bad arguments",
            "3:the directory is made, but something people would miss did not come over; the report names it"
        })
public final class ImportCommand implements Callable<Integer> {
    private static final int NOT_WHOLE = 3;

    @Option(names = "--from", paramLabel = "DIR", required = true, description = "The Go server's data directory.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path from;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            required = true,
            description = "The data directory to make; holds no server yet.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private Path data;

    @Option(names = "--dry-run", description = "Reads and checks everything, and writes nothing.")
    private boolean dryRun;

    @Option(
            names = "--link",
            description = "Shares the files of blobs instead of copying them, where the file system allows it.")
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
