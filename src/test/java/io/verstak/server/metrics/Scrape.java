package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the metrics as Prometheus does. */
final class Scrape {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final Pattern LISTENING = Pattern.compile("metrics on http://127.0.0.1:(\\d+)/metrics");

    private Scrape() {}

    /** Where the server that was started last says that its metrics are. */
    static int port(ServerLog log) {
        return log.lines().stream()
                .map(LISTENING::matcher)
                .filter(Matcher::find)
                .mapToInt(found -> Integer.parseInt(found.group(1)))
                .reduce((before, last) -> last)
                .orElseThrow();
    }

    static Answer of(int port) throws IOException {
        Answer answer = Http.once(port, Request.get("/metrics"));
        assertThat(answer.status()).isEqualTo(200);
        return answer;
    }

    /** A request is counted when it is over for the server, which may be after its client has read the answer. */
    static void assertEventually(int port, Consumer<String> holds) throws IOException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            String text = of(port).text();
            try {
                holds.accept(text);
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() > end) {
                    throw notYet;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }
}
