package io.verstak.server.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileIndexState;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.domain.files.TrashedDeal;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.files.format.OpReader;
import io.verstak.server.files.format.VaultPath;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.storage.files.FileTreeStore.After;
import io.verstak.server.storage.files.FileTreeStore.Found;
import io.verstak.server.storage.files.Place;
import io.verstak.server.sync.OpLines;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads vaults' files from their indexes. */
final class IndexedFiles implements VaultFiles {
    private static final int MOST_ENTRIES = 1_000;
    private static final int LONGEST_SEARCH = 200;

    private final OpLines log;
    private final FileIndexes indexes;
    private final FileTreeStore tree;

    /**
     * Where a walk goes on.
     *
     * @param node of a folder
     * @param after the last entry of the page before; empty: all of the folder is still to come
     */
    private record Way(long node, String path, String after) {}

    IndexedFiles(OpLines log, FileIndexes indexes, FileTreeStore tree) {
        this.log = log;
        this.indexes = indexes;
        this.tree = tree;
    }

    @Override
    public Future<FileIndexState> state(Scope scope) {
        return indexes.state(scope);
    }

    @Override
    public Future<Page<FileEntry>> list(
            Scope scope, String path, long moment, boolean removed, String after, int limit) {
        return indexes.at(
                scope,
                moment,
                then -> folder(scope, path, then)
                        .compose(folder -> tree.children(
                                        scope.id(), folder, then, removed, position(after), most(limit) + 1)
                                .map(rows -> page(
                                        rows,
                                        most(limit),
                                        row -> FileEntries.of(
                                                FilePaths.join(path, row.place().name()), row, then)))));
    }

    private static Page<FileEntry> page(List<Found> rows, int limit, Function<Found, FileEntry> entry) {
        List<FileEntry> entries = rows.stream().map(entry).toList();
        return Page.walked(entries, limit, last -> (last.kind().isFolder() ? "0" : "1") + last.name());
    }

