package io.verstak.server.files;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileIndexState;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.domain.files.FileVersion.Change;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.HeadStore;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.FileTreeStore;
import io.verstak.server.storage.files.FileTreeStore.After;
import io.verstak.server.storage.files.IndexCursor;
import io.verstak.server.storage.files.Place;
import io.verstak.server.storage.sqlite.DerivedDatabase;
import io.verstak.server.sync.OpLines;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The index against a folder to which the same ops are applied without one, at every moment. */
@ParameterizedClass
@EnumSource
class FileIndexTest {
    private static final long SEED = 20261130;
    private static final int OPS = 600;
    private static final Scope SCOPE = new Scope(7, "u1", "notes");

    @TempDir
    static Path folder;

    private final TestEngine engine;
    private final TestEngine.Store store;
    private final Vertx vertx = Vertx.vertx();
    private final Random random = new Random(SEED);
    private final FileHistoryMaker history = new FileHistoryMaker(random, Sha256::of);
    private final Path file = folder.resolve("files-%s.db".formatted(System.nanoTime()));
    private Database index;
    private int batch = 50;
    private volatile long head;

    FileIndexTest(TestEngine engine) {
        this.engine = engine;
        store = engine.open();
    }

    @BeforeEach
    void open() {
        index = engine == TestEngine.SQLITE ? derived() : store.database();
        store.execute(
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at) VALUES (7, 'u1', 'notes', 'log1', 1)");
    }

    private Database derived() {
        return DerivedDatabase.open(vertx, file, FilesVerticle.SCHEMA, FilesVerticle.SCHEMA_VERSION, 2, () -> {});
    }

    @AfterEach
    void close() {
        if (engine == TestEngine.SQLITE) {
            await(index.close());
        }
        await(vertx.close());
        store.close();
    }

    @Test
    void every_moment_is_the_folder_that_a_desktop_had_whatever_the_batches() {
        history.make(OPS);
        VaultFiles files = files();
        for (int size : new int[] {1, 7, 1000}) {
            batch = size;
            headIs(size == 1 ? 60 : history.size());
            store.execute("UPDATE scopes SET log_id = 'log of " + size + "' WHERE id = 7");
            assertThat(indexed(files).indexed()).isEqualTo(head);
            for (int i = 0; i < 12; i++) {
                long moment = random.nextInt((size == 1 ? 60 : history.size()) + 1);
                assertThat(walked(files, "", moment, 1 + random.nextInt(30)))
                        .as("the vault after op %s", moment)
                        .isEqualTo(history.at(moment));
            }
        }
    }

    @Test
    void a_folder_shows_what_is_in_it_and_an_entry_what_it_is() {
        history.make(OPS);
        headIs(OPS);
        VaultFiles files = files();
        indexed(files);
        for (int i = 0; i < 60; i++) {
            long moment = random.nextInt(OPS + 1);
            List<String> paths = List.copyOf(history.at(moment).keySet());
            if (paths.isEmpty()) {
                continue;
            }
            String path = paths.get(random.nextInt(paths.size()));
            FileEntry entry = await(files.entry(SCOPE, path, moment));
            assertThat(entry.path()).isEqualTo(path);
            assertThat(entry.kind().isFolder())
                    .isEqualTo(NaiveFiles.FOLDER.equals(history.at(moment).get(path)));
            if (entry.kind().isFolder()) {
                List<FileEntry> children = children(files, path, moment);
                assertThat(children)
                        .extracting(FileEntry::path)
                        .containsExactlyInAnyOrderElementsOf(history.at(moment).keySet().stream()
                                .filter(below ->
                                        below.startsWith(path + "/") && below.indexOf('/', path.length() + 1) < 0)
                                .toList());
                assertThat(children)
                        .isSortedAccordingTo((one, other) -> Boolean.compare(
                                other.kind().isFolder(), one.kind().isFolder()));
            }
        }
    }

    @Test
    void two_followers_at_once_make_one_index() {
        history.make(OPS);
        headIs(OPS);
        batch = 20;
        VaultFiles one = files();
        VaultFiles other = files();
        await(Future.join(one.state(SCOPE), other.state(SCOPE)));
        indexed(one);
        indexed(other);
        assertThat(walked(one, "", OPS, 100)).isEqualTo(history.at(OPS));
        assertThat(walked(other, "", OPS, 100)).isEqualTo(history.at(OPS));
    }

