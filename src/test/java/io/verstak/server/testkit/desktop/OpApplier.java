package io.verstak.server.testkit.desktop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.PulledOp;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Function;

/**
 * Applies ops to a folder in the order of the log, as strictly as a shipped desktop: a {@code create} where something is, and a change
 * of a path with local changes that were not pushed, is a {@link SyncConflict}, and changes nothing.
 */
final class OpApplier {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final PlainFolder folder;
    private final Set<String> unpushed;
    private final Function<Sha256, byte[]> blobs;

    /**
     * @param unpushed paths with local changes that were not pushed
     * @param blobs downloads a blob
     */
    OpApplier(PlainFolder folder, Set<String> unpushed, Function<Sha256, byte[]> blobs) {
        this.folder = folder;
        this.unpushed = unpushed;
        this.blobs = blobs;
    }

    /** An op, read. */
    private record Op(PulledOp pulled, JsonNode payload) {
        String text(String member) {
            return payload.path(member).asText();
        }

        String madeAt() {
            return pulled.createdAt();
        }

        SyncConflict conflict(String path, String reason) {
            return new SyncConflict(pulled.serverSequence(), path, reason);
        }
    }

    void apply(PulledOp pulled) {
        Op op = new Op(pulled, payload(pulled));
        switch (pulled.entityType()) {
            case "file" -> file(op);
            case "folder" -> folder(op);
            case "workspace" -> deal(op);
            case "workspace-folder" -> move(op, op.text("previousPath"), op.text("path"));
            default -> {
                // Changes no file.
            }
        }
    }

    private static JsonNode payload(PulledOp op) {
        try {
            return JSON.readTree(op.payloadJson().isEmpty() ? "{}" : op.payloadJson());
        } catch (JsonProcessingException e) {
            throw new AssertionError("op " + op.serverSequence() + " has no JSON for a payload", e);
        }
    }

    private void file(Op op) {
        String path = op.text("path");
        switch (op.pulled().opType()) {
            case "create" -> {
                requireFree(op, path);
                folder.write(path, content(op), op.madeAt());
            }
            case "update" -> {
                requirePushed(op, path);
                if (folder.hasFolder(path)) {
                    throw op.conflict(path, "a folder is there");
                }
                requireFolderAbove(op, path);
                folder.write(path, content(op), op.madeAt());
            }
            case "delete" -> remove(op, path);
            case "move" -> move(op, op.text("fromPath"), op.text("toPath"));
            default -> throw unknown(op);
        }
    }

    private byte[] content(Op op) {
        JsonNode blob = op.payload().path("blob");
        byte[] content = blob.isObject()
                ? blobs.apply(Sha256.parse(blob.path("sha256").asText()).orElseThrow())
                : op.text("content").getBytes(StandardCharsets.UTF_8);
        if (blob.isObject() && blob.path("size").asLong() != content.length) {
            throw new AssertionError("op " + op.pulled().serverSequence() + " states another size than the blob has");
        }
        if (!op.text("contentHash").equals(Sha256.of(content).hex())) {
            throw new AssertionError(
                    "op " + op.pulled().serverSequence() + " states another hash than its content has");
        }
        return content;
    }

    private void folder(Op op) {
        String path = op.text("path");
        switch (op.pulled().opType()) {
            case "create" -> {
                if (folder.hasFile(path)) {
                    throw op.conflict(path, "a file is there");
                }
                requireFolderAbove(op, path);
                folder.makeFolder(path, op.madeAt());
            }
            case "delete" -> remove(op, path);
            case "move" -> move(op, op.text("fromPath"), op.text("toPath"));
            default -> throw unknown(op);
        }
    }

    private void deal(Op op) {
        String id = op.pulled().entityId();
        String path = op.text("path");
        switch (op.pulled().opType()) {
            case "create" -> {
                if (folder.hasFile(path)) {
                    throw op.conflict(path, "a file is there");
                }
                folder.makeDeal(id, path, op.madeAt());
            }
            case "rename" -> move(op, folder.deals().getOrDefault(id, op.text("previousPath")), path);
            case "trash" -> {
                String now = folder.deals().getOrDefault(id, path);
                requirePushed(op, now);
                folder.trashDeal(id, now);
            }
            case "restore" -> {
                requireFree(op, path);
                if (!folder.restoreDeal(id, path, op.madeAt())) {
                    throw op.conflict(path, "the Deal is not in the trash");
                }
            }
            default -> throw unknown(op);
        }
    }

    private void remove(Op op, String path) {
        requirePushed(op, path);
        folder.remove(path);
    }

    private void move(Op op, String from, String to) {
        if (from.equals(to)) {
            return;
        }
        requirePushed(op, from);
        if (!folder.has(from)) {
            throw op.conflict(from, "nothing is there to be moved");
        }
        if (VaultPaths.isWithin(to, from)) {
            throw op.conflict(to, "a folder cannot be moved into itself");
        }
        requireFree(op, to);
        folder.move(from, to, op.madeAt());
    }

    private void requireFree(Op op, String path) {
        if (folder.has(path)) {
            throw op.conflict(path, folder.hasFile(path) ? "another file is there" : "a folder is there");
        }
        requireFolderAbove(op, path);
    }

    private void requireFolderAbove(Op op, String path) {
        folder.fileAbove(path).ifPresent(file -> {
            throw op.conflict(path, file + " is a file and no folder");
        });
    }

    /** Nothing below may be changed either: it would go, or move, with the folder. */
    private void requirePushed(Op op, String path) {
        unpushed.stream()
                .filter(changed -> VaultPaths.isWithin(changed, path))
                .findFirst()
                .ifPresent(changed -> {
                    throw op.conflict(changed, "it has local changes that were not pushed");
                });
    }

    private static AssertionError unknown(Op op) {
        return new AssertionError("no desktop sends %s of %s"
                .formatted(op.pulled().opType(), op.pulled().entityType()));
    }
}
