package io.verstak.server.files;

import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.storage.files.FileTreeStore.After;
import io.verstak.server.storage.files.FileTreeStore.Found;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Walks through all that is below a folder at a moment, a page at a time: a folder comes before what is in it. */
final class FileWalk {
    private static final int ROWS = 500;

    private final FileTreeStore store;
    private final long scopeId;
    private final long moment;
    private final int limit;
    private final Deque<Level> levels = new ArrayDeque<>();
    private final List<FileEntry> entries = new ArrayList<>();
    private final Promise<Page<FileEntry>> done = Promise.promise();

    /** A folder, and how much of it was walked through. */
    private static final class Level {
        private final long node;
        private final String path;
        private final Deque<Found> rows = new ArrayDeque<>();
        private After after;
        private boolean complete;

        Level(long node, String path, After after) {
            this.node = node;
            this.path = path;
            this.after = after;
        }
    }

    FileWalk(FileTreeStore store, long scopeId, long moment, int limit) {
        this.store = store;
        this.scopeId = scopeId;
        this.moment = moment;
        this.limit = limit;
    }

    /** Goes on in this folder, after an entry; then in those that were added before. */
    void enter(long node, String path, After after) {
        levels.push(new Level(node, path, after));
    }

    /** Returns one entry more than the page holds, if there are more. */
    Future<Page<FileEntry>> page() {
        step();
        return done.future();
    }

    private void step() {
        while (!levels.isEmpty() && entries.size() <= limit) {
            Level level = levels.element();
            Found next = level.rows.poll();
            if (next != null) {
                take(level, next);
            } else if (level.complete) {
                levels.pop();
            } else {
                read(level);
                return;
            }
        }
        done.complete(Page.walked(entries, limit, FileWalk::position));
    }

    private void take(Level level, Found next) {
        String path = FilePaths.join(level.path, next.place().name());
        entries.add(FileEntries.of(path, next, moment));
        if (!next.place().file()) {
            enter(next.place().node(), path, After.START);
        }
    }

    private void read(Level level) {
        store.children(scopeId, level.node, moment, false, level.after, ROWS)
                .onSuccess(rows -> {
                    level.rows.addAll(rows);
                    level.complete = rows.size() < ROWS;
                    if (!rows.isEmpty()) {
                        level.after = FileEntries.after(rows.get(rows.size() - 1));
                    }
                    step();
                })
                .onFailure(done::tryFail);
    }

    private static String position(FileEntry entry) {
        return (entry.kind().isFolder() ? "0" : "1") + entry.path();
    }
}
