package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code scripts/release.sh} in a repository of its own, with a Maven that only writes what a build leaves. */
class ReleaseScriptTest {
    private static final String BUILD = """
            #!/bin/sh
            mkdir -p target/classes/META-INF
            for file in verstak-server.jar verstak-server.deb verstak-server.cdx.json classes/META-INF/THIRD-PARTY.txt; do
              printf '%s' "$* of $SOURCE_DATE_EPOCH" >"target/$file"
            done
            """;
    private static final List<String> FILES = List.of(
            "CHANGELOG.md",
            "LICENSE",
            "README.md",
            "README.ru.md",
            "SECURITY.md",
            "conf/jvm.options",
            "scripts/archive-classes.sh",
            "scripts/install.sh",
            "scripts/release.sh",
            "src/docs/operations.md",
            "verstak-server.service");
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private Path repository;

    @BeforeEach
    void commit_what_a_release_is_made_of() throws Exception {
        repository = folder.resolve("repository");
        for (String file : FILES) {
            Files.createDirectories(repository.resolve(file).getParent());
            Files.copy(Path.of(file), repository.resolve(file));
        }
        Files.writeString(repository.resolve(".gitignore"), "target/\n");
        maven(BUILD);
        run("git", "init", "--quiet");
        run("git", "add", "--all");
        run("git", "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "--message=Begin");
    }

    @Test
    void a_version_becomes_artefacts_and_checksums() throws Exception {
        Ended release = run("scripts/release.sh", "1.2.3");
        assertThat(release.exit()).as(release.out()).isZero();

        Path made = repository.resolve("target/release/1.2.3");
        assertThat(Files.readAllLines(made.resolve("SHA256SUMS")))
                .map(line -> line.replaceAll("^[0-9a-f]{64}  ", ""))
                .containsExactlyInAnyOrder(
                        "verstak-server-1.2.3.jar",
                        "verstak-server-1.2.3.tar.gz",
                        "verstak-server-1.2.3.cdx.json",
                        "verstak-server-1.2.3.third-party.txt",
                        "verstak-server_1.2.3_all.deb");
        assertThat(Files.readString(made.resolve("verstak-server-1.2.3.jar"))).contains("-Drevision=1.2.3");
        run("tar", "-xzf", made.resolve("verstak-server-1.2.3.tar.gz").toString(), "-C", folder.toString());
        Path unpacked = folder.resolve("verstak-server-1.2.3");
        assertThat(unpacked.resolve("scripts/install.sh")).isExecutable();
        assertThat(unpacked.resolve("target/verstak-server.jar")).exists();
    }

    @Test
    void a_tag_names_the_version() throws Exception {
        assertThat(run("scripts/release.sh").out()).contains("HEAD has no tag");
        run("git", "tag", "v2.0.1");
        assertThat(run("scripts/release.sh").exit()).isZero();
        assertThat(repository.resolve("target/release/2.0.1/SHA256SUMS")).exists();
    }

    @Test
    void changes_that_are_in_no_commit_are_refused() throws Exception {
        Files.writeString(repository.resolve("README.md"), "changed");
        Ended release = run("scripts/release.sh", "1.2.3");
        assertThat(release.exit()).isEqualTo(1);
        assertThat(release.out()).contains("changes that are in no commit");
        assertThat(repository.resolve("target")).doesNotExist();
    }

    @Test
    void two_builds_that_differ_are_no_release() throws Exception {
        maven(BUILD.replace("$SOURCE_DATE_EPOCH", "$(pwd)"));
        Ended release = run("scripts/release.sh", "1.2.3");
        assertThat(release.exit()).isEqualTo(1);
        assertThat(release.out()).contains("verstak-server-1.2.3.jar", "two builds of");
        assertThat(repository.resolve("target")).doesNotExist();
    }

    private void maven(String script) throws IOException {
        Path maven = Files.createDirectories(folder.resolve("bin")).resolve("mvn");
        Files.writeString(maven, script);
        assertThat(maven.toFile().setExecutable(true)).isTrue();
    }

    private record Ended(int exit, String out) {}

    private Ended run(String... command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(repository.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", "", (path, none) -> folder.resolve("bin") + ":" + path);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), out);
    }
}
