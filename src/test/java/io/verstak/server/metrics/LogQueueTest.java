package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Lines between those who log and the output. */
@Timeout(120)
class LogQueueTest {
    /** More than the queue has room for, and the writer has taken before it waits for the output. */
    private static final int TOO_MANY = 20_000;

    private final LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    private final LogQueue queue = new LogQueue();
    private final List<String> written = new CopyOnWriteArrayList<>();
    private final CountDownLatch first = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final AppenderBase<ILoggingEvent> output = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            first.countDown();
            try {
                open.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            written.add(event.getFormattedMessage());
        }
    };

    @BeforeEach
    void attach() {
        output.start();
        queue.setContext(context);
        queue.addAppender(output);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 10})
    void lines_come_out_in_their_order_and_a_stop_writes_what_waits(int gatherMillis) {
        queue.setGatherMillis(gatherMillis);
        queue.start();
        open.countDown();
        List<String> lines = lines(1000);

        lines.forEach(this::log);
        queue.stop();

        assertThat(written).isEqualTo(lines);
        assertThat(output.isStarted()).isFalse();
    }

    @Test
    void a_line_is_written_without_another_after_it() throws Exception {
        queue.start();
        open.countDown();

        log("alone");

        assertThat(first.await(60, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void lines_for_an_output_that_takes_nothing_are_dropped_and_counted() {
        queue.start();
        lines(TOO_MANY).forEach(this::log);

        long dropped = queue.dropped();
        assertThat(dropped).isPositive();
        open.countDown();
        queue.stop();
        assertThat(written).hasSize((int) (TOO_MANY - dropped));
    }

    private static List<String> lines(int number) {
        return IntStream.range(0, number).mapToObj(line -> "line " + line).toList();
    }

    private void log(String line) {
        queue.doAppend(new LoggingEvent(
                LogQueueTest.class.getName(), context.getLogger("test"), Level.INFO, line, null, null));
    }
}
