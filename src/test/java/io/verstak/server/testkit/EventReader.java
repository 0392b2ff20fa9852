package io.verstak.server.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Reads a stream of {@code text/event-stream} piece by piece, and hides nothing: a piece is what stands between empty lines. */
public final class EventReader implements AutoCloseable {
    private final Http http;
    private final Answer answer;
    private String unread = "";

    private EventReader(Http http, Answer answer) {
        this.http = http;
        this.answer = answer;
    }

    public static EventReader open(TestServer server, String token) {
        return open(server, Request.get("/api/v1/sync/events").bearer(token));
    }

    public static EventReader open(TestServer server, Request request) {
        return open(server.port(), request);
    }

    /** The same, from any server on this machine. */
    public static EventReader open(int port, Request request) {
        try {
            Http http = Http.connect(port);
            return new EventReader(http, http.open(request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Status and headers. */
    public Answer answer() {
        return answer;
    }

    /** The sequence of the next event, whatever comments stand before it. */
    public long head() {
        for (List<String> piece = piece(); ; piece = piece()) {
            if (piece.contains("event: head")) {
                String id = field(piece, "id: ");
                String data = field(piece, "data: ");
                if (!data.equals("{\"server_sequence\":" + id + "}")) {
                    throw new AssertionError("id and data differ: " + piece);
                }
                return Long.parseLong(id);
            }
            if (piece.isEmpty()) {
                throw new AssertionError("the stream has ended");
            }
        }
    }

    /** Reads on to this head; returns how many events it took. */
    public int untilHead(long head) {
        int events = 1;
        for (long seen = head(); seen < head; seen = head()) {
            events++;
        }
        return events;
    }

    private static String field(List<String> piece, String name) {
        return piece.stream()
                .filter(line -> line.startsWith(name))
                .findFirst()
                .orElseThrow()
                .substring(name.length());
    }

    /** The lines of the next piece; none when the stream has ended as it should. */
    public List<String> piece() {
        try {
            while (!unread.contains("\n\n")) {
                String more = new String(http.chunk(), StandardCharsets.UTF_8);
                if (more.isEmpty()) {
                    return List.of();
                }
                unread += more;
            }
            String[] parts = unread.split("\n\n", 2);
            unread = parts[1];
            return List.of(parts[0].split("\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether nothing comes for so long but comments, which come from time to time. */
    public boolean isSilentFor(Duration time) {
        try {
            while (unread.isEmpty() && !http.isSilentFor(time)) {
                List<String> piece = piece();
                if (piece.isEmpty() || piece.stream().anyMatch(line -> !line.startsWith(":"))) {
                    return false;
                }
            }
            return unread.isEmpty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Goes away, and waits until the server has seen that. */
    public void leave() {
        try {
            http.leave();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All that comes until the stream ends as it should. */
    public List<String> rest() {
        List<String> rest = new ArrayList<>();
        for (List<String> piece = piece(); !piece.isEmpty(); piece = piece()) {
            rest.addAll(piece);
        }
        return rest;
    }

    @Override
    public void close() {
        try {
            http.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
