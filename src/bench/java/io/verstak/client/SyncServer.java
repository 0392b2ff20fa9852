package io.verstak.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Calls a server. Temporary failures are retried with the same body. Safe for any thread; calls block, and end with an
 * {@link InterruptedIOException} when their thread is interrupted.
 */
public final class SyncServer {
    /** Longer than a server holds a waiting pull. */
    private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

    private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(408, 429, 500, 502, 503, 504);
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMillis(250), Duration.ofMillis(500), Duration.ofSeconds(1), Duration.ofSeconds(2));
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final JsonMapper JSON = new JsonMapper();

    private final Supplier<URI> base;
    private final HttpClient http;

    /**
     * @param base the address, with or without a path; requested for each call, since a restarted server may have
     *     another one
     */
    public SyncServer(Supplier<URI> base) {
        this.base = base;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    /** Pairs a device with one of the user's vaults. */
    public PairedDevice pair(String login, String password, String deviceName, String vaultId) throws IOException {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("login", login)
                .put("password", password)
                .put("device_name", deviceName)
                .put("client_version", "verstak-client 1")
                .put("vault_id", vaultId);
        JsonNode paired = json(request("/api/client/pair").POST(BodyPublishers.ofString(body.toString())));
        return new PairedDevice(
                paired.required("user_id").textValue(),
                paired.required("device_id").textValue(),
                paired.required("device_token").textValue());
    }

    /** Revokes the device. */
    public void revoke(PairedDevice device) throws IOException {
        json(request("/api/client/revoke-current", device).POST(BodyPublishers.noBody()));
    }

    JsonNode call(PairedDevice device, String path, ObjectNode body) throws IOException {
        return json(request(path, device)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString())));
    }

    HttpRequest.Builder request(String path, PairedDevice device) {
        return request(path).header("Authorization", "Bearer " + device.token());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base.get().toString().replaceAll("/+$", "") + path));
    }

    private JsonNode json(HttpRequest.Builder request) throws IOException {
        HttpResponse<byte[]> answer = trying(request.timeout(CALL_TIMEOUT), BodyHandlers.ofByteArray());
        return parse(answer.body());
    }

    static JsonNode parse(byte[] body) throws IOException {
        try {
            return JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new IOException("the answer is not JSON; is it a verstak-server?", e);
        }
    }

    /**
     * Returns the answer to a repeatable request. Throws {@link RefusedException}, or the reason why the last try
     * failed.
     */
    <T> HttpResponse<T> trying(HttpRequest.Builder request, BodyHandler<T> handler) throws IOException {
        for (Duration pause : PAUSES) {
            try {
                HttpResponse<T> answer = once(request.build(), handler);
                if (!WORTH_ANOTHER_TRY.contains(answer.statusCode())) {
                    return requireGood(answer);
                }
                discard(answer);
                pause(asked(answer, pause));
            } catch (InterruptedIOException | RefusedException lasting) {
                throw lasting;
            } catch (IOException broken) {
                pause(pause);
            }
        }
        return requireGood(once(request.build(), handler));
    }

    <T> HttpResponse<T> once(HttpRequest request, BodyHandler<T> handler) throws IOException {
        try {
            return http.send(request, handler);
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    static <T> HttpResponse<T> requireGood(HttpResponse<T> answer) throws IOException {
        if (answer.statusCode() / 100 == 2) {
            return answer;
        }
        String code = "";
        if (answer.body() instanceof byte[] body) {
            code = code(body);
        }
        discard(answer);
        throw new RefusedException(answer.statusCode(), code);
    }

    /** Returns the stable code of a refusal; empty if something other than a verstak-server answered. */
    private static String code(byte[] body) {
        try {
            return JSON.readTree(body).path("code").asText();
        } catch (IOException noJson) {
            return "";
        }
    }

    /** Releases the connection of an unread answer. */
    private static void discard(HttpResponse<?> answer) throws IOException {
        if (answer.body() instanceof InputStream body) {
            body.close();
        }
    }

    /** Returns the delay requested by the server, within limits. */
    private static Duration asked(HttpResponse<?> answer, Duration pause) {
        Duration asked = Duration.ofSeconds(answer.headers()
                .firstValue("Retry-After")
                .filter(seconds -> seconds.matches("\\d{1,6}"))
                .map(Long::parseLong)
                .orElse(0L));
        Duration longer = asked.compareTo(pause) > 0 ? asked : pause;
        return longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
    }

    static void pause(Duration time) throws InterruptedIOException {
        try {
            // The latch is never opened: only an interrupt ends the pause early.
            if (new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new IllegalStateException("nobody opens it");
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
    }

    private static InterruptedIOException interrupted() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("interrupted");
    }
}
