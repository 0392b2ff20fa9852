package io.verstak.server.cli;

import io.verstak.server.backup.Backup;
import io.verstak.server.backup.Backup.Report;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.DirectoryLeases;
import io.verstak.server.storage.Leases.Lease;
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
        description = "Back up the data directory, also while the server runs, and check the copy.",
        exitCodeList = {
            "0:the backup is complete",
            "1:there is no backup; standard error says why",
            "2:wrong arguments or configuration",
            "3:there is a backup, but blobs are damaged in the data directory; they are named"
        })
public final class BackupCommand implements Callable<Integer> {
    private static final int DAMAGED = 3;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--to",
            required = true,
            paramLabel = "DIR|FILE.tar.zst",
            description =
                    "A folder, in which each backup gets a folder of its own; or one file. Outside the data directory.")
    private Path to = Path.of("");

    @Option(
            names = "--keep",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Keep the N newest backups in the folder and delete the others; 0: all (default: ${DEFAULT-VALUE}).")
    private int keep;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        if (keep < 0) {
            throw new ParameterException(spec.commandLine(), "--keep: use 0 or more");
        }
        Path root = settings.dataDirectory();
        boolean file = String.valueOf(to.getFileName()).contains(".tar");
        FolderAccess.requireWritable(
                file ? to.toAbsolutePath().resolveSibling(".").normalize() : to);
        Report report = make(DataDirectory.openReadOnly(root));
        if (output.isJson()) {
            output.json(report);
        } else {
            report.damaged().forEach(blob -> output.out().println("DAMAGED blob " + blob));
            output.out()
                    .println("%s: %s, %s, %s"
                            .formatted(
                                    report.place(),
                                    ReportOutput.count(report.operations(), "operation"),
                                    ReportOutput.count(report.blobs(), "blob"),
                                    ReportOutput.count(report.bytes(), "byte")));
        }
        return report.damaged().isEmpty() ? 0 : DAMAGED;
    }

    private Report make(DataDirectory directory) throws IOException {
        // Closing the leases releases them.
        try (DirectoryLeases leases = DirectoryLeases.open(directory.root())) {
            Lease lease = leases.take(Backup.leaseName(to)).await().orElseThrow(() -> Backup.another(to));
            return new Backup(directory, Clock.systemUTC(), lease::isHeld).make(to, keep);
        }
    }
}
