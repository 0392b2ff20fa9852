package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code scripts/install.sh} below a root of its own. Commands that would change the machine are stand-ins which note how
 * they were called; that of systemd starts and stops the installed server, as the unit says.
 */
class InstallIT {
    private static final Path JAR = Path.of("target/verstak-server.jar").toAbsolutePath();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    private int port;

    private record Run(int exit, String out) {}

    @BeforeEach
    void standIns() throws IOException {
        root = Files.createDirectory(folder.resolve("root"));
        port = FreePort.any();
        standIn("useradd", "");
        standIn("chown", "");
        standIn("getent", "exit 2");
        standIn("id", "[ \"$1\" = -u ] && echo 0");
        standIn("journalctl", "cat $HERE/log");
        standIn("systemctl", """
                program=$DESTDIR/usr/bin/verstak-server
                case $1 in
                  start) "$program" serve >"$HERE/log" 2>&1 & echo $! >"$HERE/pid"; exec "$program" healthcheck --wait 120 ;;
                  stop | disable) pid=$(cat "$HERE/pid" 2>/dev/null) && kill "$pid" 2>/dev/null
                    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done ;;
                esac
                exit 0""");
    }

    private void standIn(String name, String script) throws IOException {
        Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(
                file, "#!/bin/bash\nHERE=%s\necho \"%s $*\" >>$HERE/calls\n%s\n".formatted(folder, name, script));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @AfterEach
    void stop() throws Exception {
        run(List.of(folder.resolve("bin/systemctl").toString(), "stop", "verstak-server"));
    }

    @Test
    void it_installs_upgrades_goes_back_and_uninstalls() throws Exception {
        Run installed = install("--listen", "127.0.0.1:" + port);

        assertThat(installed.exit()).as(installed.out()).isZero();
        assertThat(installed.out()).containsPattern("http://127\\.0\\.0\\.1:" + port + "/setup\\?token=[0-9a-f]{64}");
        assertThat(ready()).isEqualTo(200);
        assertThat(calls())
                .anyMatch(call -> call.startsWith("useradd --system"))
                .containsSubsequence(
                        "systemctl daemon-reload", "systemctl enable verstak-server", "systemctl start verstak-server");
        assertThat(mode("usr/bin/verstak-server")).isEqualTo("rwxr-xr-x");
        assertThat(mode("etc/verstak-server/verstak-server.json")).isEqualTo("rw-r-----");
        assertThat(mode("var/lib/verstak-server")).isEqualTo("rwx------");
        assertThat(root.resolve("etc/systemd/system/verstak-server.service")).exists();
        assertThat(install().out()).contains("--upgrade");

        assertThat(run(List.of(
                                "bash",
                                "-c",
                                "echo violet-harbour-42 | $DESTDIR/usr/bin/verstak-server admin create-user anna a@example.org"))
                        .exit())
                .isZero();
        Run upgraded = install("--upgrade");
        assertThat(upgraded.exit()).as(upgraded.out()).isZero();
        assertThat(root.resolve("var/backups/verstak-server/full")).isNotEmptyDirectory();
        assertThat(ready()).isEqualTo(200);

        Path broken = Files.writeString(folder.resolve("broken.jar"), "no jar");
        Run back = install("--upgrade", "--jar", broken.toString());
        assertThat(back.exit()).as(back.out()).isEqualTo(1);
        assertThat(back.out()).contains("going back", "went back to the release before");
        assertThat(ready()).isEqualTo(200);
        assertThat(users()).contains("anna");
        assertThat(Files.mismatch(JAR, root.resolve("usr/lib/verstak-server/verstak-server.jar")))
                .isEqualTo(-1);

        Run removed = install("--uninstall");
        assertThat(removed.exit()).as(removed.out()).isZero();
        assertThat(calls()).contains("systemctl disable --now verstak-server");
        assertThat(root.resolve("usr/bin/verstak-server")).doesNotExist();
        assertThat(root.resolve("usr/lib/verstak-server")).doesNotExist();
        assertThat(root.resolve("var/lib/verstak-server/server.db")).exists();
        assertThat(root.resolve("etc/verstak-server/verstak-server.json")).exists();
    }

    @Test
    void an_old_java_is_refused_before_anything_is_installed() throws Exception {
        standIn("java", "echo 'openjdk version \"11.0.2\" 2019-01-15' >&2");

        Run run = run(List.of("env", "-u", "JAVA_HOME", "scripts/install.sh", "--jar", JAR.toString()));

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out()).contains("Java 11 is too old", "17").hasLineCount(1);
        assertThat(root).isEmptyDirectory();
    }

    @Test
    void a_wrong_argument_is_refused() throws Exception {
        assertThat(install("--nonsense").exit()).isEqualTo(1);
        assertThat(install("--upgrade").out()).contains("is not installed");
        assertThat(install("--jar", "/nonexistent.jar").out()).contains("no /nonexistent.jar");
    }

    @Test
    void s45_the_unit_is_valid_and_hardened() throws Exception {
        String unit = Files.readString(Path.of("verstak-server.service"));
        // verify looks for the programs of a unit; this machine has none installed.
        Path here = Files.writeString(
                folder.resolve("verstak-server.service"), unit.replace("/usr/bin/verstak-server", "/bin/true"));

        Run verified = run(List.of("systemd-analyze", "verify", "--man=no", here.toString()));
        assertThat(verified.out()).isEmpty();
        assertThat(verified.exit()).isZero();
        Run rated = run(List.of("systemd-analyze", "security", "--offline=true", "--threshold=20", here.toString()));
        assertThat(rated.exit()).as(rated.out()).isZero();
        assertThat(unit)
                .contains("Restart=on-failure", "MemoryMax=", "LimitNOFILE=", "LoadCredential=")
                .contains("ExecStartPost=/usr/bin/verstak-server healthcheck");
    }

    private Run install(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("scripts/install.sh"));
        if (!List.of(arguments).contains("--jar")) {
            command.addAll(List.of("--jar", JAR.toString()));
        }
        command.addAll(List.of(arguments));
        return run(command);
    }

    private Run run(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("DESTDIR", root.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("VERSTAK_METRICS_ENABLED", "false");
        Path out = Files.createTempFile(folder, "out", null);
        Process process = builder.redirectOutput(out.toFile()).start();
        assertThat(process.waitFor(400, TimeUnit.SECONDS))
                .as(command.toString())
                .isTrue();
        return new Run(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }

    private int ready() throws IOException {
        return Http.once(port, Request.get("/readyz")).status();
    }

    private String users() throws Exception {
        return run(List.of(root.resolve("usr/bin/verstak-server").toString(), "admin", "list-users"))
                .out();
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(root.resolve(path)));
    }
}
