package io.verstak.server.importer;

import io.verstak.server.config.ConfigLoader;
import io.verstak.server.importer.ImportReport.Count;
import io.verstak.server.importer.ImportReport.Skipped;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The report of an import, for people and for scripts. */
public final class ImportText {
    private static final int FEW = 5;

    /** Told even when there was none. */
    private static final Set<ImportedEntity> ALWAYS =
            EnumSet.range(ImportedEntity.USERS, ImportedEntity.BLOB_REFERENCES);

    private final GoImport.Request request;
    private final GoImport.Result result;
    private final ImportReport report;

    public ImportText(GoImport.Request request, GoImport.Result result) {
        this.request = request;
        this.result = result;
        this.report = result.report();
    }

    /** Returns the report as lines of text. */
    public String forPeople() {
        List<String> lines = new ArrayList<>();
        lines.add("%-22s %12s %14s %12s"
                .formatted("", "Go server", request.dryRun() ? "would import" : "imported", "skipped"));
        for (ImportedEntity what : ImportedEntity.values()) {
            Count count = report.count(what);
            if (count.found() > 0 || ALWAYS.contains(what)) {
                lines.add("%-22s %12s %14s %12s"
                        .formatted(what.plural(), count.found(), count.imported(), count.skipped()));
            }
        }
        section(
                lines,
                "Not imported, needs attention:",
                report.skipped().stream().filter(Skipped::lost).toList());
        section(
                lines,
                "Not imported, no longer needed:",
                report.skipped().stream().filter(one -> !one.lost()).toList());
        if (!report.notes().isEmpty()) {
            lines.add("");
            lines.add("Good to know:");
            report.notes().forEach(note -> lines.add("  " + note));
        }
        lines.add("");
        lines.add(end());
        return String.join(System.lineSeparator(), lines);
    }

    private String end() {
        if (request.dryRun()) {
            return "Nothing was written.";
        }
        List<String> lines = new ArrayList<>();
        result.config().ifPresent(file -> lines.add(config(file)));
        lines.add(start());
        return String.join(System.lineSeparator(), lines);
    }

    /** The launcher, which names a place for the file, puts it where the service reads it and says so. */
    private String config(Path file) {
        if (request.configOut().isPresent()) {
            return "The settings of config.yml are in %s.".formatted(file);
        }
        return request.config()
                .map(read ->
                        ("The server reads %1$s. A copy of it with the settings of config.yml is %2$s; put it in place:%n"
                                        + "  sudo install -m 0640 -o root -g verstak-server %2$s %1$s")
                                .formatted(read, file))
                .orElse("The settings of config.yml are in %s, which the server reads when no --config is given."
                        .formatted(file));
    }

    private String start() {
        if (request.config().isEmpty()) {
            return "Start with: verstak-server --data " + request.data();
        }
        Path configured = Path.of(ConfigLoader.load(request.config(), Map.of(), Map.of())
                .storage()
                .dataDir());
        return configured
                        .toAbsolutePath()
                        .normalize()
                        .equals(request.data().toAbsolutePath().normalize())
                ? "Start with: systemctl start verstak-server"
                : "%s names another data directory, %s. Set storage.dataDir to %s before you start."
                        .formatted(request.config().get(), configured, request.data());
    }

    private static void section(List<String> lines, String heading, List<Skipped> skipped) {
        if (!skipped.isEmpty()) {
            lines.add("");
            lines.add(heading);
        }
        for (Skipped one : skipped) {
            List<String> named = one.lost()
                    ? one.examples()
                    : one.examples().stream().limit(FEW).toList();
            String more = one.count() > named.size() && !named.isEmpty() ? ", …" : "";
            lines.add("  %s: %s%s"
                    .formatted(
                            one.what().count(one.count()),
                            one.reason(),
                            named.isEmpty() ? "" : " (" + String.join(", ", named) + more + ")"));
        }
    }

    /** Something that Jackson writes as JSON. */
    public Map<String, Object> forScripts() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dry_run", request.dryRun());
        json.put("whole", report.isWhole());
        json.put("source_schema", result.schema());
        Map<String, Object> counts = new LinkedHashMap<>();
        for (ImportedEntity what : ImportedEntity.values()) {
            Count count = report.count(what);
            counts.put(
                    what.key(),
                    Map.of("found", count.found(), "imported", count.imported(), "skipped", count.skipped()));
        }
        json.put("counts", counts);
        json.put(
                "skipped", report.skipped().stream().map(ImportText::forScripts).toList());
        json.put("damaged_blobs", report.damagedBlobs());
        json.put("notes", report.notes());
        json.put("config_file", result.config().map(Object::toString).orElse(""));
        return json;
    }

    private static Map<String, Object> forScripts(Skipped skipped) {
        return new TreeMap<>(Map.of(
                "what", skipped.what().key(),
                "reason", skipped.reason(),
                "count", skipped.count(),
                "examples", skipped.examples(),
                "lost", skipped.lost()));
    }
}
