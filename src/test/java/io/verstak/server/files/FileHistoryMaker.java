package io.verstak.server.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.OutboxOp;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes ops as desktops make them, at random, and keeps what the vault held after each. */
final class FileHistoryMaker {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> NAMES = List.of("a", "b", "Plan", "ещё", "é", "e\u0301", "x.md");

    private final Random random;
    private final Function<byte[], Sha256> upload;
    private final NaiveFiles files = new NaiveFiles();
    private final List<String> lines = new ArrayList<>();
    private final List<Map<String, String>> moments = new ArrayList<>();
    private int deals;

    /** @param upload stores a blob */
    FileHistoryMaker(Random random, Function<byte[], Sha256> upload) {
        this.random = random;
        this.upload = upload;
        moments.add(files.entries());
    }

    /** The ops as a desktop pushes them. */
    List<OutboxOp> ops() {
        return lines.stream().map(FileHistoryMaker::pushed).toList();
    }

    private static OutboxOp pushed(String line) {
        try {
            JsonNode op = JSON.readTree(line);
            return new OutboxOp(
                    op.path("op_id").asText(),
                    op.path("entity_type").asText(),
                    op.path("entity_id").asText(),
                    op.path("op_type").asText(),
                    op.path("payload_json").asText(),
                    1,
                    op.path("created_at").asText());
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    int size() {
        return lines.size();
    }

    /** What the vault held after the op of this sequence. */
    Map<String, String> at(long sequence) {
        return moments.get((int) sequence);
    }

    /** The ops above a cursor, as an export reads them. */
    ExportChunk lines(long cursor, int most, long head) {
        int end = (int) Math.min(Math.min(lines.size(), head), cursor + most);
        List<String> some = lines.subList((int) Math.min(cursor, end), end);
        return new ExportChunk(
                String.join("\n", some).getBytes(StandardCharsets.UTF_8), some.size(), cursor + some.size(), head);
    }

    void make(int ops) {
        for (int i = 0; i < ops; i++) {
            next();
            moments.add(files.entries());
        }
    }

    private void next() {
        int kind = random.nextInt(100);
        if (kind < 35) {
            String path = path();
            String content = "text " + random.nextInt(1000);
            op(
                    "file",
                    path,
                    random.nextBoolean() ? "create" : "update",
                    node().put("path", path).put("content", content));
            files.file(path, Sha256.of(content.getBytes(StandardCharsets.UTF_8)).hex());
        } else if (kind < 40) {
            String path = path();
            byte[] content = new byte[1 + random.nextInt(3000)];
            random.nextBytes(content);
            String sha256 = upload.apply(content).hex();
            ObjectNode payload = node().put("path", path);
            payload.putObject("blob").put("sha256", sha256).put("size", content.length);
            op("file", path, "create", payload);
            files.file(path, sha256);
        } else if (kind < 52) {
            String path = path();
            op("folder", path, "create", node().put("path", path).put("contentHash", ""));
            files.folder(path);
        } else if (kind < 68) {
            String path = existing();
            op(random.nextBoolean() ? "file" : "folder", path, "delete", node().put("path", path));
            files.remove(path);
        } else if (kind < 82) {
            String from = existing();
            String to = path();
            if (random.nextBoolean()) {
                op("file", from, "move", node().put("fromPath", from).put("toPath", to));
            } else {
                op(
                        "workspace-folder",
                        "id",
                        "rename",
                        node().put("previousPath", from).put("path", to));
            }
            files.move(from, to);
        } else if (kind < 96) {
            deal();
        } else {
            op("plugin-record", "p|d|r", "update", node().put("record", "x"));
        }
    }

    private void deal() {
        List<String> there = List.copyOf(files.deals().keySet());
        List<String> trashed = files.trash();
        int step = random.nextInt(4);
        String path = "Deal " + ++deals;
        if (step == 0 || (there.isEmpty() && trashed.isEmpty())) {
            op("workspace", "w" + deals, "create", node().put("path", path).put("name", path));
            files.makeDeal("w" + deals, path);
        } else if (step == 1 && !there.isEmpty()) {
            String id = one(there);
            op(
                    "workspace",
                    id,
                    "rename",
                    node().put("path", path).put("previousPath", files.deals().get(id)));
            files.renameDeal(id, path);
        } else if (step == 2 && !there.isEmpty()) {
            String id = one(there);
            op("workspace", id, "trash", node().put("path", files.deals().get(id)));
            files.trashDeal(id);
        } else if (!trashed.isEmpty()) {
            String id = one(trashed);
            op("workspace", id, "restore", node().put("path", path));
            files.restoreDeal(id, path);
        } else {
            op("workspace-tree-order", "tree", "update", node());
        }
    }

    /** A path, the top of which is no Deal unless more names follow. */
    private String path() {
        List<String> deals = List.copyOf(files.deals().values());
        String top = !deals.isEmpty() && random.nextInt(3) == 0 ? one(deals) + "/" + one(NAMES) : one(NAMES);
        return Stream.concat(Stream.of(top), Stream.generate(() -> one(NAMES)).limit(random.nextInt(3)))
                .collect(Collectors.joining("/"));
    }

    /** Often a path that is there, but no Deal. */
    private String existing() {
        List<String> there = files.entries().keySet().stream()
                .filter(path -> !files.deals().containsValue(path))
                .toList();
        return there.isEmpty() || random.nextInt(8) == 0 ? path() : one(there);
    }

    private <T> T one(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    private static ObjectNode node() {
        return JSON.createObjectNode();
    }

    private void op(String type, String id, String opType, ObjectNode payload) {
        long sequence = lines.size() + 1L;
        lines.add(op(sequence, "dev_" + sequence % 3, type, id, opType, payload.toString()));
    }

    /** Adds an op of which it is not kept what the vault held after it. */
    void add(String line) {
        lines.add(line);
    }

    /** An op as an export shows it. */
    static String op(long sequence, String device, String type, String id, String opType, String payload) {
        return node().put("op_id", "op" + sequence)
                .put("server_sequence", sequence)
                .put("device_id", device)
                .put("entity_type", type)
                .put("entity_id", id)
                .put("op_type", opType)
                .put("payload_json", payload)
                .put(
                        "created_at",
                        Instant.ofEpochSecond(1_700_000_000 + sequence * 30).toString())
                .toString();
    }
}
