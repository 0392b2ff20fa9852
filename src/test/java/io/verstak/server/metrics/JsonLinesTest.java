package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

/** The log as JSON, one object on one line. */
class JsonLinesTest {
    private final LoggerContext context = new LoggerContext();

    @Test
    void an_event_is_one_object_with_its_own_keys() throws IOException {
        LoggingEvent event = event("went {} times", null, 3);
        event.addKeyValuePair(new KeyValuePair("status", 200));
        event.addKeyValuePair(new KeyValuePair("ms", 1.5));
        event.addKeyValuePair(new KeyValuePair("path", "/a"));

        JsonNode line = line(event);

        assertThat(line.get("message").textValue()).isEqualTo("went 3 times");
        assertThat(line.get("level").textValue()).isEqualTo("INFO");
        assertThat(line.get("logger").textValue()).isEqualTo("a.b.Place");
        assertThat(Instant.parse(line.get("time").textValue())).isNotNull();
        assertThat(line.get("status").intValue()).isEqualTo(200);
        assertThat(line.get("ms").doubleValue()).isEqualTo(1.5);
        assertThat(line.get("path").textValue()).isEqualTo("/a");
    }

    @Test
    void s41_whatever_is_in_it_stays_on_its_line() throws IOException {
        JsonNode line = line(event("a\r\nb\u001b[31m\u2028\u0085c", new IllegalStateException("x\ny")));

        assertThat(line.get("message").textValue()).isEqualTo("a\r\nb\u001b[31m\u2028\u0085c");
        assertThat(line.get("error").textValue()).contains("IllegalStateException", "x\ny", "JsonLinesTest");
    }

    private LoggingEvent event(String message, @Nullable Throwable failure, Object... arguments) {
        return new LoggingEvent("fqcn", context.getLogger("a.b.Place"), Level.INFO, message, failure, arguments);
    }

    private static JsonNode line(LoggingEvent event) throws IOException {
        String text = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
        assertThat(text).endsWith("}\n").hasLineCount(1);
        assertThat(text.strip()).matches("[ -~]+");
        return new ObjectMapper().readTree(text);
    }
}
