package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PackagedServer.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Backups onto a file system that refuses permissions, as FAT and many shares do, and what root makes for another user. */
class ForeignDiskIT {
    private static final String USER = "nobody";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void a_backup_onto_a_disk_without_permissions_is_good_and_says_so_once() throws Exception {
        Path data = folder.resolve("data");
        try (PackagedServer server = PackagedServer.start(data)) {
            server.addUser("anna", "violet-harbour-42");
        }
        Path backups = folder.resolve("backups");
        for (int i = 0; i < 2; i++) {
            String said = Shell.run(
                    "strace",
                    "-f",
                    "-qq",
                    "--seccomp-bpf",
                    "-o",
                    folder.resolve("trace").toString(),
                    "-e",
                    "trace=chmod,fchmodat",
                    "-e",
                    "inject=chmod,fchmodat:error=EPERM",
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "@conf/jvm.options",
                    "-jar",
                    "target/verstak-server.jar",
                    "backup",
                    "--data",
                    data.toString(),
                    "--to",
                    backups.toString());
            assertThat(said.split("keeps no permissions", -1)).as(said).hasSize(2);
        }
        Path restored = folder.resolve("restored");
        Result restore = PackagedServer.run("", "restore", "--from", backups.toString(), "--data", restored.toString());
        assertThat(restore.exit()).as("%s", restore).isZero();
    }

    @Test
    void what_root_makes_in_the_directory_of_another_user_is_that_users() throws Exception {
        Path data = folder.resolve("data");
        Files.createDirectory(data);
        Shell.run("chown", USER, data.toString());
        assertThat(addUser(data, "anna").exit()).isZero();
        assertAllOf(USER, data);

        assertThat(addUser(data, "berta").exit()).isZero();
        Path backups = Files.createDirectory(folder.resolve("backups"));
        Shell.run("chown", USER, backups.toString());
        assertThat(backup(data, backups).exit()).isZero();
        assertThat(PackagedServer.run("", "verify", "--deep", "--data", data.toString())
                        .exit())
                .isZero();
        assertAllOf(USER, data);
        assertAllOf(USER, backups);

        Path restored = Files.createDirectory(folder.resolve("restored"));
        Shell.run("chown", USER, restored.toString());
        assertThat(PackagedServer.run("", "restore", "--from", backups.toString(), "--data", restored.toString())
                        .exit())
                .isZero();
        assertAllOf(USER, restored);
    }

    @Test
    void a_backup_by_root_is_not_the_target_folders_owners_but_the_data_directorys() throws Exception {
        Path data = Files.createDirectory(folder.resolve("data"));
        Shell.run("chown", USER, data.toString());
        assertThat(addUser(data, "anna").exit()).isZero();
        Path outer = Files.createDirectory(folder.resolve("foreign"));
        Path backups = Files.createDirectory(outer.resolve("backups"));
        Shell.run("chown", "-R", "daemon", outer.toString());

        for (String to : List.of("", "new", "all.tar.zst")) {
            assertThat(backup(data, backups.resolve(to)).exit()).as(to).isZero();
        }

        try (Stream<Path> all = Files.walk(backups)) {
            List<Path> made = all.filter(file -> !file.equals(backups)).toList();
            assertThat(made).isNotEmpty().allMatch(file -> owner(file).equals(USER));
        }
        assertThat(owner(backups)).isEqualTo("daemon");
    }

    private static Result addUser(Path data, String name) {
        return PackagedServer.run(
                "violet-harbour-42\n", "admin", "create-user", name, name + "@example.org", "--data", data.toString());
    }

    private static Result backup(Path data, Path to) {
        return PackagedServer.run("", "backup", "--data", data.toString(), "--to", to.toString());
    }

    private static void assertAllOf(String user, Path folder) throws Exception {
        try (Stream<Path> all = Files.walk(folder)) {
            List<Path> foreign = all.filter(file -> !owner(file).equals(user)).toList();
            assertThat(foreign).isEmpty();
        }
    }

    private static String owner(Path file) {
        try {
            return Files.readAttributes(file, PosixFileAttributes.class).owner().getName();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
