package io.verstak.server.protocol;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.time.Duration;

/** A waiting pull that has been sent, on a connection of its own. */
record SentPull(Http http, long at) implements AutoCloseable {
    /** Long enough to see that a pull does wait. */
    static final Duration A_WHILE = Duration.ofMillis(300);

    /** Within this an answer is prompt; a wait that only ran out takes longer. */
    static final Duration PROMPT = Duration.ofSeconds(20);

    static SentPull of(TestServer server, String token, long since, long seconds) throws IOException {
        Http http = Http.connect(server.port());
        // Before it is sent: the server's time may begin before this thread is back from sending.
        long at = System.nanoTime();
        http.write(request(token, since, seconds).bytes());
        return new SentPull(http, at);
    }

    static Request request(String token, long since, long seconds) {
        return Request.post(Sync.PULL, "{\"since_sequence\":%d,\"wait_seconds\":%d}".formatted(since, seconds))
                .bearer(token);
    }

    boolean isWaiting() throws IOException {
        return http.isSilentFor(A_WHILE);
    }

    Duration since() {
        return Duration.ofNanos(System.nanoTime() - at);
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
