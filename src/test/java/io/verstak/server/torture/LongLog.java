package io.verstak.server.torture;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A vault with a long past, which nobody in a torture looks at: it is there to be recovered at each start. */
final class LongLog {
    private static final int AT_ONCE = 100;
    private static final int ENTITIES = 20_000;
    private static final String TEXT = "x".repeat(120);

    private LongLog() {}

    /** Makes a data directory with the user of a {@link Load} and so many ops. */
    static Path make(Path data, int ops) {
        try (PackagedServer server = PackagedServer.start(data)) {
            server.addUser(Scope.USER, Scope.PASSWORD);
            if (ops > 0) {
                push(server, ops);
            }
            server.terminate();
        }
        return data;
    }

    /** Pushes a hundred at once. */
    private static void push(PackagedServer server, int ops) {
        try (Device device = new Scope(server::port, "past").device()) {
            for (int first = 0; first < ops; first += AT_ONCE) {
                String batch = IntStream.range(first, first + AT_ONCE)
                        .mapToObj(i -> OutboxOp.note("past-" + i % ENTITIES, TEXT)
                                .toJson(0)
                                .toString())
                        .collect(Collectors.joining(",", "{\"ops\":[", "]}"));
                Answer answer = device.connected() ? device.send(Request.post("/api/v1/sync/push", batch)) : null;
                if (answer == null || answer.status() != 200) {
                    throw new AssertionError("the long log was not accepted: " + answer);
                }
                Form.progress("pushes of the long log", first / AT_ONCE + 1, ops / AT_ONCE);
            }
        }
    }
}
