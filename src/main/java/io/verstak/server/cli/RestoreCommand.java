package io.verstak.server.cli;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.backup.Restore;
import io.verstak.server.backup.Restore.Report;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.LoadedConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes a data directory from a backup. */
@Command(
        name = "restore",
        mixinStandardHelpOptions = true,
        description =
                "Create a data directory, which --data or storage.dataDir must name, from a backup and check every byte of"
                        + " it.")
public final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "DIR|FILE.tar.zst",
            description = "A backup, or a folder of backups, of which the newest is taken.")
    private Path from = Path.of("");

    @Option(
            names = "--accept-damage",
            description =
                    "Restore the rest if blobs of the backup are damaged. Desktops that still have them upload them again.")
    private boolean acceptDamage;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        LoadedConfig loaded = settings.explain();
        if ("default".equals(loaded.sources().get("storage.dataDir"))) {
            throw new ConfigException("restore needs --data DIR (or storage.dataDir): the directory to create");
        }
        Path to = Path.of(loaded.config().storage().dataDir());
        FolderAccess.requireWritable(to);
        Tokens tokens = new Tokens(new SecureRandom());
        Report report = new Restore(Clock.systemUTC(), tokens::newLogId).run(from, to, acceptDamage);
        if (output.isJson()) {
            output.json(report);
            return 0;
        }
        var out = output.out();
        report.missing().forEach(blob -> out.println("MISSING blob " + blob));
        out.println("%s of %s: restored %s with %s and %s"
                .formatted(
                        report.from(),
                        report.createdAt(),
                        ReportOutput.count(report.vaults(), "vault"),
                        ReportOutput.count(report.operations(), "operation"),
                        ReportOutput.count(report.blobs(), "blob")));
        out.println("Devices resume on their own. They still have what they sent after the backup was made.");
        return 0;
    }
}
