package io.verstak.server.cli;

import io.verstak.server.backup.Verification;
import io.verstak.server.backup.Verification.Damage;
import io.verstak.server.backup.Verification.Report;
import io.verstak.server.backup.Verification.Watcher;
import io.verstak.server.cli.output.ProgressBar;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Looks for damage in a data directory. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description = "Check the database, every operation log and the file of each blob, also while the server runs.",
        exitCodeList = {
            "0:nothing is damaged",
            "1:the directory cannot be checked",
            "2:wrong arguments or configuration",
            "3:damage was found"
        })
public final class VerifyCommand implements Callable<Integer> {
    private static final int DAMAGED = 3;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(names = "--deep", description = "Read every blob and compare its SHA-256, not only its size.")
    private boolean deep;

    @Option(
            names = "--repair",
            description =
                    "Move damaged blobs to blobs/quarantine, so that the next upload of the same bytes repairs them,"
                            + " and rebuild a damaged index of a whole log. The server must be stopped.")
    private boolean repair;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws IOException {
        Path root = settings.dataDirectory();
        // Without a database nothing is made: a mistyped path is not to become a data directory.
        DataDirectory readOnly = DataDirectory.openReadOnly(root);
        if (!repair) {
            return verify(
                    readOnly, readOnly.isInUse() ? "A server is running on this directory; checking beside it." : "");
        }
        try (DataDirectory owned = DataDirectory.open(root)) {
            return verify(owned, "");
        }
    }

    private int verify(DataDirectory directory, String remark) throws IOException {
        if (!remark.isEmpty()) {
            output.err().println(remark);
        }
        ProgressBar bar = output.progressBar();
        Report report = new Verification(directory, deep, new BarWatcher(bar, damage -> {
                    if (!output.isJson()) {
                        output.out().println("DAMAGED " + damage.kind() + ": " + damage.text());
                    }
                }))
                .run(repair);
        bar.clear();
        output.print(report, text(report));
        return report.clean() ? 0 : DAMAGED;
    }

    private String text(Report report) {
        String what = "%s, %s%s"
                .formatted(
                        ReportOutput.count(report.operations(), "operation"),
                        ReportOutput.count(report.blobs(), "blob"),
                        deep ? " (%s read)".formatted(ReportOutput.count(report.bytes(), "byte")) : "");
        if (report.clean()) {
            return "Nothing is damaged: " + what + "." + (deep ? "" : " Add --deep to check the bytes of blobs, too.");
        }
        return "%s damaged; checked %s.%s".formatted(report.damageCount(), what, repair ? repaired(report) : "");
    }

    private static String repaired(Report report) {
        return " %s quarantined.".formatted(ReportOutput.count(report.quarantined(), "blob"))
                + (report.rebuilt() == 0
                        ? ""
                        : " The index of %s was rebuilt.".formatted(ReportOutput.count(report.rebuilt(), "vault")));
    }

    /** Shows how a verification proceeds: a bar for a person, a line for each damage. */
    private record BarWatcher(ProgressBar bar, Consumer<Damage> damages) implements Watcher {
        @Override
        public void part(String name, long steps) {
            bar.part(name, steps);
        }

        @Override
        public void advance(long steps) {
            bar.advance(steps);
        }

        @Override
        public void damage(Damage damage) {
            bar.clear();
            damages.accept(damage);
        }
    }
}
