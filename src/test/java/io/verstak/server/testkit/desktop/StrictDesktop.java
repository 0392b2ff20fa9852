package io.verstak.server.testkit.desktop;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The strict double of a shipped desktop with the folder of a vault. A change is made in the folder and in the outbox; {@link #sync}
 * exchanges ops with the server over the wire. Ops of other devices apply in the order of the log, its own are skipped. What does not
 * apply stops it with a {@link SyncConflict}, and every later sync with the same one. Paths have {@code /} between names. Used by one
 * thread.
 */
public final class StrictDesktop implements AutoCloseable {
    private final Desktop wire;
    private final OpMaker ops = new OpMaker();
    private final PlainFolder folder = new PlainFolder();
    private final Set<String> unpushed = new LinkedHashSet<>();
    private final Map<Sha256, byte[]> blobs = new HashMap<>();
    private final Map<Sha256, byte[]> uploads = new LinkedHashMap<>();
    private final OpApplier applier = new OpApplier(folder, unpushed, this::blob);
    private final PulledLog log = new PulledLog(this::blob);
    private int applied;
    private Instant now = Instant.EPOCH;

    private StrictDesktop(Desktop wire) {
        this.wire = wire;
    }

    /** A new device of the user, with an empty folder. */
    public static StrictDesktop pair(TestServer server, String user, String vault) {
        return new StrictDesktop(server.pair(user, vault));
    }

    /** What it calls the server with. */
    public Desktop wire() {
        return wire;
    }

    public String id() {
        return wire.id();
    }

    /** The time of the changes that follow; until it is set, and of the Epoch, each has the time of the system. */
    public StrictDesktop at(Instant time) {
        now = time;
        return this;
    }

    /** Writes a file: a text in an op, and what is none, or too long for one, as a blob. Makes the folders that it is in. */
    public StrictDesktop write(String path, byte[] content) {
        boolean exists = folder.hasFile(path);
        require(exists || !folder.has(path), path + " is a folder");
        makeFoldersAbove(path);
        String opType = exists ? "update" : "create";
        String time = time();
        folder.write(path, content, time);
        Optional<String> text = OpMaker.text(path, content);
        if (text.isPresent()) {
            return make(ops.text(opType, path, text.get(), time), path);
        }
        uploads.put(Sha256.of(content), content);
        return make(ops.blob(opType, path, content, time), path);
    }

    public StrictDesktop write(String path, String text) {
        return write(path, text.getBytes(StandardCharsets.UTF_8));
    }

    public StrictDesktop makeFolder(String path) {
        makeFoldersAbove(path);
        if (!folder.has(path)) {
            String time = time();
            folder.makeFolder(path, time);
            make(ops.folder(path, time), path);
        }
        return this;
    }

    private void makeFoldersAbove(String path) {
        require(folder.fileAbove(path).isEmpty(), path + " is in a file");
        VaultPaths.above(path).forEach(above -> {
            if (!folder.has(above)) {
                String time = time();
                folder.makeFolder(above, time);
                make(ops.folder(above, time), above);
            }
        });
    }

    /** Deletes a file, or a folder after all that is in it. */
    public StrictDesktop delete(String path) {
        require(folder.has(path), path + " is not there");
        folder.within(path).descendingMap().forEach((below, entry) -> {
            folder.remove(path + below);
            make(ops.delete(entry.isFile() ? "file" : "folder", path + below, time()), path + below);
        });
        return this;
    }

    /** Deletes a folder with all that is in it by one op. */
    public StrictDesktop deleteAtOnce(String path) {
        require(folder.hasFolder(path), path + " is no folder");
        folder.remove(path);
        return make(ops.delete("folder", path, time()), path);
    }

    /** Moves a file, as today's desktops do: a create, then a delete. */
    public StrictDesktop move(String from, String to) {
        require(folder.hasFile(from), from + " is no file");
        require(!folder.has(to), to + " is there");
        return write(to, folder.bytes(from)).delete(from);
    }

    /** Moves a file or folder as older desktops do: by one op. */
    public StrictDesktop moveAsOlderDesktops(String from, String to) {
        return move(ops.move(folder.hasFile(from) ? "file" : "folder", from, to, time()), from, to);
    }

    /** Moves or renames a folder with all that is in it. */
    public StrictDesktop moveFolder(String from, String to) {
        require(folder.hasFolder(from), from + " is no folder");
        return move(ops.moveFolder(from, to, time()), from, to);
    }

    private StrictDesktop move(OutboxOp op, String from, String to) {
        require(folder.has(from) && !folder.has(to), "nothing is moved from %s to %s".formatted(from, to));
        require(!VaultPaths.isWithin(to, from), from + " cannot be moved into itself");
        makeFoldersAbove(to);
        folder.move(from, to, op.createdAt());
        unpushed.add(to);
        return make(op, from);
    }

    /** Makes a Deal, which is a folder at the top of the vault. Returns its id. */
    public String createDeal(String name) {
        require(!folder.has(name) && !name.contains("/"), name + " cannot be a Deal");
        String id = UUID.randomUUID().toString();
        String time = time();
        folder.makeDeal(id, name, time);
        make(ops.deal("create", id, name, Optional.empty(), time), name);
        return id;
    }

    public StrictDesktop renameDeal(String id, String name) {
        String before = deal(id);
        return move(ops.deal("rename", id, name, Optional.of(before), time()), before, name);
    }

    public StrictDesktop trashDeal(String id) {
        String path = deal(id);
        folder.trashDeal(id, path);
        return make(ops.deal("trash", id, path, Optional.empty(), time()), path);
    }

    /** Brings a Deal back to where it was. */
    public StrictDesktop restoreDeal(String id) {
        return restoreDeal(id, folder.trashed().getOrDefault(id, ""));
    }

    public StrictDesktop restoreDeal(String id, String name) {
        require(!folder.has(name), name + " is there");
        String time = time();
        require(folder.restoreDeal(id, name, time), id + " is not in the trash");
        return make(ops.deal("restore", id, name, Optional.empty(), time), name);
    }

    /** Changes a record of a plugin, which is no file. */
    public StrictDesktop record(String document, String record, String value) {
        wire.make(ops.record(document, record, value, time()));
        return this;
    }

    /** Changes the order in which the tree is shown. */
    public StrictDesktop orderTree() {
        wire.make(ops.treeOrder(time()));
        return this;
    }

    /** The paths of the Deals that are there, by their ids. */
    public Map<String, String> deals() {
        return folder.deals();
    }

    /** Where the Deals in the trash were, by their ids. */
    public Map<String, String> trashed() {
        return folder.trashed();
    }

    /** Pulls, pushes, and pulls again, as the wire contract has it. Throws {@link SyncConflict} at what does not apply. */
    public StrictDesktop sync() {
        return pull().push().pull();
    }

    /** Pulls to the head, and applies what others have done. */
    public StrictDesktop pull() {
        log.take(wire.pull().applied());
        while (applied < log.size()) {
            PulledOp op = log.get(applied);
            if (!op.deviceId().equals(wire.id())) {
                applier.apply(op);
            }
            applied++;
        }
        return this;
    }

    /** Uploads blobs, then pushes the outbox. */
    public StrictDesktop push() {
        uploads.forEach((sha256, content) -> {
            wire.blobs().upload("file", content);
            blobs.put(sha256, content);
        });
        uploads.clear();
        wire.push();
        unpushed.clear();
        return this;
    }

    /** The files in the folder now, with what was not pushed. */
    public NavigableMap<String, byte[]> files() {
        return files(folder.entries());
    }

    /** Files and folders now, with what was not pushed. */
    public NavigableMap<String, PlainEntry> entries() {
        return folder.entries();
    }

    /** The files that a folder has to which the pulled ops up to a sequence were applied. */
    public NavigableMap<String, byte[]> filesAt(long sequence) {
        return files(entriesAt(sequence));
    }

    /** As {@link #filesAt}, with folders. Fast in the order of sequences. */
    public NavigableMap<String, PlainEntry> entriesAt(long sequence) {
        return log.entriesAt(sequence);
    }

    /** The ops that it has pulled, its own included. */
    public List<PulledOp> log() {
        return log.all();
    }

    private static NavigableMap<String, byte[]> files(NavigableMap<String, PlainEntry> entries) {
        NavigableMap<String, byte[]> files = new TreeMap<>();
        entries.forEach((path, entry) -> {
            if (entry.isFile()) {
                files.put(path, entry.bytes());
            }
        });
        return files;
    }

    private byte[] blob(Sha256 sha256) {
        return blobs.computeIfAbsent(sha256, wire.blobs()::download);
    }

    private StrictDesktop make(OutboxOp op, String path) {
        wire.make(op);
        unpushed.add(path);
        return this;
    }

    private String deal(String id) {
        return Optional.ofNullable(folder.deals().get(id))
                .orElseThrow(() -> new AssertionError(id + " is no Deal here"));
    }

    private String time() {
        Instant time = now.equals(Instant.EPOCH) ? Instant.now() : now;
        return time.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    @Override
    public void close() {
        wire.close();
    }
}
