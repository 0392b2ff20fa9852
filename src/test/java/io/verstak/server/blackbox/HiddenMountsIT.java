package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Visitor;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that sees of /proc only processes, as under a hardened unit: no table of mounts, no figures of the system. */
class HiddenMountsIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final List<String> HIDDEN = List.of(
            "unshare",
            "--mount",
            "--propagation=slave",
            "sh",
            "-c",
            "mount -t proc -o subset=pid proc /proc && exec \"$@\"",
            "sh");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void it_starts_a_second_time_and_answers_every_administrators_page() {
        Path data = folder.resolve("data");
        String[] administrator = {"--admin-user", "root", "--admin-pass-stdin"};
        try (PackagedServer server = PackagedServer.startWithin(HIDDEN, PASSWORD + "\n", data, administrator)) {
            server.addUser("alice", PASSWORD);
            server.kill();
            server.restart();

            Visitor root = new Visitor(server::port);
            root.send("/admin/login", "/admin/login", "username=root", "password=" + PASSWORD);
            for (String page : AdminScript.PAGES) {
                assertThat(root.get(page).status()).as(page).isEqualTo(200);
            }
            try (Desktop desktop = Desktop.pair(server::port, "alice", PASSWORD, "main")) {
                desktop.make(OutboxOp.note("n", "text")).sync();
                assertThat(desktop.blobs().upload("picture.png", new byte[1 << 20]))
                        .isNotNull();
            }
        }
    }
}
