package io.verstak.server.files.format;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.files.format.FileChange.DealChange;
import io.verstak.server.files.format.FileChange.DealStep;
import io.verstak.server.files.format.FileChange.MakeFolder;
import io.verstak.server.files.format.FileChange.Move;
import io.verstak.server.files.format.FileChange.Other;
import io.verstak.server.files.format.FileChange.PutFile;
import io.verstak.server.files.format.FileChange.Remove;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the payloads of desktops. What it does not understand is {@link Other}, never a failure. */
final class PayloadReader {
    /** Names of members are not kept: they may be of any number. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(OpReader.UNBOUNDED)
            .build();

    /** Of the id of a Deal: a database's index takes no more. */
    private static final int MAX_ID = 256;

    /** The members of a payload that say something about files; those that are missing, or are no text, are null. */
    private static final class Members {
        private @Nullable String path;
        private @Nullable String fromPath;
        private @Nullable String toPath;
        private @Nullable String previousPath;
        private @Nullable String content;
        private @Nullable String sha256;
        private long size = -1;
    }

    private PayloadReader() {}

    /** Returns what an op does to the tree. */
    static FileChange change(String entityType, String entityId, String opType, String payload) {
        boolean known = switch (entityType) {
            case "file", "folder", "workspace", "workspace-folder" -> true;
            default -> false;
        };
        if (!known) {
            return Other.INSTANCE;
        }
        Members members = new Members();
        if (!payload.isEmpty() && !read(payload, members)) {
            return Other.INSTANCE;
        }
        return (switch (entityType) {
                    case "file" -> file(entityId, opType, members);
                    case "folder" -> folder(entityId, opType, members);
                    case "workspace" -> deal(entityId, opType, members);
                    default -> move(members.previousPath, members.path);
                })
                .orElse(Other.INSTANCE);
    }

    /** Returns what a payload gives to a file. */
    static Optional<FileContent> content(String payload) {
        Members members = new Members();
        if (!read(payload, members)) {
            return Optional.empty();
        }
        return blob(members)
                .map(blob -> new FileContent(null, blob))
                .or(() -> Optional.ofNullable(members.content).map(text -> new FileContent(bytes(text), null)));
    }

    private static Optional<FileChange> file(String entityId, String opType, Members members) {
        Optional<VaultPath> path = path(entityId, members);
        return switch (opType) {
            case "create", "update" -> path.flatMap(named -> put(named, members));
            case "delete" -> path.map(Remove::new);
            case "move" -> move(members.fromPath, members.toPath);
            default -> Optional.empty();
        };
    }

    private static Optional<FileChange> put(VaultPath path, Members members) {
        Optional<BlobReference> blob = blob(members);
        if (blob.isPresent()) {
            return Optional.of(new PutFile(
                    path, FileKind.BLOB, blob.get().size(), blob.get().sha256()));
        }
        return Optional.ofNullable(members.content)
                .map(PayloadReader::bytes)
                .map(text -> new PutFile(path, FileKind.TEXT, text.length, Sha256.of(text)));
    }

    private static Optional<BlobReference> blob(Members members) {
        return members.size < 0
                ? Optional.empty()
                : Optional.ofNullable(members.sha256)
                        .flatMap(Sha256::parse)
                        .map(sha256 -> new BlobReference(sha256, members.size));
    }

    private static Optional<FileChange> folder(String entityId, String opType, Members members) {
        Optional<VaultPath> path = path(entityId, members);
        return switch (opType) {
            case "create" -> path.map(MakeFolder::new);
            case "delete" -> path.map(Remove::new);
            case "move" -> move(members.fromPath, members.toPath);
            default -> Optional.empty();
        };
    }

    private static Optional<FileChange> deal(String id, String opType, Members members) {
        DealStep step = switch (opType) {
            case "create" -> DealStep.CREATE;
            case "rename" -> DealStep.RENAME;
            case "trash" -> DealStep.TRASH;
            case "restore" -> DealStep.RESTORE;
            default -> null;
        };
        if (step == null || bytes(id).length > MAX_ID) {
            return Optional.empty();
        }
        Optional<VaultPath> before = parse(members.previousPath);
        Optional<VaultPath> path = parse(members.path);
        return (step == DealStep.TRASH ? path.or(() -> before) : path)
                .map(named -> new DealChange(step, id, named, before));
    }

    /** A folder cannot be moved into itself. */
    private static Optional<FileChange> move(@Nullable String from, @Nullable String to) {
        Optional<VaultPath> target = parse(to);
        return parse(from)
                .filter(source -> target.isPresent() && !target.get().isWithin(source))
                .map(source -> new Move(source, target.get()));
    }

    /** Desktops name a file and a folder by the path, in the payload and outside of it. */
    private static Optional<VaultPath> path(String entityId, Members members) {
        return VaultPath.parse(members.path == null ? entityId : members.path);
    }

    private static Optional<VaultPath> parse(@Nullable String path) {
        return Optional.ofNullable(path).flatMap(VaultPath::parse);
    }

    /** Returns whether the payload is an object, to its end. */
    private static boolean read(String payload, Members members) {
        try (JsonParser parser = JSON.createParser(payload)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                member(parser, name, parser.nextToken(), members);
            }
            return parser.currentToken() == JsonToken.END_OBJECT;
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static void member(JsonParser parser, String name, JsonToken value, Members members) throws IOException {
        if (value == JsonToken.VALUE_STRING) {
            switch (name) {
                case "path" -> members.path = parser.getText();
                case "fromPath" -> members.fromPath = parser.getText();
                case "toPath" -> members.toPath = parser.getText();
                case "previousPath" -> members.previousPath = parser.getText();
                case "content" -> members.content = parser.getText();
                default -> {
                    // Says nothing about files.
                }
            }
        } else if (name.equals("blob") && value == JsonToken.START_OBJECT) {
            blob(parser, members);
        } else {
            parser.skipChildren();
        }
    }

    private static void blob(JsonParser parser, Members members) throws IOException {
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("sha256") && value == JsonToken.VALUE_STRING) {
                members.sha256 = parser.getText();
            } else if (name.equals("size") && value == JsonToken.VALUE_NUMBER_INT) {
                members.size = parser.getLongValue();
            } else {
                parser.skipChildren();
            }
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
