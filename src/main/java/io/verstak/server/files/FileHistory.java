package io.verstak.server.files;

import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.domain.files.FileVersion.Change;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.files.format.VaultPath;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.storage.files.IndexChanges.Event;
import io.verstak.server.storage.files.NodeVersion;
import io.verstak.server.storage.files.Place;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What happened to a path: to all that ever had it, and to what has it now where it was called otherwise. */
final class FileHistory {
    /** Of places with the name of a folder or file of the path. Earlier ones are left out. */
    private static final int MOST_PLACES = 1_000;

    private final FileTreeStore store;
    private final long scopeId;
    private final VaultPath path;
    private final long before;
    private final int limit;
    /** By sequence; an op does one thing to a path. */
    private final Map<Long, Found> changes = new TreeMap<>(Comparator.reverseOrder());

    /**
     * A time in which a node was at the path, or elsewhere.
     *
     * @param to the sequence of the op that ended it
     */
    private record Stay(long node, boolean file, long from, long to, boolean elsewhere) {}

    /**
     * What has been at the first names of the path.
     *
     * @param depth the number of these names
     * @param stays by node
     */
    private record Level(int depth, Map<Long, List<Stay>> stays) {}

    /** @param moved whether the node was at another path before or after */
    private record Found(Change change, NodeVersion version, boolean moved) {}

    /** @param before only what happened before this sequence */
    FileHistory(FileTreeStore store, long scopeId, VaultPath path, long before, int limit) {
        this.store = store;
        this.scopeId = scopeId;
        this.path = path;
        this.before = before;
        this.limit = limit;
    }

    /** Returns the changes, the latest first. */
    Future<Page<FileVersion>> page() {
        return stays().compose(this::withEarlierNames)
                .compose(this::collect)
                .compose(collected -> named())
                .map(found -> Page.walked(found, limit, last -> Long.toString(last.sequence())));
    }

    /** Goes down the path: what is at a name only while its folder is at the path above. */
    private Future<List<Stay>> stays() {
        Stay root = new Stay(Place.ROOT, false, 0, Place.STILL, false);
        return Sequentially.until(
                        new Level(0, Map.of(Place.ROOT, List.of(root))),
                        level -> level.depth() == path.names().size()
                                || level.stays().isEmpty(),
                        this::below)
                .map(last ->
                        last.stays().values().stream().flatMap(List::stream).toList());
    }

    private Future<Level> below(Level above) {
        return store.everNamed(scopeId, above.stays().keySet(), path.names().get(above.depth()), MOST_PLACES)
                .map(places -> {
                    Map<Long, List<Stay>> here = new HashMap<>();
                    for (Place place : places) {
                        for (Stay folder : above.stays().getOrDefault(place.parent(), List.of())) {
                            long from = Math.max(place.from(), folder.from());
                            long to = Math.min(place.to(), folder.to());
                            if (from < to) {
                                here.computeIfAbsent(place.node(), node -> new ArrayList<>())
                                        .add(new Stay(place.node(), place.file(), from, to, false));
                            }
                        }
                    }
                    if (above.depth() + 1 < path.names().size()) {
                        here.values().removeIf(stays -> stays.get(0).file());
                    }
                    return new Level(above.depth() + 1, here);
                });
    }

    /** A file that is there now had other names before. */
    private Future<List<Stay>> withEarlierNames(List<Stay> stays) {
        Optional<Stay> now = stays.stream()
                .filter(stay -> stay.file() && stay.to() == Place.STILL)
                .findFirst();
        if (now.isEmpty()) {
            return Future.succeededFuture(stays);
        }
        long node = now.get().node();
        Set<Long> here = new HashSet<>();
        stays.stream().filter(stay -> stay.node() == node).forEach(stay -> here.add(stay.from()));
        return store.placesOf(scopeId, node, MOST_PLACES).map(places -> {
            List<Stay> all = new ArrayList<>(stays);
            places.stream()
                    .filter(place -> !here.contains(place.from()))
                    .map(place -> new Stay(node, true, place.from(), place.to(), true))
                    .forEach(all::add);
            return all;
        });
    }

