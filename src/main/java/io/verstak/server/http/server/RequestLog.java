package io.verstak.server.http.server;

import io.verstak.server.http.api.TusApi;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.core.RequestRecord;
import io.verstak.server.http.guard.TransportGuard;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Follows each request from its head to the end of its answer: gives it the id that client, proxy and log share, counts it,
 * and logs one line. The line contains no query string, no header but the id, and only printable ASCII.
 */
final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger("request");
    private static final int MAX_PATH = 200;
    private static final String ID_HEADER = "X-Request-Id";

    /** Accepted ids of proxies and clients: UUIDs, hex, base64url. Nothing that could be confused in a log. */
    private static final Pattern WELL_FORMED = Pattern.compile("[A-Za-z0-9_-]{8,64}");

    private static final Set<String> PROBES = Set.of("/livez", "/readyz", "/api/v1/health");

    /** What browsers load beside pages, and what monitors ask, says nothing about how people are served. */
    private static final Set<String> BESIDE = Set.of("/static/*", "/favicon.ico", "/metrics");

    /** Their requests take as long as the connection of the client wants. */
    private static final List<String> BODIES = List.of("/api/v1/blobs", TusApi.PATH);

    private final RequestMeters meters;
    private final Counts counts;
    private final ClientAddress addresses;

    /** Hears of each request for the charts of the overview. */
    interface Counts {
        /** @param nanos below 0: the time says nothing about the server */
        void count(int status, long nanos);
    }

    RequestLog(RequestMeters meters, Counts counts, ClientAddress addresses) {
        this.meters = meters;
        this.counts = counts;
        this.addresses = addresses;
    }

    void begin(RoutingContext context) {
        String id = id(context.request().getHeader(ID_HEADER));
        RequestRecord request = RequestRecord.begin(context, id);
        context.response().putHeader(ID_HEADER, id);
        context.addEndHandler(ended -> end(context, request));
    }

    /** Returns the given id if it is well-formed, or a new one. Not a secret. */
    private static String id(@Nullable String given) {
        if (given != null && WELL_FORMED.matcher(given).matches()) {
            return given;
        }
        String hex = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "0".repeat(16 - hex.length()) + hex;
    }

    private void end(RoutingContext context, RequestRecord request) {
        HttpServerRequest asked = context.request();
        HttpServerResponse answer = context.response();
        long nanos = request.nanos();
        long sent = request.sent(answer.bytesWritten());
        String method = asked.method().name();
        meters.count(request.route(), method, answer.getStatusCode(), nanos, TransportGuard.bytesRead(asked), sent);
        if (!PROBES.contains(request.route()) && !BESIDE.contains(request.route())) {
            boolean timed =
                    answer.ended() && request.isTimed() && BODIES.stream().noneMatch(request.route()::startsWith);
            counts.count(answer.getStatusCode(), timed ? nanos : -1);
        }
        Level level = isAnsweredProbe(request.route(), answer) ? Level.DEBUG : Level.INFO;
        if (LOG.isEnabledForLevel(level)) {
            LoggingEventBuilder line = LOG.atLevel(level)
                    .addKeyValue("method", printable(method))
                    .addKeyValue("path", printable(asked.path()))
                    .addKeyValue("status", answer.getStatusCode())
                    .addKeyValue("ms", TimeUnit.NANOSECONDS.toMicros(nanos) / 1000.0)
                    .addKeyValue("in", TransportGuard.bytesRead(asked))
                    .addKeyValue("out", sent)
                    .addKeyValue(
                            "client", Request.clientAddress(context, addresses).getHostAddress())
                    .addKeyValue("id", request.id());
            if (!request.device().isEmpty()) {
                line = line.addKeyValue("device", request.device());
            }
            if (!request.user().isEmpty()) {
                line = line.addKeyValue("user", request.user());
            }
            (answer.ended() ? line : line.addKeyValue("broken", true)).log("request");
        }
    }

    /** Probes come every few seconds and would fill the log; a failed one is logged. */
    private static boolean isAnsweredProbe(String route, HttpServerResponse answer) {
        return PROBES.contains(route) && answer.getStatusCode() == HttpURLConnection.HTTP_OK && answer.ended();
    }

    /** Escapes all but printable ASCII, so that a client cannot begin a line of the log or colour a terminal. */
    static String printable(String text) {
        if (isPlain(text)) {
            return text;
        }
        StringBuilder safe = new StringBuilder();
        for (int i = 0; i < text.length() && safe.length() < MAX_PATH; i++) {
            char c = text.charAt(i);
            if (isPlain(c)) {
                safe.append(c);
            } else {
                safe.append('%').append(Integer.toHexString(c));
            }
        }
        return safe.length() < MAX_PATH ? safe.toString() : safe.append("...").toString();
    }

    private static boolean isPlain(String text) {
        boolean plain = text.length() <= MAX_PATH;
        for (int i = 0; plain && i < text.length(); i++) {
            plain = isPlain(text.charAt(i));
        }
        return plain;
    }

    private static boolean isPlain(char c) {
        return c > ' ' && c < 0x7f && c != '"';
    }
}
