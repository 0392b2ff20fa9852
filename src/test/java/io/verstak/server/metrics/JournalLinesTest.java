package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Lines with syslog priorities. */
class JournalLinesTest {
    private static final String TEXT = "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} - %msg%n%ex";

    private final LoggerContext context = new LoggerContext();

    @ParameterizedTest
    @CsvSource({"ERROR,3", "WARN,4", "INFO,6", "DEBUG,7", "TRACE,7"})
    void a_level_is_a_priority(String level, int priority) {
        assertThat(line(event(Level.valueOf(level)))).isEqualTo("<%d>Outbox - it is said\n".formatted(priority));
    }

    @Test
    void every_line_of_a_stack_trace_has_its_priority() {
        LoggingEvent event = event(Level.ERROR);
        event.setThrowableProxy(new ThrowableProxy(new IllegalStateException("first\nsecond")));

        assertThat(line(event))
                .startsWith("<3>Outbox - it is said\n<3>java.lang.IllegalStateException: first\n<3>second\n<3>\tat ")
                .doesNotContainPattern("(?m)^[^<]")
                .endsWith("\n");
    }

    private String line(LoggingEvent event) {
        JournalLines lines = new JournalLines(TEXT);
        lines.setContext(context);
        lines.start();
        return new String(lines.encode(event), StandardCharsets.UTF_8);
    }

    private LoggingEvent event(Level level) {
        LoggingEvent event = new LoggingEvent();
        event.setLoggerName("io.verstak.server.mail.Outbox");
        event.setLevel(level);
        event.setMessage("it is said");
        return event;
    }
}