    @Test
    void history_tells_what_became_of_a_path() {
        VaultFiles files = files(
                op(1, "dev_a", "file", "create", "{\"path\":\"Work/plan.md\",\"content\":\"one\"}"),
                op(2, "dev_b", "file", "update", "{\"path\":\"Work/plan.md\",\"content\":\"two!\"}"),
                op(3, "dev_a", "file", "move", "{\"fromPath\":\"Work/plan.md\",\"toPath\":\"Old/was.md\"}"),
                op(4, "dev_a", "workspace-folder", "move", "{\"previousPath\":\"Old\",\"path\":\"Work/Old\"}"),
                op(5, "dev_b", "file", "create", "{\"path\":\"Work/plan.md\",\"content\":\"three\"}"),
                op(6, "dev_c", "folder", "delete", "{\"path\":\"Work\"}"));

        assertThat(await(files.history(SCOPE, "Work/plan.md", "", 50)).rows())
                .extracting(
                        FileVersion::sequence,
                        FileVersion::change,
                        FileVersion::path,
                        FileVersion::size,
                        FileVersion::deviceId)
                .containsExactly(
                        tuple(6L, Change.REMOVED, "Work/plan.md", 5L, "dev_c"),
                        tuple(5L, Change.CREATED, "Work/plan.md", 5L, "dev_b"),
                        tuple(3L, Change.MOVED, "Old/was.md", 4L, "dev_a"),
                        tuple(2L, Change.UPDATED, "Work/plan.md", 4L, "dev_b"),
                        tuple(1L, Change.CREATED, "Work/plan.md", 3L, "dev_a"));
        Page<FileVersion> latest = await(files.history(SCOPE, "Work/plan.md", "", 2));
        assertThat(await(files.history(SCOPE, "Work/plan.md", latest.next(), 50))
                        .rows())
                .extracting(FileVersion::sequence)
                .containsExactly(3L, 2L, 1L);
        assertThat(await(files.history(SCOPE, "never", "", 50)).rows()).isEmpty();
    }

    @Test
    void a_file_remembers_its_earlier_names() {
        VaultFiles files = files(
                op(1, "dev_a", "file", "create", "{\"path\":\"a.md\",\"content\":\"one\"}"),
                op(2, "dev_b", "file", "move", "{\"fromPath\":\"a.md\",\"toPath\":\"b.md\"}"),
                op(3, "dev_b", "file", "update", "{\"path\":\"b.md\",\"content\":\"two\"}"));

        assertThat(await(files.history(SCOPE, "b.md", "", 50)).rows())
                .extracting(FileVersion::sequence, FileVersion::change, FileVersion::path)
                .containsExactly(
                        tuple(3L, Change.UPDATED, "b.md"),
                        tuple(2L, Change.MOVED, "b.md"),
                        tuple(1L, Change.CREATED, "a.md"));
    }

    @Test
    void a_search_finds_names_in_any_case_but_nothing_in_folders_that_are_gone() {
        VaultFiles files = files(
                op(1, "d", "file", "create", "{\"path\":\"Проект/ПЛАН 100%.md\",\"content\":\"\"}"),
                op(2, "d", "file", "create", "{\"path\":\"x/план.md\",\"content\":\"\"}"),
                op(3, "d", "file", "create", "{\"path\":\"planet\",\"content\":\"\"}"),
                op(4, "d", "folder", "delete", "{\"path\":\"x\"}"));

        assertThat(paths(await(files.search(SCOPE, "план", VaultFiles.HEAD, "", 50))))
                .containsExactly("Проект/ПЛАН 100%.md");
        assertThat(paths(await(files.search(SCOPE, "план", 3, "", 50))))
                .containsExactly("x/план.md", "Проект/ПЛАН 100%.md");
        assertThat(paths(await(files.search(SCOPE, "0%", VaultFiles.HEAD, "", 50))))
                .hasSize(1);
        assertThat(paths(await(files.search(SCOPE, "_", VaultFiles.HEAD, "", 50))))
                .isEmpty();
        Page<FileEntry> first = await(files.search(SCOPE, "план", 3, "", 1));
        assertThat(paths(await(files.search(SCOPE, "план", 3, first.next(), 1))))
                .isNotEqualTo(paths(first))
                .hasSize(1);
    }

