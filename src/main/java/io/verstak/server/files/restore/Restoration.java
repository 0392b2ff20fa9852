package io.verstak.server.files.restore;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.TrashedDeal;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.files.restore.RestorePlan.Kind;
import io.verstak.server.files.restore.RestorePlan.Step;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;

/**
 * Brings files back, and adds new ones, by pushes like those of a desktop. Each push names the head of the log that its plan was made
 * for. If a device has pushed in between, nothing is stored, and a new plan is made. So a {@code create} never meets a file. May be
 * called on any context; futures complete there.
 */
public final class Restoration {
    private static final int MOST_PLANS = 20;
    private static final int MOST_OPS = 100;
    private static final int MOST_BYTES = 4 << 20;

    private final VaultFiles files;
    private final BlobStore blobs;
    private final SyncLog log;
    private final IntSupplier maxOps;
    private final Clock clock;

    /** @param maxOps the number of ops that a push may have */
    public Restoration(VaultFiles files, BlobStore blobs, SyncLog log, IntSupplier maxOps, Clock clock) {
        this.files = files;
        this.blobs = blobs;
        this.log = log;
        this.maxOps = maxOps;
        this.clock = clock;
    }

    /**
     * Returns what would have to be pushed. Fails with {@code NOT_FOUND}, {@code INVALID_REQUEST} if it is too much at once, and {@code
     * UNAVAILABLE} while the index is behind.
     *
     * @param path of a file or a folder; empty: the vault
     */
    public Future<RestorePlan> plan(Scope scope, String path, long moment) {
        return new Planner(files, blobs, scope, path, moment).plan();
    }

    /**
     * Brings a file or a folder back. Done twice, the second time changes nothing. Returns whether anything had to be pushed. Fails as
     * {@link #plan} and a push do; what was pushed before stays, and the next time brings the rest.
     */
    public Future<Boolean> restore(DeviceIdentity device, String path, long moment) {
        return restore(device, path, moment, 1);
    }

    private Future<Boolean> restore(DeviceIdentity device, String path, long moment, int plans) {
        return plan(device.scope(), path, moment).compose(plan -> {
            if (plan.isEmpty()) {
                return Future.succeededFuture(plans > 1);
            }
            if (plans > MOST_PLANS) {
                return Message.VAULT_HAS_MOVED.refuse();
            }
            return new Progress(device, plan)
                    .push()
                    .recover(failure -> Message.VAULT_HAS_MOVED.isReasonOf(failure)
                            ? Future.succeededFuture()
                            : Future.failedFuture(failure))
                    // Once more: another device may have changed the vault meanwhile.
                    .compose(pushed -> restore(device, path, moment, plans + 1));
        });
    }

    /**
     * Adds a text to a folder, or replaces it. Fails with {@code CONFLICT} if the name is taken and is not to be replaced, or is that of a
     * folder, with {@code INVALID_REQUEST} for a name that not every system takes, with {@code NOT_FOUND} if there is no such
     * folder, and as a push does.
     *
     * @param folder empty: the vault
     */
    public Future<Void> addText(DeviceIdentity device, String folder, String name, String text, boolean replaces) {
        return addFile(device, folder, name, new FileContent(text.getBytes(StandardCharsets.UTF_8), null), replaces);
    }

    /** Works as {@link #addText} for any file, whose blob the scope holds. */
    public Future<Void> addFile(
            DeviceIdentity device, String folder, String name, FileContent content, boolean replaces) {
        return NewName.isAllowed(name)
                ? add(device, path(folder, name), content, replaces, 1)
                : Message.FILE_NAME_NOT_ALLOWED.refuse();
    }

    /** Fails as {@link #addFile} would for this name now. */
    public Future<Void> requireRoom(Scope scope, String folder, String name, boolean replaces) {
        return NewName.isAllowed(name)
                ? files.state(scope)
                        .compose(state -> state.isComplete()
                                ? requireFree(scope, path(folder, name), replaces, state.head())
                                : Message.FILES_NOT_READY.refuse())
                        .mapEmpty()
                : Message.FILE_NAME_NOT_ALLOWED.refuse();
    }

