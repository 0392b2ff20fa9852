package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package: what lies in it works where it lies. */
class DebianPackageIT {
    private static final String PACKAGE = "target/verstak-server.deb";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path root;

    @Test
    void it_holds_a_server_that_starts_with_its_settings() throws Exception {
        run("dpkg-deb", "--extract", PACKAGE, root.toString());
        String launcher = root.resolve("usr/bin/verstak-server").toString();

        assertThat(run(launcher, "--version")).startsWith("verstak-server ");
        assertThat(run(launcher, "config", "check", "--port", "0")).contains("fine");
        assertThat(run(launcher, "config", "show"))
                .containsPattern(
                        "storage.dataDir +/var/lib/verstak-server +file .*/etc/verstak-server/verstak-server.json");
        assertThat(root.resolve("lib/systemd/system/verstak-server.service")).exists();
        assertThat(root.resolve("etc/verstak-server/verstak-server.schema.json"))
                .exists();
    }

    @Test
    void it_says_what_it_needs_and_keeps_what_an_administrator_has_set() throws Exception {
        assertThat(run("dpkg-deb", "--field", PACKAGE, "Package", "Architecture", "Depends"))
                .contains("Package: verstak-server", "Architecture: all", "java17-runtime-headless");
        Path control = Files.createDirectory(root.resolve("control"));
        run("dpkg-deb", "--control", PACKAGE, control.toString());
        assertThat(Files.readString(control.resolve("conffiles"))).contains("/etc/verstak-server/verstak-server.json");
        for (String script : new String[] {"postinst", "prerm", "postrm"}) {
            assertThat(control.resolve(script)).isExecutable();
            run("sh", "-n", control.resolve(script).toString());
        }
    }

    private String run(String... command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(out).isZero();
        return out;
    }
}