    @Override
    public Future<Optional<FileEntry>> find(Scope scope, String path, long moment) {
        return indexes.at(
                scope,
                moment,
                then -> VaultPath.parse(path)
                        .map(parsed -> found(scope, parsed, then)
                                .map(found -> found.map(row -> FileEntries.of(path, row, then))))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    @Override
    public Future<FileEntry> entry(Scope scope, String path, long moment) {
        return find(scope, path, moment).compose(IndexedFiles::required);
    }

    @Override
    public Future<Page<FileVersion>> history(Scope scope, String path, String after, int limit) {
        VaultPath parsed = parsed(path);
        long before = number(after).orElse(HEAD);
        return indexes.at(scope, HEAD, then -> new FileHistory(tree, scope.id(), parsed, before, most(limit)).page());
    }

    @Override
    public Future<Page<FileEntry>> search(Scope scope, String text, long moment, String after, int limit) {
        if (text.isEmpty() || text.length() > LONGEST_SEARCH) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
        Place last = searched(after);
        return indexes.at(
                scope,
                moment,
                then -> tree.containing(scope.id(), text, then, last, most(limit) + 1)
                        .compose(rows -> {
                            FilePaths paths = new FilePaths(tree, scope.id(), then);
                            List<FileEntry> entries = new ArrayList<>();
                            Future<Void> done = Sequentially.forEach(
                                    rows.subList(0, Math.min(rows.size(), most(limit))),
                                    row -> paths.of(row.place())
                                            .onSuccess(path -> path.ifPresent(
                                                    known -> entries.add(FileEntries.of(known, row, then)))));
                            String next = rows.size() > most(limit)
                                    ? searched(rows.get(most(limit) - 1).place())
                                    : "";
                            return done.map(all -> new Page<>(
                                    entries.stream()
                                            .sorted(Comparator.comparing(FileEntry::path))
                                            .toList(),
                                    Page.UNCOUNTED,
                                    next));
                        }));
    }

    @Override
    public Future<Page<FileEntry>> walk(Scope scope, String path, long moment, String after, int limit) {
        return indexes.at(scope, moment, then -> {
            FileWalk walk = new FileWalk(tree, scope.id(), then, most(limit));
            if (path.isEmpty()) {
                return resume(walk, scope, then, new Way(Place.ROOT, path, after))
                        .compose(ready -> walk.page());
            }
            return found(scope, parsed(path), then)
                    .compose(IndexedFiles::required)
                    .compose(top -> top.place().file()
                            ? Future.succeededFuture(new Page<>(
                                    after.isEmpty() ? List.of(FileEntries.of(path, top, then)) : List.of(),
                                    Page.UNCOUNTED))
                            : resume(walk, scope, then, new Way(top.place().node(), path, after))
                                    .compose(ready -> walk.page()));
        });
    }

    /** Enters the folders on the way to the last entry of the page before, each after the one below it. */
    private Future<Void> resume(FileWalk walk, Scope scope, long moment, Way way) {
        return Sequentially.until(
                        Optional.of(way),
                        Optional::isEmpty,
                        here -> here.map(folder -> enter(walk, scope, moment, folder))
                                .orElseGet(() -> Future.succeededFuture(here)))
                .mapEmpty();
    }

    /** Enters a folder. Returns the one in it that is next; empty: there is none. */
    private Future<Optional<Way>> enter(FileWalk walk, Scope scope, long moment, Way way) {
        String path = way.path();
        String after = way.after();
        if (after.isEmpty()) {
            walk.enter(way.node(), path, After.START);
            return Future.succeededFuture(Optional.empty());
        }
        int begin = path.isEmpty() ? 1 : path.length() + 2;
        if (after.length() <= begin || !after.startsWith(path, 1)) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
        String below = after.substring(begin);
        int end = below.indexOf('/');
        String name = end < 0 ? below : below.substring(0, end);
        boolean file = end < 0 && after.startsWith("1");
        walk.enter(way.node(), path, new After(file, name));
        return file
                ? Future.succeededFuture(Optional.empty())
                : tree.named(scope.id(), way.node(), name, moment)
                        .map(found -> found.map(
                                row -> new Way(row.place().node(), FilePaths.join(path, name), end < 0 ? "" : after)));
    }

    @Override
    public Future<FileContent> content(Scope scope, long sequence) {
        if (sequence < 1) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return log.line(scope, sequence - 1)
                .compose(line -> OpReader.content(line.json(), sequence)
                        .map(Future::succeededFuture)
                        .orElseGet(() -> ErrorCode.NOT_FOUND.refuse()));
    }

    @Override
    public Future<Optional<TrashedDeal>> trashed(Scope scope, long sequence) {
        return sequence < 1
                ? Future.succeededFuture(Optional.empty())
                : log.line(scope, sequence - 1)
                        .map(line -> OpReader.trash(line.json(), sequence))
                        .compose(trash -> trash.map(found -> indexes.at(
                                                scope, HEAD, then -> tree.hasDeal(scope.id(), found.deal()))
                                        .map(there ->
                                                Optional.of(new TrashedDeal(found.deal(), found.payload(), !there))))
                                .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    @Override
    public Future<Long> momentAt(Scope scope, long time) {
        return indexes.at(
                scope,
                HEAD,
                then -> tree.firstAfter(scope.id(), time)
                        .map(next -> next.map(sequence -> sequence - 1).orElse(then)));
    }

    @Override
    public Future<Long> timeAt(Scope scope, long moment) {
        return indexes.at(scope, moment, then -> tree.timeAt(scope.id(), then).map(time -> time.orElse(0L)));
    }

    private Future<Long> folder(Scope scope, String path, long moment) {
        return path.isEmpty()
                ? Future.succeededFuture(Place.ROOT)
                : found(scope, parsed(path), moment)
                        .compose(IndexedFiles::required)
                        .compose(row -> row.place().file()
                                ? ErrorCode.NOT_FOUND.refuse()
                                : Future.succeededFuture(row.place().node()));
    }

    private Future<Optional<Found>> found(Scope scope, VaultPath path, long moment) {
        Future<Optional<Found>> found = Future.succeededFuture(Optional.empty());
        for (int i = 0; i < path.names().size(); i++) {
            String name = path.names().get(i);
            boolean first = i == 0;
            BiFunction<Long, String, Future<Optional<Found>>> named =
                    (parent, child) -> tree.named(scope.id(), parent, child, moment);
            found = found.compose(above -> first
                    ? named.apply(Place.ROOT, name)
                    : above.filter(row -> !row.place().file())
                            .map(row -> named.apply(row.place().node(), name))
                            .orElseGet(() -> Future.succeededFuture(Optional.empty())));
        }
        return found;
    }

    private static <T> Future<T> required(Optional<T> found) {
        return found.map(Future::succeededFuture).orElseGet(() -> ErrorCode.NOT_FOUND.refuse());
    }

    private static VaultPath parsed(String path) {
        return VaultPath.parse(path).orElseThrow(() -> new ServerException(ErrorCode.NOT_FOUND));
    }

    private static int most(int limit) {
        return Math.max(1, Math.min(limit, MOST_ENTRIES));
    }

    private static After position(String after) {
        return after.isEmpty() ? After.START : new After(after.startsWith("1"), after.substring(1));
    }

    private static String searched(Place last) {
        return "%s.%s.%s.%s".formatted(last.parent(), last.file() ? 1 : 0, last.from(), last.name());
    }

    private static @Nullable Place searched(String after) {
        String[] parts = after.split("\\.", 4);
        if (after.isEmpty()) {
            return null;
        }
        if (parts.length != 4 || number(parts[0]).isEmpty() || number(parts[2]).isEmpty()) {
            throw new ServerException(ErrorCode.INVALID_REQUEST);
        }
        return new Place(
                Long.parseLong(parts[0]), parts[1].equals("1"), parts[3], Long.parseLong(parts[2]), Place.STILL, 0);
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
    }
}