    private static String path(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    /** Returns whether a file is there, which is to be replaced. */
    private Future<Boolean> requireFree(Scope scope, String path, boolean replaces, long head) {
        return requireFolder(scope, path, head)
                .compose(found -> files.find(scope, path, head))
                .compose(entry ->
                        entry.isPresent() && (!replaces || entry.get().kind().isFolder())
                                ? Message.FILE_EXISTS.refuse()
                                : Future.succeededFuture(entry.isPresent()));
    }

    private Future<Void> add(DeviceIdentity device, String path, FileContent content, boolean replaces, int tries) {
        return files.state(device.scope())
                .compose(state -> state.isComplete()
                        ? requireFree(device.scope(), path, replaces, state.head())
                                .compose(there -> log.pushAt(
                                        device,
                                        new PushRequest(null, null, List.of(file(path, there, content, state.head()))),
                                        state.head()))
                        : Message.FILES_NOT_READY.refuse())
                .<Void>map(answer -> {
                    answer.close();
                    return null;
                })
                .recover(failure -> Message.VAULT_HAS_MOVED.isReasonOf(failure) && tries < MOST_PLANS
                        ? add(device, path, content, replaces, tries + 1)
                        : Future.failedFuture(failure));
    }

    /** Fails with {@code NOT_FOUND} unless a path lies in the vault itself, or in a folder that is there. */
    private Future<Void> requireFolder(Scope scope, String path, long head) {
        int end = path.lastIndexOf('/');
        return end < 0
                ? Future.succeededFuture()
                : files.entry(scope, path.substring(0, end), head)
                        .compose(folder ->
                                folder.kind().isFolder() ? Future.succeededFuture() : ErrorCode.NOT_FOUND.refuse());
    }

    /** Pushes the steps of a plan in batches, each for the head that the one before has left. */
    private final class Progress {
        private final DeviceIdentity device;
        private final RestorePlan plan;
        private long head;
        private int next;

        Progress(DeviceIdentity device, RestorePlan plan) {
            this.device = device;
            this.plan = plan;
            this.head = plan.head();
        }

        Future<Void> push() {
            if (next == plan.steps().size()) {
                return Future.succeededFuture();
            }
            return batch(new ArrayList<>(), 0).compose(ops -> push(ops).compose(done -> push()));
        }

        private Future<List<PushedOp>> batch(List<PushedOp> ops, long bytes) {
            boolean full = ops.size() >= Math.min(MOST_OPS, maxOps.getAsInt()) || bytes >= MOST_BYTES;
            if (full || next == plan.steps().size()) {
                return Future.succeededFuture(ops);
            }
            Step step = plan.steps().get(next++);
            return op(step).compose(op -> {
                ops.add(op);
                String payload = op.payloadJson();
                return batch(ops, bytes + (payload == null ? 0 : payload.length()));
            });
        }

        private Future<PushedOp> op(Step step) {
            String path = step.entry().path();
            TrashedDeal deal = step.deal();
            if (deal != null) {
                return Future.succeededFuture(Restoration.this.op(
                        "workspace", deal.id(), "restore", deal(deal.payload(), step.entry()), head));
            }
            if (step.kind() == Kind.MAKE_FOLDER) {
                return Future.succeededFuture(Restoration.this.op(
                        "folder",
                        path,
                        "create",
                        new JsonObject().put("path", path).put("contentHash", ""),
                        head));
            }
            return Restoration.this
                    .files
                    .content(device.scope(), step.entry().sequence())
                    .map(content -> file(path, step.kind() == Kind.UPDATE, content, head));
        }

        private Future<Void> push(List<PushedOp> ops) {
            return log.pushAt(device, new PushRequest(null, null, ops), head).map(answer -> {
                head = new JsonObject(answer.json()).getLong("server_sequence");
                answer.close();
                return null;
            });
        }
    }

    /** Returns all that a desktop knew of a Deal, with the path that it gets back. */
    private static JsonObject deal(String trash, FileEntry entry) {
        JsonObject payload = new JsonObject(trash);
        payload.remove("previousPath");
        return payload.put("path", entry.path()).put("name", entry.name());
    }

    private PushedOp file(String path, boolean there, FileContent content, long head) {
        JsonObject payload = new JsonObject().put("path", path);
        BlobReference blob = content.blob();
        byte[] text = content.text();
        if (blob == null) {
            byte[] bytes = text == null ? new byte[0] : text;
            payload.put("content", new String(bytes, StandardCharsets.UTF_8))
                    .put("contentHash", Sha256.of(bytes).hex());
        } else {
            payload.put("contentHash", blob.sha256().hex())
                    .put(
                            "blob",
                            new JsonObject().put("sha256", blob.sha256().hex()).put("size", blob.size()));
        }
        return op("file", path, there ? "update" : "create", payload, head);
    }

    private PushedOp op(String type, String id, String opType, JsonObject payload, long head) {
        return new PushedOp(
                UUID.randomUUID().toString(),
                type,
                id,
                opType,
                payload.encode(),
                0,
                head,
                clock.instant().truncatedTo(ChronoUnit.MILLIS).toString());
    }
}
