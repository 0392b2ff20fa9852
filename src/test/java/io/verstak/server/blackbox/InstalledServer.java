package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.http.server.HttpVerticle;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.machine.BootedSystem;
import io.verstak.server.testkit.machine.BootedSystem.Result;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The service on a booted Debian, as its administrator and its users meet it. */
final class InstalledServer {
    static final String PASSWORD = "violet-harbour-42";
    private static final Path JAR = Path.of("target/verstak-server.jar");
    private static final int PORT = 47732;
    private static final Pattern LINK = Pattern.compile("/setup\\?token=[0-9a-f]{64}");

    private final BootedSystem debian;
    private int port;

    InstalledServer(BootedSystem debian) {
        this.debian = debian;
    }

    int port() {
        if (port == 0) {
            port = debian.forward(PORT);
        }
        return port;
    }

    /** After a reboot the way to the server is another one. */
    void reboot() {
        debian.reboot();
        port = 0;
    }

    /** Opens the link that something printed and creates the administrator "root". */
    Visitor setUp(String said) {
        Matcher link = LINK.matcher(said);
        assertThat(link.find()).as(said).isTrue();
        Visitor root = new Visitor(this::port);
        Answer done = root.send(
                link.group(),
                "/setup",
                "token=" + link.group().substring("/setup?token=".length()),
                "username=root",
                "password=" + PASSWORD,
                "server_name=Sync",
                "public_url=",
                "language=en",
                "registration=closed");
        assertThat(done.status()).as(done.text()).isEqualTo(303);
        return root;
    }

    /** Creates a user as the administrator does, and pairs a desktop that has something to push. */
    Desktop userWithDesktop(Visitor root) {
        Answer created = root.send(
                "/admin/create-user",
                "/admin/create-user",
                "username=anna",
                "email=anna@example.org",
                "new_password=" + PASSWORD);
        assertThat(created.status()).as(created.text()).isEqualTo(303);
        Desktop desktop = Desktop.pair(this::port, "anna", PASSWORD, "main");
        desktop.make(OutboxOp.note("first", "text")).sync();
        desktop.blobs().upload("picture.png", new byte[100_000]);
        return desktop;
    }

    void assertEveryPage(Visitor root) {
        for (String page : AdminScript.PAGES) {
            assertThat(root.get(page).status()).as(page).isEqualTo(200);
        }
    }

    /** Whether the service runs, nothing of it has failed, and a desktop gets through with what it has. */
    void assertServes(Desktop desktop) {
        assertThat(state()).isEqualTo("active");
        int before = desktop.applied().size();
        desktop.make(OutboxOp.note("n" + before, "text")).sync();
        assertThat(desktop.applied()).hasSize(before + 1);
    }

    String state() {
        return debian.result("systemctl is-active verstak-server").out().strip();
    }

    String version() {
        return debian.sh("verstak-server --version");
    }

    String log() {
        return debian.sh("journalctl --sync; journalctl --unit verstak-server --output cat --no-pager");
    }

    /** What the journal shows to somebody who looks for errors only. */
    String errors() {
        return debian.sh("journalctl --sync; journalctl --unit verstak-server --priority err --output cat --no-pager");
    }

    /** Waits for a line of the service's log; fails with the log. */
    void awaitLog(String words) {
        Result found = debian.result("timeout 120 sh -c 'until journalctl --unit verstak-server --output cat"
                + " | grep -q -- \"" + words + "\"; do sleep 0.2; done'");
        assertThat(found.exit()).as("no \"%s\" in %s", words, log()).isZero();
    }

    void configure(String json) {
        write("/etc/verstak-server/verstak-server.json", json);
    }

    void write(String file, String text) {
        try {
            Files.writeString(debian.path(file), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Puts another build of the server in place: a jar with one file more, or another one. */
    void putBuild(String at, String entry, String text) {
        try {
            Path jar = Files.createTempFile("verstak-build-", ".jar");
            Files.copy(JAR, jar, StandardCopyOption.REPLACE_EXISTING);
            try (FileSystem inside = FileSystems.newFileSystem(URI.create("jar:" + jar.toUri()), Map.of())) {
                Files.writeString(inside.getPath(entry), text);
            }
            Files.copy(jar, debian.path(at), StandardCopyOption.REPLACE_EXISTING);
            Files.delete(jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A build of a newer version. */
    void putNewerBuild(String at) {
        try (InputStream properties = InstalledServer.class.getResourceAsStream("/build.properties")) {
            String text = new String(properties.readAllBytes(), StandardCharsets.UTF_8);
            putBuild(at, "build.properties", text.replaceAll("(?m)^version=.*", "version=99.1.2"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A build that reads its configuration, and then cannot serve. */
    void putBrokenBuild(String at) {
        putBuild(at, HttpVerticle.class.getName().replace('.', '/') + ".class", "no class");
    }
}
