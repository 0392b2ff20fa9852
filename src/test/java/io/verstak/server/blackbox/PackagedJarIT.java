package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the packaged jar carries, and that what was left out of it is not missed. */
class PackagedJarIT {
    private static final Path JAR = Path.of("target/verstak-server.jar");
    private static final long MOST_BYTES = 40_000_000;
    private static final String PASSWORD = "correct horse battery";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void it_has_native_libraries_for_linux_on_two_processors_only() throws IOException {
        assertThat(names().stream().filter(name -> name.matches(".*\\.(so|dll|dylib|jnilib|a)")))
                .allSatisfy(name -> assertThat(name)
                        .matches("(?i).*linux(-musl)?/(x86_64|amd64|aarch64)/.*")
                        .endsWith(".so"))
                .anyMatch(name -> name.contains("Linux-Musl/aarch64/libsqlitejdbc"))
                .anyMatch(name -> name.contains("Linux-Musl/x86_64/libsqlitejdbc"))
                .hasSize(6);
        assertThat(Files.size(JAR)).isLessThan(MOST_BYTES);
    }

    @Test
    void it_has_of_the_icons_those_that_are_used() throws IOException {
        assertThat(names().stream().filter(name -> name.startsWith("META-INF/resources/webjars/")))
                .filteredOn(name -> !name.endsWith("/"))
                .allSatisfy(name -> assertThat(name).matches(".*/bootstrap-icons/.*(/LICENSE|\\.svg)"))
                .hasSizeBetween(2, 100);
    }

    @Test
    void it_names_each_library_in_it_with_its_licence() throws IOException {
        String list = text("META-INF/THIRD-PARTY.txt") + text("META-INF/NOTICE");
        assertThat(names().stream().filter(name -> name.matches("META-INF/maven/[^/]+/[^/]+/pom.properties")))
                .filteredOn(name -> !name.contains("/io.verstak/"))
                .isNotEmpty()
                .allSatisfy(name -> {
                    String[] parts = name.split("/", -1);
                    assertThat(list).containsPattern(Pattern.quote(parts[2] + ":" + parts[3]) + "[:, ]");
                });
        assertThat(list).doesNotContain("Unknown license", "junit", "greenmail");
        assertThat(text("LICENSE")).isEqualTo(Files.readString(Path.of("LICENSE")));
        assertThat(text("META-INF/NOTICE"))
                .contains("verstak-server", "Jackson JSON processor", "AWS SDK for Java 2.0");
        assertThat(text("META-INF/LICENSE")).contains("OnGres");
        assertThat(text("META-INF/LICENSE")).contains("Apache License");
        assertThat(text("META-INF/LICENSE.md")).contains("Bouncy Castle");
    }

    @Test
    void it_signs_people_in_and_restores_what_it_has_compressed() {
        Path archive = folder.resolve("backup.tar.zst");
        Desktop desktop;
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("anna", PASSWORD);
            desktop = Desktop.pair(server::port, "anna", PASSWORD, "main");
            desktop.make(OutboxOp.note("note-1", "kept")).sync();
            assertThat(command("backup", "--data", folder.resolve("data").toString(), "--to", archive.toString()))
                    .isZero();
        }
        Path copy = folder.resolve("copy");
        assertThat(command("restore", "--from", archive.toString(), "--data", copy.toString()))
                .isZero();
        try (PackagedServer server = PackagedServer.start(copy)) {
            Desktop tower = Desktop.pair(server::port, "anna", PASSWORD, "main");
            tower.pull();
            assertThat(tower.applied()).isEqualTo(desktop.applied()).hasSize(1);
        }
    }

    @Test
    void it_loads_the_clients_of_several_nodes_for_them_only() throws IOException {
        Path log = folder.resolve("classes");
        try (PackagedServer server = PackagedServer.startWithin(
                List.of("env", "JDK_JAVA_OPTIONS=-Xlog:class+load:file=" + log), "", folder.resolve("data"))) {
            server.addUser("anna", PASSWORD);
            Desktop.pair(server::port, "anna", PASSWORD, "main")
                    .make(OutboxOp.note("note-1", "kept"))
                    .sync();
        }

        assertThat(Files.readAllLines(log))
                .anyMatch(line -> line.contains(" io.verstak.server.storage.sqlite.SqliteDatabase "))
                .noneMatch(line -> line.contains(" software.amazon.awssdk."))
                .noneMatch(line -> line.contains(" io.vertx.pgclient."));
    }

    private static int command(String... arguments) {
        return PackagedServer.run("", arguments).exit();
    }

    private static List<String> names() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            return jar.stream().map(ZipEntry::getName).toList();
        }
    }

    private static String text(String name) throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            ZipEntry entry = jar.getEntry(name);
            assertThat(entry).as(name).isNotNull();
            return new String(jar.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
