package io.verstak.server.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a shipped desktop calls: one connection kept alive, gzip accepted, three tries with the same body after what may
 * pass by itself, and a look at no more than 500 bytes of a refusal.
 */
final class DesktopCalls implements AutoCloseable {
    private static final Set<Integer> WORTH_ANOTHER_TRY = Set.of(408, 429, 500, 502, 503, 504);
    private static final List<Integer> PAUSES_MILLIS = List.of(250, 500);
    private static final int ERROR_BYTES = 500;
    private static final ObjectReader ONE_VALUE = JsonMapper.builder()
            .enable(com.fasterxml.jackson.databind.DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build()
            .reader();

    private final IntSupplier port;
    private @Nullable Http connection;

    /** @param port asked for each connection: a server that was restarted may listen elsewhere */
    DesktopCalls(IntSupplier port) {
        this.port = port;
    }

    /** The answer's JSON; throws {@link Refused}, or the failure of the third try. */
    JsonNode json(Request request) {
        Answer answer = call(request.with("Accept-Encoding", "gzip"));
        requireOk(answer);
        return answer.json();
    }

    /** The answer of the last try. */
    Answer call(Request request) {
        for (int pause : PAUSES_MILLIS) {
            try {
                Answer answer = once(request);
                if (!WORTH_ANOTHER_TRY.contains(answer.status())) {
                    return answer;
                }
            } catch (IOException broken) {
                close();
            }
            pause(pause);
        }
        try {
            return once(request);
        } catch (IOException broken) {
            close();
            throw new UncheckedIOException(broken);
        }
    }

    private Answer once(Request request) throws IOException {
        Http http = connection;
        if (http == null) {
            http = Http.connect(port.getAsInt());
            connection = http;
        }
        Answer answer = http.send(request);
        if (answer.header("Connection").equalsIgnoreCase("close")) {
            close();
        }
        return answer;
    }

    static void requireOk(Answer answer) {
        if (answer.status() != 200) {
            throw new Refused(answer.status(), code(answer));
        }
    }

    private static String code(Answer answer) {
        byte[] body = answer.body();
        String text = new String(Arrays.copyOf(body, Math.min(ERROR_BYTES, body.length)), StandardCharsets.UTF_8);
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.contains("<html") || lower.contains("<!doctype")) {
            throw new AssertionError("not a Verstak server: " + text);
        }
        try {
            JsonNode error = ONE_VALUE.readTree(text);
            if (!error.isObject() || !error.path("code").isTextual()) {
                throw new AssertionError("no code in " + text);
            }
            return error.path("code").textValue();
        } catch (IOException e) {
            throw new AssertionError("the first 500 bytes are not one JSON object: " + text, e);
        }
    }

    /** The pause is the desktop's own, and part of how it behaves: nothing is waited for here. */
    private static void pause(int millis) {
        try {
            new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        connection = null;
    }
}
