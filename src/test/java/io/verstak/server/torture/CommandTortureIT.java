package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PackagedServer.Result;
import io.verstak.server.testkit.data.DataCopy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands that are killed at any point, or run out of disk, are run again; nothing half done is taken for whole. */
class CommandTortureIT {
    private static final int BLOBS = 300;
    private static final int DAMAGED = 40;
    private static final int BLOB_BYTES = 20_000;
    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);
    private static final Random RANDOM = new Random();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path folder;

    private static final List<Sha256> SHA256S = new ArrayList<>();

    @BeforeAll
    static void a_vault_with_attachments() {
        try (PackagedServer server = PackagedServer.start(data())) {
            server.addUser(Scope.USER, Scope.PASSWORD);
            try (Desktop desktop = Desktop.pair(server::port, Scope.USER, Scope.PASSWORD, "main")) {
                for (int i = 0; i < BLOBS; i++) {
                    Sha256 sha256 = desktop.blobs().upload("a.bin", bytes(i));
                    SHA256S.add(sha256);
                    desktop.make(OutboxOp.note("f" + i, "")
                            .on("file", "f" + i)
                            .withPayload("{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(sha256, BLOB_BYTES)));
                }
                desktop.push();
            }
            server.terminate();
        }
    }

    @Test
    void a_killed_backup_into_a_folder_is_none() {
        Path to = folder.resolve("backups");
        for (int point : points()) {
            kill(begin("backup", "--data", data(), "--to", to), () -> files(to) > point);
            if (point >= 0 && backups(to) == 0) {
                assertThat(run("restore", "--from", to, "--data", folder.resolve("none")))
                        .matches(result -> result.exit() == 1 && result.err().contains("there is no finished backup"));
                assertThat(folder.resolve("none")).doesNotExist();
            }
        }
        assertThat(run("backup", "--data", data(), "--to", to).exit()).isZero();
        assertRestores(to, folder.resolve("from-folder"));
    }

    @Test
    void a_killed_backup_into_a_file_leaves_the_one_before() {
        Path to = folder.resolve("backup.tar.zst");
        assertThat(run("backup", "--data", data(), "--to", to).exit()).isZero();
        long size = size(to);
        for (int point : points()) {
            Path unfinished = folder.resolve("backup.tar.zst.unfinished");
            kill(begin("backup", "--data", data(), "--to", to), () -> size(unfinished) > size * point / BLOBS);
            assertThat(size(to)).isPositive();
        }
        assertThat(run("restore", "--from", to, "--data", folder.resolve("from-file-before"))
                        .exit())
                .isZero();
        assertThat(run("backup", "--data", data(), "--to", to).exit()).isZero();
        assertRestores(to, folder.resolve("from-file"));
        assertThat(names(folder)).noneMatch(name -> name.startsWith("backup.tar.zst."));
    }

    @Test
    void a_killed_restore_is_no_server_and_is_run_again() {
        Path backup = folder.resolve("whole.tar.zst");
        Path to = folder.resolve("restored");
        assertThat(run("backup", "--data", data(), "--to", backup).exit()).isZero();
        for (int point : points()) {
            kill(begin("restore", "--from", backup, "--data", to), () -> files(to.resolve("blobs")) > point);
            if (Files.exists(to.resolve("server.db"))) {
                break;
            }
            if (point >= 0 && Files.exists(to.resolve("server.db.new"))) {
                assertThat(run("--data", to, "--listen", "127.0.0.1:0"))
                        .matches(result -> result.exit() == 1 && result.err().contains("was not finished"));
            }
        }
        if (!Files.exists(to.resolve("server.db"))) {
            assertThat(run("restore", "--from", backup, "--data", to).exit()).isZero();
        }
        assertThat(run("verify", "--deep", "--data", to).exit()).isZero();
        assertThat(run("restore", "--from", backup, "--data", to))
                .matches(result -> result.exit() == 1 && result.err().contains("is not empty"));
    }

    @Test
    void a_killed_repair_is_run_again_and_uploads_heal_what_it_took_away() {
        Path data = DataCopy.copy(data(), folder.resolve("damaged"));
        SHA256S.subList(0, DAMAGED).forEach(sha256 -> cut(in(data, sha256)));
        Path quarantine = data.resolve("blobs/quarantine");
        for (int point : new int[] {-1, RANDOM.nextInt(DAMAGED)}) {
            kill(begin("verify", "--deep", "--repair", "--data", data), () -> files(quarantine) > point);
        }
        assertThat(run("verify", "--deep", "--data", data).exit()).isEqualTo(3);
        assertThat(run("verify", "--deep", "--repair", "--data", data).exit()).isEqualTo(3);
        assertThat(files(quarantine)).isEqualTo(DAMAGED);

        try (PackagedServer server = PackagedServer.start(data);
                Desktop desktop = Desktop.pair(server::port, Scope.USER, Scope.PASSWORD, "main")) {
            for (int i = 0; i < DAMAGED; i++) {
                desktop.blobs().upload("a.bin", bytes(i));
            }
            assertThat(desktop.blobs().download(SHA256S.get(0))).isEqualTo(bytes(0));
            server.terminate();
        }
        assertThat(run("verify", "--deep", "--data", data).exit()).isZero();
    }

    @Test
    void a_backup_or_restore_that_runs_out_of_disk_says_so_and_leaves_nothing() {
        Path disk = folder.resolve("disk");
        Path whole = folder.resolve("for-a-small-disk.tar.zst");
        assertThat(run("backup", "--data", data(), "--to", whole).exit()).isZero();
        try (LoopDisk small = LoopDisk.mount(folder.resolve("small.img"), disk, 4)) {
            for (List<Object> command : List.<List<Object>>of(
                    List.of("backup", "--data", data(), "--to", disk.resolve("backups")),
                    List.of("backup", "--data", data(), "--to", disk.resolve("b.tar.zst")),
                    List.of("restore", "--from", whole, "--data", disk.resolve("data")))) {
                Result result = run(command.toArray());
                assertThat(result.exit()).as("%s", result).isEqualTo(1);
                assertThat(result.err()).containsIgnoringCase("No space left").doesNotContain("\tat ");
                assertThat(files(disk)).as("%s", command).isZero();
            }
            assertThat(small).isNotNull();
        }
    }

    /** After how many blobs to kill: before the first, and anywhere. */
    private static int[] points() {
        int[] random = RANDOM.ints(Form.cycles(1, 10), 0, BLOBS).toArray();
        return IntStream.concat(IntStream.of(-1), IntStream.of(random)).toArray();
    }

    private interface Moment {
        boolean isHere();
    }

    private static void kill(Process process, Moment moment) {
        while (process.isAlive() && !moment.isHere()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRestores(Path from, Path to) {
        Result restored = run("restore", "--from", from, "--data", to);
        assertThat(restored.exit()).as("%s", restored).isZero();
        Result verified = run("verify", "--deep", "--data", to);
        assertThat(verified.exit()).as("%s", verified).isZero();
        assertThat(verified.out()).contains(BLOBS + " operations, " + BLOBS + " blobs");
    }

    private static Process begin(Object... arguments) {
        return PackagedServer.begin(texts(arguments));
    }

    private static Result run(Object... arguments) {
        return PackagedServer.run("", texts(arguments));
    }

    private static String[] texts(Object... arguments) {
        return Stream.of(arguments).map(Object::toString).toArray(String[]::new);
    }

    private static Path data() {
        return folder.resolve("data");
    }

    private static Path in(Path data, Sha256 sha256) {
        String hex = sha256.hex();
        return data.resolve("blobs")
                .resolve(hex.substring(0, 2))
                .resolve(hex.substring(2, 4))
                .resolve(hex);
    }

    private static byte[] bytes(int seed) {
        byte[] bytes = new byte[BLOB_BYTES];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static void cut(Path file) {
        try {
            Files.write(file, new byte[1]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException none) {
            return -1;
        }
    }

    private static List<String> names(Path in) {
        try (Stream<Path> entries = Files.list(in)) {
            return entries.map(entry -> String.valueOf(entry.getFileName())).toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    private static long backups(Path in) {
        return names(in).stream().filter(name -> name.endsWith("Z")).count();
    }

    /** How many files there are; what comes and goes meanwhile may count or not. */
    private static long files(Path in) {
        try (Stream<Path> all = Files.find(in, 6, (path, found) -> found.isRegularFile())) {
            return all.count();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }
}
