package io.verstak.server.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;

/** Push and pull with nothing between: one call, one answer, no tries. */
public final class Sync {
    public static final String PUSH = "/api/v1/sync/push";
    public static final String PULL = "/api/v1/sync/pull";

    private Sync() {}

    public static Answer post(TestServer server, Desktop device, String path, String json) {
        return server.send(Request.post(path, json).bearer(device.token()));
    }

    public static Answer push(TestServer server, Desktop device, ObjectNode body) {
        return post(server, device, PUSH, body.toString());
    }

    public static Answer push(TestServer server, Desktop device, OutboxOp... ops) {
        return push(server, device, Desktop.pushBody(List.of(ops), 0));
    }

    public static Answer pull(TestServer server, Desktop device, long since, long limit) {
        return post(server, device, PULL, "{\"since_sequence\":%d,\"page_limit\":%d}".formatted(since, limit));
    }

    public static long head(TestServer server, Desktop device) {
        return pull(server, device, Long.MAX_VALUE, 1)
                .json()
                .required("server_sequence")
                .longValue();
    }

    public static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    public static List<Long> numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::longValue)
                .toList();
    }

    /** A name of so many bytes, in letters of two. */
    public static String bytes(int count) {
        return "ж".repeat(count / 2) + "x".repeat(count % 2);
    }

    public static List<OutboxOp> notes(int count) {
        List<OutboxOp> ops = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ops.add(OutboxOp.note("note-" + i, "text " + i));
        }
        return ops;
    }
}
