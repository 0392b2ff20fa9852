package io.verstak.server.torture;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** A device's token and its one connection, made anew whenever it breaks. Used by one thread. */
public final class Device implements AutoCloseable {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final IntSupplier port;
    private final String id;
    private final String token;
    private @Nullable Http connection;
    private volatile String last = "nothing";

    /** @param port asked for each connection */
    public Device(IntSupplier port, String id, String token) {
        this.port = port;
        this.id = id;
        this.token = token;
    }

    public String id() {
        return id;
    }

    /** The last answer, or why there was none; any thread. */
    public String last() {
        return last;
    }

    public String token() {
        return token;
    }

    /** Whether there is a server to talk to; pauses shortly when there is none. */
    public boolean connected() {
        if (connection != null) {
            return true;
        }
        try {
            connection = Http.connect(port.getAsInt());
            return true;
        } catch (IOException | CompletionException down) {
            LockSupport.parkNanos(PAUSE_NANOS);
            return false;
        }
    }

    /** The answer, or nothing when the connection broke: then nobody knows what the request did. */
    @Nullable
    public Answer send(Request request) {
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
