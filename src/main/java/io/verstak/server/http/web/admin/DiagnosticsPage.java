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

    private final DiagnosticReport diagnosis;
    private final Engines engines;
    private final OutgoingMail outgoing;
    private final ServerSettings settings;
    private final Clock clock;

    /** A name and its value. */
    public record Entry(String name, String value) {}

    /** The content of the page. The warnings are those of this node. */
    public record View(
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
                        entries(found.get("server")),
                        serving,
                        Logging.recentWarnings(),
                        entries(found.get("mail")),
                        entries(found.get("request")),
                        clock.millis()));
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
