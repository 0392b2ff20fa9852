package io.verstak.server.move;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.Main;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.GoServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A server's data, imported from a Go server, and the two configurations between which it is moved. */
final class Relocation {
    private static final int VAULTS = 3;
    private static final int DEVICES = 2;
    private static final int BLOBS = 5;
    private static final Move.BlobStoreOpener NO_STORE =
            (vertx, directory, database) -> Future.failedFuture("blobs stay where they are");

    private final Path folder;
    private final PostgresAccess access = TestPostgres.newDatabase();
    private final List<String> tokens = new ArrayList<>();
    private final List<Sha256> blobs = new ArrayList<>();

    private Relocation(Path folder) {
        this.folder = folder;
    }

    /** Imports a Go server with that many ops into {@link #data}. */
    static Relocation in(Path folder, int ops) {
        Relocation made = new Relocation(folder);
        try (GoServer go = GoServer.ofSecondGeneration(folder.resolve("go"))) {
            made.fill(go, ops);
        }
        CommandLineRun run = made.run(
                "import",
                "--from",
                folder.resolve("go").toString(),
                "--data",
                made.data().toString());
        assertThat(run.exit()).as(run.toString()).isZero();
        made.write(made.sqlite(), "{\"storage\":{\"dataDir\":\"%s\"}}".formatted(made.data()));
        made.write(made.postgres(), made.onPostgres(made.data()));
        return made;
    }

    private void fill(GoServer go, int ops) {
        Random random = new Random(20261130);
        for (int i = 0; i < VAULTS; i++) {
            String userId = "%024x".formatted(i);
            go.user(userId, "user" + i, "user" + i + "@example.org");
            for (int d = 0; d < DEVICES; d++) {
                tokens.add("%016x".formatted(random.nextLong()).repeat(4));
                go.device(device(i, d), userId, "main", tokens.get(tokens.size() - 1));
            }
            for (int b = 0; b < BLOBS; b++) {
                byte[] bytes = ByteBuffer.allocate(100 + b).putInt(i).array();
                blobs.add(go.blob(bytes));
                go.reference(userId, "main", blobs.get(blobs.size() - 1), bytes.length);
            }
        }
        long sequence = 0;
        for (int op = 0; op < ops; op++) {
            sequence += op % 5 == 0 ? 3 : 1;
            int vault = random.nextInt(VAULTS);
            go.op(
                    sequence,
                    "%024x".formatted(vault),
                    "main",
                    device(vault, random.nextInt(DEVICES)),
                    OutboxOp.note("note-" + random.nextInt(20), "text " + op));
        }
    }

    private static String device(int vault, int device) {
        return "dev_%024x".formatted(vault * DEVICES + device);
    }

    Path data() {
        return folder.resolve("data");
    }

    Path database() {
        return data().resolve("server.db");
    }

    /** The configuration with the embedded database. */
    Path sqlite() {
        return folder.resolve("sqlite.json");
    }

    /** The configuration with PostgreSQL and the same data directory. */
    Path postgres() {
        return folder.resolve("postgres.json");
    }

    PostgresAccess access() {
        return access;
    }

    List<Sha256> blobs() {
        return blobs;
    }

    /** The settings of a server with PostgreSQL and a bucket. */
    Map<String, String> inBucket(String endpoint, String prefix) {
        Path key = write(folder.resolve("key"), "key");
        return Map.of(
                "storage.dataDir",
                data().toString(),
                "database.url",
                access.url(),
                "database.user",
                access.user(),
                "database.tls",
                "disable",
                "objects.kind",
                "s3",
                "objects.endpoint",
                endpoint,
                "objects.bucket",
                TestS3.BUCKET,
                "objects.prefix",
                prefix,
                "objects.accessKeyFile",
                key.toString(),
                "objects.secretKeyFile",
                key.toString());
    }

    String onPostgres(Path data) {
        return "{\"storage\":{\"dataDir\":\"%s\"},\"database\":{\"url\":\"%s\",\"user\":\"%s\",\"tls\":\"disable\"}}"
                .formatted(data, access.url(), access.user());
    }

