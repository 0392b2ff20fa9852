package io.verstak.server.testkit.desktop;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.OutboxOp;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

/** Makes ops with the payloads that shipped desktops send. */
final class OpMaker {
    /** Of a payload, as the wire contract has it by default; what is longer goes as a blob. */
    private static final int MAX_PAYLOAD = 262_144;

    private long made;

    OutboxOp text(String opType, String path, String content, String madeAt) {
        return op("file", path, opType, textPayload(path, content), madeAt);
    }

    OutboxOp blob(String opType, String path, byte[] content, String madeAt) {
        String sha256 = Sha256.of(content).hex();
        ObjectNode payload = node().put("path", path).put("contentHash", sha256);
        payload.putObject("blob").put("sha256", sha256).put("size", content.length);
        return op("file", path, opType, payload, madeAt);
    }

    OutboxOp delete(String entityType, String path, String madeAt) {
        return op(entityType, path, "delete", node().put("path", path), madeAt);
    }

    OutboxOp folder(String path, String madeAt) {
        return op("folder", path, "create", node().put("path", path).put("contentHash", ""), madeAt);
    }

    OutboxOp move(String entityType, String from, String to, String madeAt) {
        return op(entityType, from, "move", node().put("fromPath", from).put("toPath", to), madeAt);
    }

    OutboxOp moveFolder(String from, String to, String madeAt) {
        boolean renames = VaultPaths.parent(from).equals(VaultPaths.parent(to));
        String id =
                UUID.nameUUIDFromBytes(from.getBytes(StandardCharsets.UTF_8)).toString();
        return op(
                "workspace-folder",
                id,
                renames ? "rename" : "move",
                node().put("folderId", id).put("path", to).put("previousPath", from),
                madeAt);
    }

    OutboxOp deal(String opType, String id, String path, Optional<String> before, String madeAt) {
        ObjectNode payload = node().put("workspaceId", id).put("path", path);
        before.ifPresent(previous -> payload.put("previousPath", previous));
        payload.put("name", path).putObject("metadata");
        return op("workspace", id, opType, payload, madeAt);
    }

    OutboxOp record(String document, String record, String value, String madeAt) {
        return op(
                "plugin-record",
                "tasks|%s|%s".formatted(document, record),
                "update",
                node().put("pluginId", "tasks")
                        .put("document", document)
                        .put("recordId", record)
                        .put("record", value),
                madeAt);
    }

    OutboxOp treeOrder(String madeAt) {
        return op("workspace-tree-order", "tree", "update", node().put("order", ++made), madeAt);
    }

    /** The text of a file that an op can hold; empty: it goes as a blob. */
    static Optional<String> text(String path, byte[] content) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
            boolean fits = text.indexOf('\0') < 0
                    && textPayload(path, text).toString().getBytes(StandardCharsets.UTF_8).length <= MAX_PAYLOAD;
            return fits ? Optional.of(text) : Optional.empty();
        } catch (CharacterCodingException binary) {
            return Optional.empty();
        }
    }

    private static ObjectNode textPayload(String path, String content) {
        return node().put("path", path)
                .put("content", content)
                .put(
                        "contentHash",
                        Sha256.of(content.getBytes(StandardCharsets.UTF_8)).hex());
    }

    private static OutboxOp op(String type, String id, String opType, ObjectNode payload, String madeAt) {
        return new OutboxOp(UUID.randomUUID().toString(), type, id, opType, payload.toString(), 1, madeAt);
    }

    private static ObjectNode node() {
        return JsonNodeFactory.instance.objectNode();
    }
}
