package io.verstak.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Loads a server over N keep-alive connections from one thread, the caller's. It shares two cores with the server
 * under load, so it does as little as it can: requests are encoded beforehand, answers are read whole and looked at
 * once.
 */
public final class LoadClient {
    private static final Duration LONGEST_ANSWER = Duration.ofSeconds(30);
    private static final long SELECT_MILLIS = 100;
    /** A selector waits in whole milliseconds. */
    private static final long SELECTABLE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long SHORT_PAUSE_NANOS = 100_000;

    private final Requests requests;
    private final Pace pace;
    private final List<Connection> connections = new ArrayList<>();
    private final ArrayDeque<Connection> idle = new ArrayDeque<>();
    private final Selector selector;
    private final Measurement measurement;
    private long nextDue;
    private int inFlight;

    private LoadClient(Requests requests, Pace pace, Selector selector) {
        this.requests = requests;
        this.pace = pace;
        this.selector = selector;
        this.nextDue = System.nanoTime();
        this.measurement = new Measurement(nextDue, pace);
    }

    /** Runs to the end of the pace's time, then waits for the requests in flight. */
    public static LoadResult run(InetSocketAddress server, int connections, Requests requests, Pace pace)
            throws IOException {
        try (Selector selector = Selector.open()) {
            LoadClient client = new LoadClient(requests, pace, selector);
            try {
                client.connect(server, connections);
                return client.run();
            } finally {
                client.disconnect();
            }
        }
    }

    private void connect(InetSocketAddress server, int count) throws IOException {
        for (int number = 0; number < count; number++) {
            Connection connection = new Connection(number, server, selector, requests.longest());
            connections.add(connection);
            idle.add(connection);
        }
    }

    private LoadResult run() throws IOException {
        long now = System.nanoTime();
        while (!isOver(now)) {
            sendWhatIsDue(now);
            if (inFlight == 0 && idle.isEmpty()) {
                break;
            }
            await(now);
            now = System.nanoTime();
        }
        finish(now);
        return measurement.result();
    }

    private boolean isOver(long now) {
        return measurement.isOver(now) || !requests.hasNext();
    }

    private void finish(long end) throws IOException {
        while (inFlight > 0) {
            if (System.nanoTime() - end > LONGEST_ANSWER.toNanos()) {
                measurement.failed(inFlight + " requests without an answer after " + LONGEST_ANSWER);
                return;
            }
            selector.select(this::proceed, SELECT_MILLIS);
        }
    }

    private void sendWhatIsDue(long now) {
        while (requests.hasNext() && !idle.isEmpty() && (!pace.isOpen() || nextDue - now <= 0)) {
            send(idle.remove(), pace.isOpen() ? nextDue : now);
            nextDue += pace.isOpen() ? pace.nanosBetween() : 0;
        }
    }

    private void send(Connection connection, long at) {
        inFlight++;
        try {
            connection.send(requests, at);
        } catch (IOException e) {
            lost(connection, e);
        }
    }

    private void await(long now) throws IOException {
        long untilDue = nextDue - now;
        if (!pace.isOpen() || idle.isEmpty()) {
            selector.select(this::proceed, SELECT_MILLIS);
        } else if (untilDue >= SELECTABLE_NANOS) {
            selector.select(this::proceed, TimeUnit.NANOSECONDS.toMillis(untilDue));
        } else if (untilDue > SHORT_PAUSE_NANOS) {
            // Less than a selector can wait for; spinning would take the server's core.
            LockSupport.parkNanos(SHORT_PAUSE_NANOS);
            selector.selectNow(this::proceed);
        } else {
            selector.selectNow(this::proceed);
        }
    }

    private void proceed(SelectionKey key) {
        Connection connection = (Connection) key.attachment();
        try {
            if (connection.proceed()) {
                inFlight--;
                long now = System.nanoTime();
                judge(connection, now);
                sendNextOrRest(connection, now);
            }
        } catch (IOException e) {
            lost(connection, e);
        }
    }

    private void sendNextOrRest(Connection connection, long now) {
        if (pace.isOpen() || isOver(now)) {
            idle.add(connection);
        } else {
            send(connection, now);
        }
    }

    private void judge(Connection connection, long now) {
        Answer answer = connection.answer();
        if (!requests.expects(answer.status())) {
            measurement.failed("status " + answer.status() + ": " + answer.bodyText());
        } else if (!requests.accepts(connection.number(), answer)) {
            measurement.failed("not the answer that was asked for: " + answer.bodyText());
        } else {
            measurement.answered(connection.sentAt(), now);
        }
    }

    private void lost(Connection connection, IOException reason) {
        inFlight--;
        measurement.failed("connection lost: " + reason.getMessage());
        try {
            connection.close();
        } catch (IOException e) {
            measurement.failed("connection not closed: " + e.getMessage());
        }
    }

    private void disconnect() throws IOException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
