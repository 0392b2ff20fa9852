package io.verstak.server.http.web.admin;

import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.domain.MailView;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.core.Json;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.DiagnosticReport;
import io.verstak.server.metrics.Engines;
import io.verstak.server.metrics.Logging;
import io.verstak.server.metrics.RecentWarnings;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the server knows of itself, its mail and its proxy; also as a file for support. */
public final class DiagnosticsPage {
    private static final List<String> PROXY_HEADERS = List.of(
            "Host",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host",
            "Forwarded",
            "Via",
            "Origin",
            "Accept-Encoding");

    private static final double MOST_SKEW_SECONDS = 5;

    private final DiagnosticReport diagnosis;
    private final Engines engines;
    private final OutgoingMail outgoing;
    private final ServerSettings settings;
    private final Clock clock;

    /** A name and its value. */
    public record Entry(String name, String value) {}

    /**
     * Something that was looked at.
     *
     * @param name of its texts
     * @param state ok, warn or bad
     * @param value what the text names; empty: nothing
     */
    public record Check(String name, String state, String value) {}

    /** The content of the page. The warnings are those of this node. */
    public record View(
            List<Check> checks,
            List<Entry> server,
            Engines.View engines,
            List<RecentWarnings.Line> warnings,
            List<Entry> mail,
            List<Entry> request,
            long now) {}

    public DiagnosticsPage(
            DiagnosticReport diagnosis, Engines engines, OutgoingMail outgoing, ServerSettings settings, Clock clock) {
        this.diagnosis = diagnosis;
        this.engines = engines;
        this.outgoing = outgoing;
        this.settings = settings;
        this.clock = clock;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return Future.all(found(request(call)), engines.look()).map(all -> page(all.resultAt(0), all.resultAt(1)));
    }

    private Reply page(Map<String, Map<String, @Nullable Object>> found, Engines.View serving) {
        return Reply.page(
                "admin/diagnostics",
                new View(
                        checks(
                                found.getOrDefault("server", Map.of()),
                                found.getOrDefault("mail", Map.of()),
                                found.getOrDefault("request", Map.of())),
                        entries(found.get("server")),
                        serving,
                        Logging.recentWarnings(),
                        entries(found.get("mail")),
                        entries(found.get("request")),
                        clock.millis()));
    }

    /** Judges what was found. What is not known is left out. */
    private List<Check> checks(
            Map<String, @Nullable Object> server,
            Map<String, @Nullable Object> mail,
            Map<String, @Nullable Object> request) {
        List<Check> checks = new ArrayList<>();
        boolean database = is(true, server.get("database_reachable")) && is(false, server.get("database_damaged"));
        checks.add(new Check("database", database ? "ok" : "bad", ""));
        checks.add(new Check("files", is(true, server.get("blob_storage_writable")) ? "ok" : "bad", ""));
        if (server.get("damaged_blobs") instanceof Long damaged && damaged > 0) {
            checks.add(new Check("damaged", "bad", Long.toString(damaged)));
        }
        if (server.get("disk_free_bytes") instanceof Long free
                && server.get("disk_total_bytes") instanceof Long total) {
            checks.add(new Check("disk", OverviewPage.isLittle(free, total) ? "warn" : "ok", Long.toString(free)));
        }
        if (server.get("clock_skew_seconds") instanceof Double skew) {
            checks.add(new Check("skew", Math.abs(skew) < MOST_SKEW_SECONDS ? "ok" : "warn", Double.toString(skew)));
        }
        String url = settings.now().http().publicUrl();
        checks.add(new Check("address", url.isEmpty() ? "warn" : "ok", url));
        boolean https = url.startsWith("https://") || "https".equals(request.get("X-Forwarded-Proto"));
        checks.add(new Check("https", https ? "ok" : "warn", ""));
        if (request.containsKey("X-Forwarded-For")) {
            String from = Objects.toString(request.get("connection_from"), "");
            boolean trusted = !from.equals(request.get("client_address"));
            checks.add(new Check("proxy", trusted ? "ok" : "warn", from));
        }
        boolean failed = server.get("failed_mails") instanceof Long mails && mails > 0;
        checks.add(new Check(
                failed ? "mail-failed" : "mail", failed || !is(true, mail.get("configured")) ? "warn" : "ok", ""));
        return checks;
    }

    private static boolean is(boolean wanted, @Nullable Object found) {
        return Boolean.valueOf(wanted).equals(found);
    }

    /** The same as JSON, to be kept. */
    public Future<Void> json(Request call, SessionIdentity administrator) {
        return found(request(call)).compose(found -> {
            call.download("application/json", "diagnostics.json");
            Gzip.end(call.context(), Json.write(found));
            return Future.succeededFuture();
        });
    }

    private Future<Map<String, Map<String, @Nullable Object>>> found(Map<String, @Nullable Object> request) {
        return diagnosis
                .run()
                .compose(server -> mail().map(mail -> {
                    Map<String, Map<String, @Nullable Object>> all = new LinkedHashMap<>();
                    all.put("server", server);
                    all.put("mail", mail);
                    all.put("request", request);
                    return all;
                }));
    }

    /** Empty if the settings cannot be read. */
    private Future<Map<String, @Nullable Object>> mail() {
        return outgoing.mail().map(this::mail).otherwise(Map.of());
    }

    private Map<String, @Nullable Object> mail(MailView mail) {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        found.put("configured", !mail.host().isEmpty());
        found.put("port", mail.port());
        found.put("security", mail.security());
        found.put("login", !mail.user().isEmpty());
        found.put("set_on_page", mail.stored());
        found.put("public_address_set", !settings.now().http().publicUrl().isEmpty());
        return found;
    }

    private Map<String, @Nullable Object> request(Request call) {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        found.put("connection_from", call.connectionAddress());
        found.put("client_address", call.clientAddress().getHostAddress());
        found.put("trusted_proxies", settings.now().http().trustedProxies().size());
        found.putAll(headers(call::header));
        return found;
    }

    private static Map<String, @Nullable Object> headers(Function<String, @Nullable String> of) {
        Map<String, @Nullable Object> found = new LinkedHashMap<>();
        for (String name : PROXY_HEADERS) {
            String value = of.apply(name);
            if (value != null) {
                found.put(name, value);
            }
        }
        return found;
    }

    private static List<Entry> entries(@Nullable Map<String, @Nullable Object> found) {
        return found == null
                ? List.of()
                : found.entrySet().stream()
                        .filter(entry -> !entry.getKey().equals(DiagnosticReport.NODES))
                        .map(entry -> new Entry(entry.getKey(), Objects.toString(entry.getValue(), "?")))
                        .toList();
    }
}