    private Future<Void> collect(List<Stay> stays) {
        List<Stay> earlier = stays.stream().filter(stay -> stay.from() < before).toList();
        return Sequentially.forEach(earlier, this::collect);
    }

    private Future<Void> collect(Stay stay) {
        long last = Math.min(stay.to(), before) - 1;
        return store.versions(scopeId, stay.node(), stay.from(), last, limit + 1)
                .compose(versions -> {
                    versions.forEach(version ->
                            add(version.sequence() == stay.from() ? Change.CREATED : Change.UPDATED, version, stay));
                    return collectEnds(stay, versions);
                });
    }

    /** A stay begins with a version when the file was made then; otherwise something brought it here. */
    private Future<Void> collectEnds(Stay stay, List<NodeVersion> versions) {
        Future<Void> done = Future.succeededFuture();
        if (versions.stream().noneMatch(version -> version.sequence() == stay.from()) && versions.size() <= limit) {
            done = done.compose(previous -> version(stay.node(), stay.from())).map(found -> {
                found.ifPresent(version -> add(Change.MOVED, at(stay.from(), version), stay));
                return null;
            });
        }
        if (stay.to() < before && !stay.elsewhere()) {
            done = done.compose(previous -> version(stay.node(), stay.to() - 1))
                    .compose(found -> new FilePaths(store, scopeId, stay.to())
                            .of(stay.node())
                            .map(after -> {
                                found.ifPresent(version -> add(
                                        after.isPresent() ? Change.MOVED : Change.REMOVED,
                                        at(stay.to(), version),
                                        stay));
                                return null;
                            }));
        }
        return done;
    }

    private Future<Optional<NodeVersion>> version(long node, long moment) {
        return store.versions(scopeId, node, 0, moment, 1)
                .map(found -> found.stream().findFirst());
    }

    /** Returns a version as that of an op that has changed no content; who made the op is looked up later. */
    private static NodeVersion at(long sequence, NodeVersion version) {
        return new NodeVersion(version.node(), sequence, version.kind(), version.size(), version.sha256(), "", 0);
    }

    /** An op that puts one file in the place of another one has two parts: the new file counts. */
    private void add(Change change, NodeVersion version, Stay stay) {
        Found made = new Found(change, version, stay.elsewhere() || change == Change.MOVED);
        changes.merge(version.sequence(), made, (first, second) -> first.change() == Change.REMOVED ? second : first);
    }

    private Future<List<FileVersion>> named() {
        List<Found> found = changes.values().stream().limit(limit + 1L).toList();
        List<Long> unknown = found.stream()
                .map(Found::version)
                .filter(version -> version.deviceId().isEmpty())
                .map(NodeVersion::sequence)
                .toList();
        return store.events(scopeId, unknown).compose(events -> {
            Map<Long, Event> makers = new HashMap<>();
            events.forEach(event -> makers.put(event.sequence(), event));
            List<FileVersion> named = new ArrayList<>();
            return Sequentially.forEach(
                            found, change -> pathOf(change).map(where -> named.add(named(change, where, makers))))
                    .map(all -> named);
        });
    }

    private Future<String> pathOf(Found change) {
        return change.moved()
                ? new FilePaths(store, scopeId, change.version().sequence())
                        .of(change.version().node())
                        .map(where -> where.orElse(path.toString()))
                : Future.succeededFuture(path.toString());
    }

    private static FileVersion named(Found change, String where, Map<Long, Event> makers) {
        NodeVersion version = change.version();
        Event maker = makers.getOrDefault(
                version.sequence(), new Event(version.sequence(), version.deviceId(), version.madeAt()));
        return new FileVersion(
                version.sequence(),
                change.change(),
                where,
                version.kind(),
                version.size(),
                change.change() == Change.REMOVED ? null : version.sha256(),
                maker.deviceId(),
                maker.madeAt());
    }
}
