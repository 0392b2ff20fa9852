package io.verstak.server.torture;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** A device's token and its one connection, made anew whenever it breaks. Used by one thread. */
final class Device implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final PackagedServer server;
    private final String id;
    private final String token;
    private @Nullable Http connection;
    private volatile String last = "nothing";

    Device(PackagedServer server, String id, String token) {
        this.server = server;
        this.id = id;
        this.token = token;
    }

    String id() {
        return id;
    }

    /** The last answer, or why there was none; any thread. */
    String last() {
        return last;
    }

    String token() {
        return token;
    }

    /** Whether there is a server to talk to; pauses shortly when there is none. */
    boolean connected() {
        if (connection != null) {
            return true;
        }
        try {
            connection = Http.connect(server.port());
            return true;
        } catch (IOException | CompletionException down) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return false;
        }
    }

    /** The answer, or nothing when the connection broke: then nobody knows what the request did. */
    @Nullable
    Answer send(Request request) {
        Http http = connection;
        if (http == null) {
            return null;
        }
        try {
            Answer answer = http.send(request.bearer(token));
            last = answer.status() == 200 ? "200" : answer.toString();
            if (answer.header("Connection").equalsIgnoreCase("close")) {
                close();
            }
            return answer;
        } catch (IOException | RuntimeException broken) {
            last = broken.toString();
            close();
            return null;
        }
    }

    @Override
    public void close() {
        try {
            if (connection != null) {
                connection.close();
            }
        } catch (IOException alreadyBroken) {
            connection = null;
        }
        connection = null;
    }
}