    @Test
    void removed_entries_are_listed_on_demand_but_not_what_was_moved_away() {
        VaultFiles files = files(
                op(1, "d", "file", "create", "{\"path\":\"a\",\"content\":\"1\"}"),
                op(2, "d", "file", "create", "{\"path\":\"b\",\"content\":\"2\"}"),
                op(3, "d", "file", "create", "{\"path\":\"c\",\"content\":\"3\"}"),
                op(4, "d", "file", "delete", "{\"path\":\"a\"}"),
                op(5, "d", "file", "move", "{\"fromPath\":\"b\",\"toPath\":\"e\"}"));

        assertThat(await(files.list(SCOPE, "", VaultFiles.HEAD, true, "", 50)).rows())
                .extracting(FileEntry::path, FileEntry::deletedBy)
                .containsExactly(tuple("a", 4L), tuple("c", 0L), tuple("e", 0L));
        assertThat(await(files.list(SCOPE, "", 3, true, "", 50)).rows())
                .extracting(FileEntry::path, FileEntry::deletedBy)
                .containsExactly(tuple("a", 0L), tuple("b", 0L), tuple("c", 0L));
    }

    @Test
    void bad_ops_are_counted_and_stop_nothing() {
        String deep = "n/".repeat(2047) + "x";
        VaultFiles files = files(
                op(1, "d", "file", "create", "{\"path\":\"../up\",\"content\":\"\"}"),
                op(2, "d", "file", "create", "{\"path\":\"/etc/passwd\",\"content\":\"\"}"),
                op(3, "d", "file", "create", "{\"path\":\"a\\u0000b\",\"content\":\"\"}"),
                op(4, "d", "file", "create", "{\"path\":\"a//b\",\"content\":\"\"}"),
                op(5, "d", "file", "create", "{\"path\":\"" + "n".repeat(1025) + "\",\"content\":\"\"}"),
                op(6, "d", "file", "create", "{\"path\":\"half\\ud800\",\"content\":\"\"}"),
                op(7, "d", "file", "delete", "{\"path\":\"never was\"}"),
                op(8, "d", "folder", "move", "{\"fromPath\":\"x\",\"toPath\":\"x/y\"}"),
                op(9, "d", "file", "create", "[1]"),
                op(10, "d", "file", "create", "{\"path\":7,\"content\":{}}"),
                op(11, "d", "file", "create", "{\"path\":\"q\",\"blob\":{\"sha256\":\"zz\",\"size\":-1}}"),
                op(12, "d", "workspace", "rename", "{}"),
                op(13, "d", "file", "explode", "{\"path\":\"a\"}"),
                op(14, "d", "file", "create", "{\"path\":\"" + deep + "\",\"content\":\"deep\"}"),
                op(15, "d", "file", "create", "{\"path\":\"C:\\\\con\",\"content\":\"kept\"}"),
                op(16, "d", "file", "create", "{\"path\":\"twice\",\"content\":\"1\"}"),
                op(17, "d", "file", "create", "{\"path\":\"twice\",\"content\":\"2\"}"),
                op(18, "d", "file", "create", ""));

        assertThat(indexed(files).otherChanges()).isEqualTo(14);
        assertThat(await(files.entry(SCOPE, deep, VaultFiles.HEAD)).size()).isEqualTo(4);
        assertThat(await(files.list(SCOPE, "", VaultFiles.HEAD, false, "", 50)).rows())
                .extracting(FileEntry::path, FileEntry::kind)
                .containsExactly(
                        tuple("n", FileKind.FOLDER), tuple("C:\\con", FileKind.TEXT), tuple("twice", FileKind.TEXT));
    }

    @Test
    void a_file_below_two_thousand_folders_is_updated_by_a_follower_that_has_just_started() {
        String deep = "n/".repeat(2047) + "x";
        indexed(files(op(1, "d", "file", "create", "{\"path\":\"" + deep + "\",\"content\":\"deep\"}")));
        VaultFiles files = files(op(2, "d", "file", "update", "{\"path\":\"" + deep + "\",\"content\":\"again\"}"));
        headIs(2);

        assertThat(indexed(files).indexed()).isEqualTo(2);
        assertThat(await(files.entry(SCOPE, deep, VaultFiles.HEAD)).size()).isEqualTo(5);
        assertThat(walked(files, "", 2, 1_000)).hasSize(2048);
        assertThat(await(files.history(SCOPE, deep, "", 10)).rows())
                .extracting(FileVersion::sequence)
                .containsExactly(2L, 1L);
        assertThat(paths(await(files.search(SCOPE, "x", 2, "", 10)))).containsExactly(deep);
    }

    @Test
    void a_batch_of_moves_that_find_nothing_is_counted() {
        batch = 1_500;
        VaultFiles files = files(IntStream.rangeClosed(1, 1_500)
                .mapToObj(i -> op(i, "d", "file", "move", "{\"fromPath\":\"q%s\",\"toPath\":\"r%s\"}".formatted(i, i)))
                .toArray(String[]::new));

        assertThat(indexed(files).otherChanges()).isEqualTo(1_500);
    }

