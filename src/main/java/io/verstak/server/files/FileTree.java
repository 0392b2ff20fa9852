package io.verstak.server.files;

import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.files.format.FileChange.PutFile;
import io.verstak.server.files.format.VaultOp;
import io.verstak.server.files.format.VaultPath;
import io.verstak.server.storage.files.IndexChanges;
import io.verstak.server.storage.files.IndexChanges.Event;
import io.verstak.server.storage.files.NodeVersion;
import io.verstak.server.storage.files.Place;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The part of a vault's tree that the ops of a batch touch, as it is after the last op. What is not known of the stored tree is asked
 * for before: {@link #unknown}, {@link #learn}. Collects what has changed until {@link #take}. Not safe for several threads.
 */
final class FileTree {
    /** The place that has a name; empty: nothing has it. */
    private final Map<Place.Key, Optional<Place>> known = new HashMap<>();

    private final Map<String, Long> deals = new HashMap<>();
    private final Map<String, Long> newDeals = new LinkedHashMap<>();
    private final Map<Place, Place> opened = new LinkedHashMap<>();
    private final List<Place> closed = new ArrayList<>();
    private final List<NodeVersion> versions = new ArrayList<>();
    private final List<Event> events = new ArrayList<>();

    /** All that lies in this node or a later one is known: they are younger than what is stored. */
    private final long firstNew;

    private long nextNode;

    FileTree(long nextNode) {
        firstNew = nextNode;
        this.nextNode = nextNode;
    }

    long nextNode() {
        return nextNode;
    }

    int size() {
        return known.size();
    }

    /** Returns the first name on the way down a path that is not known; empty: all that matters is. */
    Optional<Place.Key> unknown(VaultPath path) {
        long parent = Place.ROOT;
        for (String name : path.names()) {
            Place.Key key = new Place.Key(parent, name);
            Optional<Place> found = at(key);
            if (found == null) {
                return Optional.of(key);
            }
            if (found.isEmpty() || found.get().file()) {
                return Optional.empty();
            }
            parent = found.get().node();
        }
        return Optional.empty();
    }

    /** Takes note of what is stored; of a key that is not among the places, that nothing has the name. */
    void learn(Iterable<Place.Key> asked, Map<Place.Key, Place> stored) {
        asked.forEach(key -> known.put(key, Optional.ofNullable(stored.get(key))));
    }

    /** Returns the place that a name has now; null if that is not known. */
    @SuppressWarnings("NullableOptional") // empty: nothing; null: not asked for yet
    private @Nullable Optional<Place> at(Place.Key key) {
        Optional<Place> found = known.get(key);
        return found == null && key.parent() >= firstNew ? Optional.empty() : found;
    }

    /** Returns the place at the end of a path; empty if there is none. All of the path is known. */
    Optional<Place> find(VaultPath path) {
        long parent = Place.ROOT;
        Optional<Place> found = Optional.empty();
        for (String name : path.names()) {
            found = now(new Place.Key(parent, name));
            if (found.isEmpty()) {
                return found;
            }
            parent = found.get().file() ? Long.MAX_VALUE : found.get().node();
        }
        return found;
    }

    private Optional<Place> now(Place.Key key) {
        Optional<Place> found = at(key);
        return found == null ? Optional.empty() : found;
    }

    /** Makes a folder, and those above it; a file in the way is removed. Returns the node of the folder. */
    long makeFolder(VaultOp op, VaultPath path) {
        long parent = Place.ROOT;
        for (String name : path.names()) {
            Place.Key key = new Place.Key(parent, name);
            Optional<Place> there = now(key);
            if (there.isPresent() && !there.get().file()) {
                parent = there.get().node();
            } else {
                there.ifPresent(file -> close(op, file));
                parent = add(op, key, FileKind.FOLDER, 0, null);
            }
        }
        return parent;
    }

    /** Gives a file its content; makes it, and the folders above it, if it is not there. */
    void putFile(VaultOp op, PutFile file) {
        Place.Key key = slot(op, file.path());
        Optional<Place> there = now(key);
        if (there.isPresent() && there.get().file()) {
            version(op, there.get().node(), file.kind(), file.size(), file.sha256());
        } else {
            there.ifPresent(folder -> close(op, folder));
            add(op, key, file.kind(), file.size(), file.sha256());
        }
    }

    /** Takes away what is at a path. Returns false if nothing is. */
    boolean remove(VaultOp op, VaultPath path) {
        Optional<Place> there = find(path);
        return there.isPresent() && remove(op, there.get());
    }

    /** Takes away what is at a place. */
    boolean remove(VaultOp op, Place place) {
        close(op, place);
        event(op);
        return true;
    }

    /** Puts what is at a path elsewhere, in the place of whatever is there. Returns false if nothing is. */
    boolean move(VaultOp op, VaultPath from, VaultPath to) {
        Optional<Place> there = find(from);
        if (there.isEmpty() || from.equals(to)) {
            return false;
        }
        place(op, there.get(), to);
        return true;
    }

    /** Puts a node at a path, wherever it was, in the place of whatever is there. */
    void place(VaultOp op, Place before, VaultPath to) {
        if (before.isOpen()) {
            close(op, before);
        }
        Place.Key key = slot(op, to);
        now(key).ifPresent(other -> close(op, other));
        open(new Place(key.parent(), before.file(), key.name(), op.sequence(), Place.STILL, before.node()));
        event(op);
    }

    /** A folder becomes a Deal. */
    void becomeDeal(VaultOp op, long node, String id) {
        if (versions.stream().noneMatch(last -> last.node() == node && last.sequence() == op.sequence())) {
            version(op, node, FileKind.DEAL, 0, null);
        } else {
            versions.replaceAll(made -> made.node() == node && made.sequence() == op.sequence()
                    ? new NodeVersion(node, op.sequence(), FileKind.DEAL, 0, null, op.deviceId(), op.madeAt())
                    : made);
        }
        nameDeal(id, node);
    }

    /** Remembers which folder a Deal is. */
    void nameDeal(String id, long node) {
        deals.put(id, node);
        newDeals.put(id, node);
    }

    /** Returns the node of a Deal that is known; null: ask the stored ones. */
    @Nullable
    Long deal(String id) {
        return deals.get(id);
    }

    void learnDeal(String id, long node) {
        deals.put(id, node);
    }

    /** Returns a place of a node that these ops have opened or closed, the latest; empty: ask the stored ones. */
    Optional<Place> changed(long node) {
        return opened.values().stream()
                .filter(place -> place.node() == node)
                .reduce((first, last) -> last)
                .or(() -> closed.stream().filter(place -> place.node() == node).reduce((first, last) -> last));
    }

    private Place.Key slot(VaultOp op, VaultPath path) {
        int last = path.names().size() - 1;
        long parent = last == 0
                ? Place.ROOT
                : makeFolder(op, new VaultPath(path.names().subList(0, last)));
        return new Place.Key(parent, path.names().get(last));
    }

    private long add(VaultOp op, Place.Key key, FileKind kind, long size, @Nullable Sha256 sha256) {
        long node = nextNode++;
        open(new Place(key.parent(), !kind.isFolder(), key.name(), op.sequence(), Place.STILL, node));
        version(op, node, kind, size, sha256);
        return node;
    }

    private void open(Place place) {
        known.put(place.key(), Optional.of(place));
        opened.put(place, place);
    }

    private void close(VaultOp op, Place place) {
        known.put(place.key(), Optional.empty());
        Place ended = place.until(op.sequence());
        if (opened.replace(place, ended) == null) {
            closed.add(ended);
        }
    }

    private void version(VaultOp op, long node, FileKind kind, long size, @Nullable Sha256 sha256) {
        versions.add(new NodeVersion(node, op.sequence(), kind, size, sha256, op.deviceId(), op.madeAt()));
    }

    private void event(VaultOp op) {
        events.add(new Event(op.sequence(), op.deviceId(), op.madeAt()));
    }

    /** Returns what has changed since the last call. */
    IndexChanges take(List<IndexChanges.Time> times) {
        IndexChanges changes = new IndexChanges(
                List.copyOf(opened.values()),
                List.copyOf(closed),
                List.copyOf(versions),
                List.copyOf(events),
                Map.copyOf(newDeals),
                times);
        opened.clear();
        closed.clear();
        versions.clear();
        events.clear();
        newDeals.clear();
        return changes;
    }
}
