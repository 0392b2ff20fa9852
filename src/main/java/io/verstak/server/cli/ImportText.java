package io.verstak.server.cli;

import io.verstak.server.ops.imports.GoImport;
import io.verstak.server.ops.imports.ImportReport;
import io.verstak.server.ops.imports.ImportReport.Count;
import io.verstak.server.ops.imports.ImportReport.Skipped;
import io.verstak.server.ops.imports.What;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The report of an import, for people and for scripts. */
final class ImportText {
    private static final int FEW = 5;

    /** Told even when there was none. */
    private static final Set<What> ALWAYS = EnumSet.range(What.USERS, What.BLOB_REFERENCES);

    private final GoImport.Request request;
    private final GoImport.Result result;
    private final ImportReport report;

    ImportText(GoImport.Request request, GoImport.Result result) {
        this.request = request;
        this.result = result;
        this.report = result.report();
    }

    String forPeople() {
        List<String> lines = new ArrayList<>();
        lines.add(
                "%-20s %12s %12s %12s".formatted("", "Go server", request.dryRun() ? "would come" : "here", "skipped"));
        for (What what : What.values()) {
            Count count = report.count(what);
            if (count.found() > 0 || ALWAYS.contains(what)) {
                lines.add("%-20s %12s %12s %12s"
                        .formatted(what.text(), count.found(), count.imported(), count.skipped()));
            }
        }
        section(
                lines,
                "Skipped, and missed by somebody:",
                report.skipped().stream().filter(Skipped::lost).toList());
        section(
                lines,
                "Skipped, and of no use any more:",
                report.skipped().stream().filter(one -> !one.lost()).toList());
        if (!report.notes().isEmpty()) {
            lines.add("");
            lines.add("To know:");
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
        String start = "verstak-server --data " + request.data();
        return result.config()
                .map(file ->
                        "Settings that have no page stand in %s, which is read when no --config is given.%nStart with: %s"
                                .formatted(file, start))
                .orElse("Start with: " + start);
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
            lines.add("  %s %s: %s%s"
                    .formatted(
                            one.count(),
                            one.what().text(),
                            one.reason(),
                            named.isEmpty() ? "" : " (" + String.join(", ", named) + more + ")"));
        }
    }

    /** Something that Jackson writes as JSON. */
    Map<String, Object> forScripts() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("dry_run", request.dryRun());
        json.put("whole", report.isWhole());
        json.put("source_schema", result.schema());
        Map<String, Object> counts = new LinkedHashMap<>();
        for (What what : What.values()) {
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