    @Test
    void a_thousand_names_and_a_thousand_versions_are_one_page() {
        batch = 2_000;
        VaultFiles files = files(IntStream.rangeClosed(1, 2_000)
                .mapToObj(i -> op(
                        i,
                        "d",
                        "file",
                        "update",
                        "{\"path\":\"in/f%s\",\"content\":\"%s\"}".formatted(Math.min(i, 1_000), i)))
                .toArray(String[]::new));
        indexed(files);

        assertThat(await(files.search(SCOPE, "f", 2_000, "", 1_000)).rows()).hasSize(1_000);
        assertThat(await(files.history(SCOPE, "in/f1000", "", 1_000)).rows()).hasSize(1_000);
    }

    @Test
    void an_indexer_that_is_killed_between_batches_again_and_again_leaves_nothing_half_done() {
        history.make(OPS);
        headIs(OPS);
        long before = -1;
        for (long reached = 0; reached < OPS; ) {
            assertThat(reached).isGreaterThan(before);
            before = reached;
            killAfter(1 + random.nextInt(4));
            reached = await(new FileIndexStore(index).cursor(SCOPE.id()))
                    .map(IndexCursor::sequence)
                    .orElse(0L);
            for (long moment = Math.max(0, reached - 1); moment <= reached; moment++) {
                assertThat(stored(moment))
                        .as("the vault after op %s, indexed to %s", moment, reached)
                        .isEqualTo(history.at(moment));
            }
            reopen();
        }
        VaultFiles files = files();
        indexed(files);
        assertThat(walked(files, "", OPS / 2, 100)).isEqualTo(history.at(OPS / 2));
    }

    @Test
    void an_indexer_that_slept_while_another_one_went_on_does_no_harm() {
        history.make(OPS);
        headIs(OPS);
        Promise<Void> asleep = Promise.promise();
        Promise<Void> sleeps = Promise.promise();
        AtomicInteger begun = new AtomicInteger();
        Future<Void> sleeper = indexer(new FileIndexStore(index)).catchUp(SCOPE.id(), nanos -> {
            if (begun.incrementAndGet() < 4) {
                return Future.succeededFuture();
            }
            sleeps.tryComplete();
            return asleep.future();
        });
        await(sleeps.future());
        VaultFiles files = files();
        assertThat(indexed(files).indexed()).isEqualTo(OPS);

        asleep.complete();
        await(sleeper);

        for (long moment : new long[] {3L * batch, 3L * batch + 1, 4L * batch, OPS}) {
            assertThat(walked(files, "", moment, 100)).as("after %s", moment).isEqualTo(history.at(moment));
        }
    }

    /** An indexer takes some batches in, and never gets further. */
    private void killAfter(int batches) {
        Promise<Void> killed = Promise.promise();
        AtomicInteger begun = new AtomicInteger();
        indexer(new FileIndexStore(index))
                .catchUp(SCOPE.id(), nanos -> {
                    if (begun.incrementAndGet() <= batches) {
                        return Future.succeededFuture();
                    }
                    killed.tryComplete();
                    return Promise.<Void>promise().future();
                })
                .onComplete(end -> killed.tryComplete());
        await(killed.future());
    }

    /** As the next process finds it. */
    private void reopen() {
        if (engine == TestEngine.SQLITE) {
            await(index.close());
            index = derived();
        }
    }

    /** What the rows say that there are, whatever the head of the log. */
    private Map<String, String> stored(long moment) {
        FileWalk walk = new FileWalk(new FileTreeStore(index), SCOPE.id(), moment, 10_000);
        walk.enter(Place.ROOT, "", After.START);
        Map<String, String> all = new TreeMap<>();
        await(walk.page()).rows().forEach(entry -> all.put(entry.path(), content(entry)));
        return all;
    }

    /** Waits for an index, however slow the machine. */
    private static FileIndexState indexed(VaultFiles files) {
        FileIndexState state = await(files.state(SCOPE));
        while (!state.isComplete()) {
            state = await(files.state(SCOPE));
        }
        return state;
    }

    @Test
    void a_time_leads_to_the_last_op_before_it() {
        history.make(100);
        headIs(100);
        VaultFiles files = files();
        indexed(files);
        long made = 1_700_000_000_000L;

        assertThat(await(files.momentAt(SCOPE, made))).isZero();
        assertThat(await(files.momentAt(SCOPE, made + 50 * 30_000L))).isBetween(49L, 51L);
        assertThat(await(files.momentAt(SCOPE, Long.MAX_VALUE))).isEqualTo(100);
        assertThat(await(files.timeAt(SCOPE, 60))).isBetween(made + 58 * 30_000L, made + 60 * 30_000L);
        assertThat(await(files.timeAt(SCOPE, 0))).isZero();
    }

