package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What the administrators' pages show of the log. */
class RecentWarningsTest {
    private final RecentWarnings recent = new RecentWarnings();
    private final Logger logger = new LoggerContext().getLogger("io.verstak.server.mail.Outbox");

    @BeforeEach
    void begin() {
        recent.start();
    }

    @Test
    void warnings_and_errors_are_kept_and_all_else_is_not() {
        log(Level.INFO, "listening", 1);
        log(Level.WARN, "the mail was not sent", 2);
        log(Level.ERROR, "the disk is full", 3);

        assertThat(recent.latest())
                .containsExactly(
                        new RecentWarnings.Line(true, "Outbox", "the disk is full", 1, 3),
                        new RecentWarnings.Line(false, "Outbox", "the mail was not sent", 1, 2));
    }

    @Test
    void a_line_that_comes_again_is_counted_and_is_the_latest() {
        log(Level.WARN, "first", 1);
        log(Level.WARN, "second", 2);
        log(Level.WARN, "first", 3);

        assertThat(recent.latest())
                .extracting(RecentWarnings.Line::message, RecentWarnings.Line::times, RecentWarnings.Line::at)
                .containsExactly(tuple("first", 2L, 3L), tuple("second", 1L, 2L));
    }

    @Test
    void the_hundred_latest_stay() {
        for (int i = 0; i < 150; i++) {
            log(Level.WARN, "line " + i, i);
        }
        List<RecentWarnings.Line> latest = recent.latest();
        assertThat(latest).hasSize(100);
        assertThat(latest.get(0).message()).isEqualTo("line 149");
        assertThat(latest.get(99).message()).isEqualTo("line 50");
    }

    @Test
    void neither_a_stack_trace_nor_a_token_nor_a_control_character_is_shown() {
        LoggingEvent event = new LoggingEvent(
                "",
                logger,
                Level.WARN,
                "open /setup?token={}&next=/\nnow\u001b[31m",
                new IllegalStateException("private"),
                new Object[] {"f00d"});
        recent.doAppend(event);

        assertThat(recent.latest().get(0).message()).isEqualTo("open /setup?token=…&next=/ now [31m");
    }

    @Test
    void secrets_are_left_out_in_each_spelling() {
        log(
                Level.WARN,
                "access_token=a1b2 clientSecret: a1b2, {\"password\":\"a1b2\"} Authorization: Bearer a1b2 invite=a1b2&x=1",
                1);

        assertThat(recent.latest().get(0).message()).doesNotContain("a1b2").contains("x=1");
    }

    @Test
    void what_the_server_logs_gets_there() {
        LoggerFactory.getLogger(RecentWarningsTest.class).warn("a warning of this test");

        assertThat(Logging.recentWarnings())
                .extracting(RecentWarnings.Line::message)
                .contains("a warning of this test");
    }

    private void log(Level level, String message, long at) {
        LoggingEvent event = new LoggingEvent("", logger, level, message, null, null);
        event.setTimeStamp(at);
        recent.doAppend(event);
    }
}
