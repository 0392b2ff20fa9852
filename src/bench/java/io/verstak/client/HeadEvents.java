package io.verstak.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * Listens to a server's events in its own thread, and reconnects after the delay named by the server when the stream
 * ends or breaks. Stops when the device is refused.
 */
public final class HeadEvents implements AutoCloseable {
    private static final String ID = "id:";
    private static final String RETRY = "retry:";
    private static final Duration FIRST_RETRY = Duration.ofSeconds(1);

    private final SyncServer server;
    private final PairedDevice device;
    private final LongConsumer listener;
    private final Thread thread;
    private String lastId = "";
    private Duration retry = FIRST_RETRY;
    private volatile boolean closed;

    private HeadEvents(SyncServer server, PairedDevice device, LongConsumer listener) {
        this.server = server;
        this.device = device;
        this.listener = listener;
        this.thread = new Thread(this::run, "head-events");
        thread.setDaemon(true);
    }

    /** @param listener receives each head on the listening thread; the same head may be reported again */
    public static HeadEvents listen(SyncServer server, PairedDevice device, LongConsumer listener) {
        HeadEvents events = new HeadEvents(server, device, listener);
        events.thread.start();
        return events;
    }

    private void run() {
        while (!closed) {
            try {
                read();
            } catch (RefusedException refused) {
                if (refused.status() == 401 || refused.status() == 403) {
                    return;
                }
            } catch (IOException | UncheckedIOException broken) {
                // Reconnects below, as after a stream that has ended normally.
            }
            try {
                SyncServer.pause(retry);
            } catch (IOException interrupted) {
                return;
            }
        }
    }

    private void read() throws IOException {
        HttpRequest.Builder request =
                server.request("/api/v1/sync/events", device).GET();
        if (!lastId.isEmpty()) {
            request.header("Last-Event-ID", lastId);
        }
        HttpResponse<Stream<String>> answer = server.once(request.build(), BodyHandlers.ofLines());
        try (Stream<String> lines = SyncServer.requireGood(answer).body()) {
            lines.forEach(this::line);
        }
    }

    /** An event has several lines; its id alone is sufficient. */
    private void line(String line) {
        if (line.startsWith(ID)) {
            lastId = line.substring(ID.length()).strip();
            listener.accept(Long.parseLong(lastId));
        } else if (line.startsWith(RETRY)) {
            retry = Duration.ofMillis(
                    Long.parseLong(line.substring(RETRY.length()).strip()));
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
