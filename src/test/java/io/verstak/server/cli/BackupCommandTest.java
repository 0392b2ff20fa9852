package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.verstak.server.Main;
import io.verstak.server.VerstakServer;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code verstak-server backup} beside a server that works, and {@code restore} from what it made. */
class BackupCommandTest {
    private static final long SKIPPED = 1_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"backups", "backup.tar.zst"})
    void a_backup_under_load_restores_to_a_sound_directory_that_devices_ahead_can_tell(String to) throws Exception {
        String vault = "load-" + to;
        Desktop reader = SERVER.pair("alice", vault);
        AtomicBoolean on = new AtomicBoolean(true);
        ExecutorService load = Executors.newFixedThreadPool(2);
        Future<?> first = load.submit(() -> write(vault, on));
        Future<?> second = load.submit(() -> write(vault, on));
        // Neither ends before it is told to, unless it fails.
        while (reader.pull().cursor() < 100 && !first.isDone() && !second.isDone()) {
            Thread.onSpinWait();
        }
        CommandLineRun backup = backup(folder.resolve(to));
        on.set(false);
        first.get(120, TimeUnit.SECONDS);
        second.get(120, TimeUnit.SECONDS);
        load.shutdown();
        long ahead = reader.pull().cursor();

        Path data = folder.resolve("restored");
        CommandLineRun restore = restore(folder.resolve(to), data);

        assertThat(backup.exit()).as(backup.toString()).isZero();
        assertThat(restore.exit()).as(restore.toString()).isZero();
        assertThat(verify(data).out()).contains("Nothing is damaged");
        VerstakServer restored = new VerstakServer(
                ConfigLoader.load(
                        Optional.empty(),
                        Map.of(),
                        Map.of(
                                "http.listen",
                                "127.0.0.1:0",
                                "storage.dataDir",
                                data.toString(),
                                "metrics.enabled",
                                "false")),
                Clock.systemUTC(),
                () -> {});
        restored.start(Optional.empty(), percent -> {});
        try {
            JsonNode push = call(
                    restored.port(),
                    reader,
                    "push",
                    Desktop.pushBody(List.of(OutboxOp.note("a", "after")), 0).toString());
            long next = push.required("server_sequence").longValue();
            assertThat(next).isGreaterThan(SKIPPED).isGreaterThan(ahead);
            JsonNode page = call(restored.port(), reader, "pull", "{\"since_sequence\":%d}".formatted(ahead));
            assertThat(page.path("gap").booleanValue()).isTrue();
            assertThat(page.required("ops")).hasSize(1);
            assertThat(page.required("log_id"))
                    .isNotEqualTo(reader.call("/api/v1/sync/pull", JsonNodeFactory.instance.objectNode())
                            .required("log_id"));
            assertThat(TestDatabase.rows(
                            data.resolve("server.db"), "SELECT message FROM audit_log WHERE type = 'restored'"))
                    .hasSize(1);
        } finally {
            restored.stop();
        }
        assertThat(verify(data).exit()).isZero();
    }

    private static void write(String vault, AtomicBoolean on) {
        try (Desktop desktop = SERVER.pair("alice", vault)) {
            for (int i = 0; on.get() || i < 100; i++) {
                byte[] bytes = text(vault + desktop.id() + i);
                Sha256 blob = desktop.blobs().upload("f", bytes);
                desktop.make(OutboxOp.note("n" + i, "text"))
                        .make(OutboxOp.note("f" + i, "")
                                .on("file", "f" + i)
                                .withPayload(
                                        "{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(blob, bytes.length)))
                        .push();
            }
        }
    }

    private static JsonNode call(int port, Desktop desktop, String what, String body) throws IOException {
        return Http.once(port, Request.post("/api/v1/sync/" + what, body).bearer(desktop.token()))
                .json();
    }

    @Test
    void a_second_backup_links_what_the_first_has_and_only_the_newest_stay() throws Exception {
        Desktop desktop = SERVER.pair("alice", "links");
        Sha256 blob = desktop.blobs().upload("f", text("stays the same"));
        Path first = Path.of(backup(folder, "--json").json().required("place").textValue());
        Path second = Path.of(backup(folder, "--json").json().required("place").textValue());

        assertThat(inode(in(first, blob))).isEqualTo(inode(in(second, blob))).isNotEqualTo(inode(live(blob)));
        assertThat(backup(folder, "--keep", "2", "--json")
                        .json()
                        .required("deleted")
                        .intValue())
                .isEqualTo(1);
        assertThat(first).doesNotExist();
        assertThat(in(second, blob)).hasBinaryContent(text("stays the same"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.resolve("secret.key"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(second.resolve("server.db"))))
                .isEqualTo("rw-------");
    }

    @Test
    void what_is_damaged_at_the_source_is_taken_from_the_backup_before_or_named() throws Exception {
        Desktop desktop = SERVER.pair("alice", "damaged");
        Sha256 earlier = desktop.blobs().upload("f", text("was whole at the first backup"));
        Path first = Path.of(backup(folder, "--json").json().required("place").textValue());
        Sha256 later = desktop.blobs().upload("f", text("damaged before any backup"));
        Files.write(live(earlier), text("was whole at the f1rst backup"));
        Files.write(live(later), text("damaged before any b4ckup"));

        CommandLineRun run = backup(folder);

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).contains("DAMAGED blob " + later).doesNotContain("DAMAGED blob " + earlier);
        CommandLineRun restored = restore(folder, folder.resolve("restored"));
        assertThat(restored.out()).contains("MISSING blob " + later);
        assertThat(in(first, earlier)).hasBinaryContent(text("was whole at the first backup"));
        assertThat(in(folder.resolve("restored"), earlier)).hasBinaryContent(text("was whole at the first backup"));
        Files.write(live(earlier), text("was whole at the first backup"));
        Files.write(live(later), text("damaged before any backup"));
    }

    @Test
    void a_damaged_backup_is_refused_and_leaves_nothing_unless_damage_is_accepted() throws Exception {
        Desktop desktop = SERVER.pair("alice", "refused");
        Sha256 blob = desktop.blobs().upload("f", text("rots in the backup"));
        Path backup = Path.of(backup(folder, "--json").json().required("place").textValue());
        Files.write(in(backup, blob), text("r0ts in the backup"));
        Path data = folder.resolve("restored");

        CommandLineRun refused = restore(backup, data);

        assertThat(refused.exit()).isEqualTo(1);
        assertThat(refused.err()).contains(blob.hex(), "--accept-damage").hasLineCount(1);
        assertThat(data).doesNotExist();
        assertThat(restore(backup, data, "--accept-damage").exit()).isZero();
        assertThat(verify(data).out()).contains("blob_missing");
        assertThat(restore(backup, data).err()).contains("is not empty");

        Path database = backup.resolve("server.db");
        byte[] bytes = Files.readAllBytes(database);
        bytes[bytes.length / 2] ^= 4;
        Files.write(database, bytes);
        assertThat(restore(backup, folder.resolve("other"), "--accept-damage").err())
                .contains("server.db is damaged");
    }

    @Test
    void half_a_manifest_and_one_of_another_format_are_refused() throws Exception {
        SERVER.pair("alice", "manifest").blobs().upload("f", text("named in the manifest"));
        Path backup = Path.of(backup(folder, "--json").json().required("place").textValue());
        Path manifest = backup.resolve("manifest.json");
        String whole = Files.readString(manifest);
        Path data = folder.resolve("restored");
        for (String damaged : List.of(
                whole.substring(0, whole.length() / 2),
                whole + "{}",
                whole.replaceFirst("\"format\" : 1", "\"format\" : 2"),
                whole.replaceFirst("(\"[0-9a-f]{60})[0-9a-f]{4} ", "$1 "))) {
            Files.writeString(manifest, damaged);
            CommandLineRun run = restore(backup, data);
            assertThat(run.exit()).as(run.toString()).isEqualTo(1);
            assertThat(run.err()).containsPattern("manifest.json|format 2").hasLineCount(1);
            assertThat(data).doesNotExist();
        }
        Files.writeString(manifest, whole);
        assertThat(restore(backup, data).exit()).isZero();
    }

    @Test
    void a_number_to_keep_below_zero_is_refused_before_anything_is_written() throws Exception {
        assertThat(backup(folder.resolve("b"), "--keep", "-1").exit()).isEqualTo(2);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void two_backups_in_one_second_are_two() throws Exception {
        Path first = Path.of(backup(folder, "--json").json().required("place").textValue());
        Path second = Path.of(backup(folder, "--json").json().required("place").textValue());

        assertThat(second).isNotEqualTo(first);
        assertThat(restore(folder, folder.resolve("restored"), "--json")
                        .json()
                        .required("from")
                        .textValue())
                .isEqualTo(second.toString());
    }

    @Test
    void an_archive_that_was_cut_or_changed_is_refused() throws Exception {
        Path archive = folder.resolve("b.tar.zst");
        backup(archive);
        byte[] whole = Files.readAllBytes(archive);
        Files.write(folder.resolve("cut.tar.zst"), Arrays.copyOf(whole, whole.length - 100));
        byte[] changed = whole.clone();
        // One bit may stand where another one says the same: an offset into zeros, for instance.
        for (int i = 0; i < 64; i++) {
            changed[whole.length / 2 + i] ^= 0x55;
        }
        Files.write(folder.resolve("changed.tar.zst"), changed);

        for (String name : List.of("cut.tar.zst", "changed.tar.zst", "none.tar.zst")) {
            CommandLineRun run = restore(folder.resolve(name), folder.resolve("data"));
            assertThat(run.exit()).as(name + run).isEqualTo(1);
            assertThat(folder.resolve("data")).doesNotExist();
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).hasSize(3);
        }
    }

    private static CommandLineRun backup(Path to, String... flags) {
        return run(List.of("backup", "--data", SERVER.data().toString(), "--to", to.toString()), flags);
    }

    private static CommandLineRun restore(Path from, Path data, String... flags) {
        return run(List.of("restore", "--data", data.toString(), "--from", from.toString()), flags);
    }

    private static CommandLineRun verify(Path data) {
        return run(List.of("verify", "--deep", "--data", data.toString()));
    }

    private static CommandLineRun run(List<String> arguments, String... flags) {
        return CommandLineRun.of(
                CommandTree.of(new Main()),
                Stream.concat(arguments.stream(), Stream.of(flags)).toArray(String[]::new));
    }

    private static Path live(Sha256 blob) {
        return in(SERVER.data(), blob);
    }

    private static Path in(Path directory, Sha256 blob) {
        return DataDirectory.blobFile(directory.resolve("blobs"), blob);
    }

    private static Object inode(Path file) throws IOException {
        return Files.getAttribute(file, "unix:ino");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
