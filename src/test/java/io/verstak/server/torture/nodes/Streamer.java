package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Client;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Holds a stream of events, and opens it again when it breaks. Heads must never fall back, on whichever node. */
final class Streamer extends Client {
    private static final Pattern HEAD = Pattern.compile("event: head\nid: (\\d+)\n");
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final IntSupplier port;
    private final Scope scope;
    private final Device device;
    private final List<Wait> waits = new CopyOnWriteArrayList<>();
    private @Nullable Http stream;
    private String unread = "";
    private long head = -1;
    private long since;

    Streamer(IntSupplier port, Scope scope) {
        this.port = port;
        this.scope = scope;
        this.device = scope.device();
    }

    /** Each event ends one and begins the next. */
    List<Wait> waits() {
        return List.copyOf(waits);
    }

    @Override
    protected void step() {
        Http open = stream;
        try {
            if (open == null) {
                open();
            } else if (!open.isSilentFor(LOOK)) {
                read(open.chunk());
            }
        } catch (IOException | RuntimeException broken) {
            close();
        }
    }

    private void open() throws IOException {
        Http http = Http.connect(port.getAsInt());
        stream = http;
        since = System.nanoTime();
        if (http.open(Request.get("/api/v1/sync/events").bearer(device.token())).status() != 200) {
            close();
        }
    }

    private void read(byte[] chunk) {
        if (chunk.length == 0) {
            close();
            return;
        }
        unread += new String(chunk, StandardCharsets.UTF_8);
        for (int end = unread.indexOf("\n\n"); end >= 0; end = unread.indexOf("\n\n")) {
            Matcher told = HEAD.matcher(unread.substring(0, end));
            unread = unread.substring(end + 2);
            if (told.find()) {
                moved(Long.parseLong(told.group(1)));
            }
        }
    }

    private void moved(long next) {
        if (next < head) {
            throw new AssertionError("a stream told %s after %s".formatted(next, head));
        }
        ended();
        head = next;
        since = System.nanoTime();
        done(1);
    }

    private void ended() {
        if (head >= 0) {
            waits.add(new Wait(scope.name(), head, since, System.nanoTime()));
        }
    }

    private void close() {
        ended();
        unread = "";
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException alreadyBroken) {
            stream = null;
        }
        stream = null;
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected void end() {
        close();
        device.close();
    }
}
