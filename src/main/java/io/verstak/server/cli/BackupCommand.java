package io.verstak.server.cli;

import io.verstak.server.ops.backup.Backup;
import io.verstak.server.ops.backup.Backup.Report;
import io.verstak.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Copies a data directory. */
@Command(
        name = "backup",
        mixinStandardHelpOptions = true,
        description = "Copies the data directory, also while the server runs, and checks the copy.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:there is a backup",
            "1:there is none",
            "2:wrong arguments",
            "3:there is one, but blobs are damaged in the data directory"
        })
public final class BackupCommand implements Callable<Integer> {
    private static final int DAMAGED = 3;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR|FILE.tar.zst",
            description = "A folder of backups, in which this one gets a folder of its own; or one file.")
    private Path to = Path.of("");

    @Option(
            names = "--keep",
            paramLabel = "N",
            description = "Keeps the N newest in the folder and deletes the others; 0: keeps all.")
    private int keep;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        if (keep < 0) {
            throw new ParameterException(spec.commandLine(), "--keep: must not be negative");
        }
        Path root = Path.of(settings.load().storage().dataDir());
        Report report = new Backup(DataDirectory.openReadOnly(root), Clock.systemUTC(), () -> true).make(to, keep);
        if (output.isJson()) {
            output.json(report);
        } else {
            report.damaged().forEach(blob -> output.out().println("DAMAGED blob " + blob));
            output.out()
                    .println("%s: %s operations, %s blobs with %s bytes"
                            .formatted(report.place(), report.operations(), report.blobs(), report.bytes()));
        }
        return report.damaged().isEmpty() ? 0 : DAMAGED;
    }
}
