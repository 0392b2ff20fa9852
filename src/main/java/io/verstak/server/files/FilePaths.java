package io.verstak.server.files;

import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.storage.files.Place;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Finds the paths of nodes at a moment, and remembers those of their folders. */
final class FilePaths {
    /** In place of a node: a folder on the way was not there. */
    private static final long GONE = -1;

    private final FileTreeStore store;
    private final long scopeId;
    private final long moment;
    private final Map<Long, Optional<String>> folders = new HashMap<>();

    FilePaths(FileTreeStore store, long scopeId, long moment) {
        this.store = store;
        this.scopeId = scopeId;
        this.moment = moment;
    }

    /** Returns the path of a place; empty: it was in a folder that was not there. */
    Future<Optional<String>> of(Place place) {
        return folder(place.parent()).map(path -> path.map(above -> join(above, place.name())));
    }

    /** Returns the path of a node; empty: it was not there. */
    Future<Optional<String>> of(long node) {
        return store.place(scopeId, node, moment)
                .compose(found -> found.map(this::of).orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private Future<Optional<String>> folder(long node) {
        Deque<Place> way = new ArrayDeque<>();
        return Sequentially.until(
                        node,
                        above -> above == Place.ROOT || above == GONE || folders.containsKey(above),
                        above -> store.place(scopeId, above, moment).map(found -> {
                            found.ifPresent(way::push);
                            return found.map(Place::parent).orElse(GONE);
                        }))
                .map(top -> {
                    Optional<String> path =
                            top == Place.ROOT ? Optional.of("") : folders.getOrDefault(top, Optional.empty());
                    for (Place place : way) {
                        path = path.map(above -> join(above, place.name()));
                        folders.put(place.node(), path);
                    }
                    return path;
                });
    }

    /** Returns the path of a name in a folder. */
    static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }
}