    @Test
    void the_index_of_a_vault_that_is_gone_is_deleted() {
        history.make(300);
        headIs(300);
        indexed(files());
        FileIndexStore rows = new FileIndexStore(index);

        await(rows.delete(await(rows.cursor(SCOPE.id())).orElseThrow()));

        assertThat(await(rows.cursor(SCOPE.id()))).isEmpty();
        assertThat(await(index.list("SELECT count(*) AS n FROM file_places", row -> row.getLong("n"))))
                .containsExactly(0L);
        VaultFiles again = files();
        indexed(again);
        assertThat(walked(again, "", 300, 100)).isEqualTo(history.at(300));
    }

    @Test
    void an_index_that_is_ahead_of_its_log_is_made_again() {
        history.make(300);
        headIs(300);
        indexed(files());
        headIs(100);

        assertThat(indexed(files()).indexed()).isEqualTo(100);
        assertThat(walked(files(), "", VaultFiles.HEAD, 100)).isEqualTo(history.at(100));
    }

    @Test
    void who_has_seen_an_index_that_was_made_again_since_does_not_delete_it() {
        history.make(300);
        headIs(300);
        indexed(files());
        FileIndexStore rows = new FileIndexStore(index);
        IndexCursor seen = await(rows.cursor(SCOPE.id())).orElseThrow();
        store.execute("UPDATE scopes SET log_id = 'another' WHERE id = 7");
        indexed(files());

        await(rows.delete(seen));

        assertThat(await(rows.cursor(SCOPE.id())).orElseThrow().logId()).isEqualTo("another");
        assertThat(walked(files(), "", 300, 100)).isEqualTo(history.at(300));
    }

    private static org.assertj.core.groups.Tuple tuple(Object... values) {
        return org.assertj.core.groups.Tuple.tuple(values);
    }

    private void headIs(long head) {
        this.head = head;
        store.execute("UPDATE scopes SET head = " + head + " WHERE id = 7");
    }

    private VaultFiles files(String... ops) {
        for (String op : ops) {
            history.add(op);
        }
        if (ops.length > 0) {
            headIs(ops.length);
        }
        OpLines log = new Lines();
        HeadStore heads = new HeadStore(store.database());
        FileIndexStore rows = new FileIndexStore(index);
        FileIndexer indexer = indexer(rows);
        return new IndexedFiles(
                log,
                new FileIndexes(
                        vertx, heads, rows, scopeId -> indexer.catchUp(scopeId, nanos -> Future.succeededFuture())),
                new FileTreeStore(index));
    }

    private FileIndexer indexer(FileIndexStore rows) {
        return new FileIndexer(new Lines(), new HeadStore(store.database()), rows, Clock.systemUTC());
    }

    private String op(long sequence, String device, String type, String opType, String payload) {
        return FileHistoryMaker.op(sequence, device, type, "id", opType, payload);
    }

    /** Everything below a path, in pages. */
    private static Map<String, String> walked(VaultFiles files, String path, long moment, int limit) {
        Map<String, String> all = new TreeMap<>();
        String after = "";
        do {
            Page<FileEntry> page = await(files.walk(SCOPE, path, moment, after, limit));
            page.rows().forEach(entry -> all.put(entry.path(), content(entry)));
            after = page.next();
        } while (!after.isEmpty());
        return all;
    }

    private static String content(FileEntry entry) {
        return switch (entry.kind()) {
            case FOLDER, DEAL -> NaiveFiles.FOLDER;
            case TEXT, BLOB -> requireNonNull(entry.sha256()).hex();
        };
    }

    private static List<FileEntry> children(VaultFiles files, String path, long moment) {
        List<FileEntry> all = new ArrayList<>();
        String after = "";
        do {
            Page<FileEntry> page = await(files.list(SCOPE, path, moment, false, after, 2));
            all.addAll(page.rows());
            after = page.next();
        } while (!after.isEmpty());
        return all;
    }

    private static List<String> paths(Page<FileEntry> page) {
        return page.rows().stream().map(FileEntry::path).collect(Collectors.toList());
    }

    /** The log, which a test of the whole server reads for real. */
    private final class Lines implements OpLines {
        @Override
        public Future<ExportChunk> lines(Scope scope, long cursor) {
            return vertx.executeBlocking(() -> history.lines(cursor, batch, head));
        }

        @Override
        public Future<ExportChunk> line(Scope scope, long cursor) {
            return vertx.executeBlocking(() -> history.lines(cursor, 1, head));
        }
    }
}
