package io.verstak.server.testkit.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The files of a small Debian with systemd and Java, made once by debootstrap from where this machine has its own packages, and
 * kept in the build folder: the same release as this machine's.
 */
public final class DebianRoot {
    private static final Path ROOT = Path.of("target/booted/debian").toAbsolutePath();
    private static final Path MADE_OF = ROOT.resolveSibling("made-of");
    private static final Path LOCK = ROOT.resolveSibling("lock");
    private static final long PATIENCE_MINUTES = 15;

    /** What an administrator finds on a server; adduser is for the package, curl for the steps of the documents. */
    private static final String PACKAGES =
            "systemd,systemd-sysv,dbus,adduser,curl,ca-certificates,openjdk-17-jre-headless";

    private DebianRoot() {}

    /** Returns the root; the first caller makes it, other threads and test processes wait. */
    public static synchronized Path get() throws IOException {
        Files.createDirectories(ROOT.getParent());
        try (FileChannel lock = FileChannel.open(LOCK, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            if (!Files.exists(MADE_OF) || !Files.readString(MADE_OF).equals(PACKAGES)) {
                run("rm", "-rf", MADE_OF.toString(), ROOT.toString());
                make();
                Files.writeString(MADE_OF, PACKAGES);
            }
        }
        return ROOT;
    }

    private static void make() throws IOException {
        String release =
                run("sh", "-c", ". /etc/os-release && echo $VERSION_CODENAME").strip();
        String mirror = run(
                        "apt-get",
                        "indextargets",
                        "--format",
                        "$(REPO_URI)",
                        "Created-By: Packages",
                        "Origin: Debian",
                        "Component: main",
                        "Codename: " + release)
                .lines()
                .findFirst()
                .orElseThrow(() -> new AssertionError("apt knows no mirror of Debian " + release));
        run("debootstrap", "--variant=minbase", "--include=" + PACKAGES, release, ROOT.toString(), mirror);
        // Downloaded packages are of no further use, nor is a mirror that nobody can reach from inside.
        run("chroot", ROOT.toString(), "apt-get", "clean");
    }

    private static String run(String... command) throws IOException {
        Path out = Files.createTempFile("verstak-debian-", ".out");
        try {
            List<String> all = new ArrayList<>(List.of("timeout", PATIENCE_MINUTES + "m"));
            all.addAll(List.of(command));
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            boolean ended = process.waitFor(PATIENCE_MINUTES + 1, TimeUnit.MINUTES);
            String said = Files.readString(out, StandardCharsets.UTF_8);
            if (!ended || process.exitValue() != 0) {
                throw new AssertionError("this machine cannot do `" + String.join(" ", command) + "`: " + said);
            }
            return said;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            Files.delete(out);
        }
    }
}