    Path write(Path file, String text) {
        try {
            return Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    CommandLineRun run(String... arguments) {
        return CommandLineRun.of(Main.commandLine(), arguments);
    }

    CommandLineRun move(Path from, Path to, String... flags) {
        return run(
                Stream.concat(Stream.of("move", "--config", from.toString(), "--to", to.toString()), Stream.of(flags))
                        .toArray(String[]::new));
    }

    /** Moves to PostgreSQL, as the command does. */
    MoveReport there(MoveProgress progress) throws IOException {
        return move(embedded(), shared(), progress);
    }

    /** Moves back to the data directory. */
    MoveReport back(MoveProgress progress) throws IOException {
        return move(shared(), embedded(), progress);
    }

    private Move.Place embedded() {
        return new Move.Place(data(), data().resolve("secret.key"), Optional.empty(), "", NO_STORE);
    }

    private Move.Place shared() {
        return new Move.Place(data(), data().resolve("secret.key"), Optional.of(access), "", NO_STORE);
    }

    private static MoveReport move(Move.Place from, Move.Place to, MoveProgress progress) throws IOException {
        Vertx vertx = Vertx.vertx();
        try {
            return new Move(vertx, from, to, progress, Clock.systemUTC(), () -> {}).run();
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }

    TestServer serveEmbedded() {
        return TestServer.start(Map.of("storage.dataDir", data().toString(), "database.url", "", "database.user", ""));
    }

    TestServer serveShared() {
        return serveShared(data());
    }

    TestServer serveShared(Path directory) {
        return TestServer.start(Map.of(
                "storage.dataDir", directory.toString(),
                "database.url", access.url(),
                "database.user", access.user(),
                "database.tls", "disable"));
    }

    /** Every page that every device can pull, as it comes over the wire. */
    List<String> pages(TestServer server) {
        List<String> pages = new ArrayList<>();
        for (String token : tokens) {
            long cursor = 0;
            for (boolean more = true; more; ) {
                var answer = server.send(
                        Request.post("/api/v1/sync/pull", "{\"since_sequence\":%s,\"page_limit\":70}".formatted(cursor))
                                .bearer(token));
                assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
                pages.add(answer.text());
                var ops = answer.json().required("ops");
                more = ops.size() > 0;
                cursor = more
                        ? ops.get(ops.size() - 1).required("server_sequence").longValue()
                        : cursor;
            }
        }
        return pages;
    }

    /** The token of a device. */
    String token(int device) {
        return tokens.get(device);
    }

    /** All rows that a move must keep, by table, as text. */
    Map<String, List<String>> rows() {
        return rows(database());
    }

    static Map<String, List<String>> rows(Path database) {
        Map<String, List<String>> rows = new TreeMap<>();
        for (String table : TestDatabase.rows(
                database,
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'user_name%'"
                        + " AND name NOT LIKE 'sqlite_stat%' AND name NOT IN ('key_runs', 'key_parts', 'incarnations')")) {
            String columns = TestDatabase.rows(database, "SELECT name FROM pragma_table_info('" + table + "')").stream()
                    .map(column -> "quote(" + column + ")")
                    .collect(Collectors.joining(" || '|' || "));
            rows.put(
                    table,
                    TestDatabase.rows(
                            database,
                            "SELECT %s AS r FROM %s%s ORDER BY r"
                                    .formatted(columns, table, table.equals("upkeep") ? " WHERE name <> 'move'" : "")));
        }
        return rows;
    }

    /** A progress that stops the move after so many pages. */
    static MoveProgress stoppingAfter(int pages) {
        return new MoveProgress() {
            private int left = pages;

            @Override
            public void part(String name, long steps) {
                // Each page counts, whatever its table.
            }

            @Override
            public void advance(long steps) {
                left--;
                if (left < 0) {
                    throw new Stop();
                }
            }
        };
    }

    /** Ends a move in its midst. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Waits for nothing and stops nothing. */
    static MoveProgress unwatched() {
        return stoppingAfter(Integer.MAX_VALUE);
    }
}
