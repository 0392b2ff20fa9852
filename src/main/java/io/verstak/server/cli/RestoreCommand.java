package io.verstak.server.cli;

import io.verstak.server.account.Tokens;
import io.verstak.server.ops.backup.Restore;
import io.verstak.server.ops.backup.Restore.Report;
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
        description = "Makes a data directory from a backup, checking every byte of it.")
public final class RestoreCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(
            names = "--from",
            required = true,
            paramLabel = "DIR|FILE.tar.zst",
            description = "A backup, or a folder of backups: then the newest.")
    private Path from = Path.of("");

    @Option(
            names = "--accept-damage",
            description =
                    "Restores the others when blobs of the backup are damaged. Desktops that have them upload them"
                            + " again when they are asked to.")
    private boolean acceptDamage;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        Path to = Path.of(settings.load().storage().dataDir());
        Tokens tokens = new Tokens(new SecureRandom());
        Report report = new Restore(Clock.systemUTC(), tokens::newLogId).run(from, to, acceptDamage);
        if (output.isJson()) {
            output.json(report);
            return 0;
        }
        var out = output.out();
        report.missing().forEach(blob -> out.println("MISSING blob " + blob));
        out.println("%s, made at %s: %s vaults with %s operations, %s blobs"
                .formatted(report.from(), report.createdAt(), report.vaults(), report.operations(), report.blobs()));
        out.println("Devices go on by themselves. What they had sent after the backup was made, they still have.");
        return 0;
    }
}
