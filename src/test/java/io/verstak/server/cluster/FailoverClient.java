package io.verstak.server.cluster;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.net.ConnectException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A client that goes to the next node when its own refuses the connection, ends it after an answer, or says 503 with {@code Retry-After}.
 * Anything else that is not 200 fails the test. Used by one thread.
 */
final class FailoverClient implements AutoCloseable {
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final List<Integer> ports;
    private int at;
    private int refusals;
    private @Nullable Http connection;

    /** @param ports of the nodes, in the order in which they are asked */
    FailoverClient(int... ports) {
        this.ports = Arrays.stream(ports).boxed().toList();
    }

    /** Returns the port of the node that answered last, or will be asked next. */
    int port() {
        return ports.get(at);
    }

    /** Returns the number of answers 503. */
    int refusals() {
        return refusals;
    }

    /** Returns the answer 200 of some node. */
    Answer send(Request request) throws IOException {
        long until = System.nanoTime() + PATIENCE_NANOS;
        while (System.nanoTime() < until) {
            Http http = connected();
            if (http == null) {
                next();
                continue;
            }
            Answer answer = http.send(request);
            int asked = port();
            if (answer.status() == 503 && !answer.header("Retry-After").isEmpty()) {
                refusals++;
                next();
                continue;
            }
            if (answer.status() != 200) {
                throw new AssertionError("port " + asked + ": " + request.path() + ": " + answer);
            }
            if (answer.header("Connection").equalsIgnoreCase("close")) {
                next();
            }
            return answer;
        }
        throw new AssertionError("no node serves");
    }

    private @Nullable Http connected() throws IOException {
        Http http = connection;
        if (http == null) {
            try {
                http = Http.connect(port());
            } catch (ConnectException nobody) {
                return null;
            }
            connection = http;
        }
        return http;
    }

    private void next() throws IOException {
        close();
        at = (at + 1) % ports.size();
    }

    @Override
    public void close() throws IOException {
        if (connection != null) {
            connection.close();
        }
        connection = null;
    }
}
