package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.data.GoServer;
import io.verstak.server.testkit.machine.BootedSystem;
import io.verstak.server.testkit.machine.BootedSystem.Result;
import io.verstak.server.testkit.machine.DocumentedCommands;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code src/docs/migration.md}, command by command, on a booted Debian that runs a Go server. That one is a stand-in: the unit, the user,
 * the port and the data directory are as the Go server's own installer makes them, the program only answers that it is there.
 */
class MigrationIT {
    private static final String ANNA = "a".repeat(24);
    private static final String LAPTOP = "dev_d7009d78e86a424069cdbb52";
    private static final String KEY = "key-of-the-laptop-which-is-as-long-as-keys-were";
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final String PHONE = "dev_a16ced6ebb061b8d95f4107a";
    private static final String PHONE_TOKEN = "fedcba9876543210".repeat(4);
    private static final byte[] PICTURE = "a picture".getBytes(StandardCharsets.UTF_8);
    private static final String GO_DATA = "/var/lib/verstak-sync-server";
    private static final String GO_DROP_INS = "/etc/systemd/system/verstak-server.service.d";
    private static final int PORT = 47732;

    private static final String GO_UNIT = """
            [Unit]
            Description=Verstak Sync Server
            After=network.target
            [Service]
            User=verstak
            Group=verstak
            EnvironmentFile=/etc/verstak-server/env
            ExecStart=/usr/local/bin/verstak-sync-server
            Restart=always
            [Install]
            WantedBy=multi-user.target
            """;

    private static final String GO_PROGRAM = """
            #!/usr/bin/perl
            use IO::Socket::INET;
            open(my $db, "<", "$ENV{DATA_DIR}/server.db") or die "no database";
            my $s = IO::Socket::INET->new(LocalAddr => "127.0.0.1:47732", Listen => 9, ReuseAddr => 1) or die "no port: $!";
            while (my $c = $s->accept) {
              while (my $line = <$c>) { last if $line =~ /^\\r?\\n$/ }
              print $c "HTTP/1.1 200 OK\\r\\nContent-Length: 13\\r\\nConnection: close\\r\\n\\r\\nthe Go server";
              close $c;
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void the_page_leads_from_the_go_server_to_this_one_and_back() throws IOException {
        DocumentedCommands page = DocumentedCommands.of(Path.of("src/docs/migration.md"));
        try (BootedSystem debian = BootedSystem.boot()) {
            Sha256 picture = installGoServer(debian);
            String before = state(debian);

            Result refused = debian.result("cd /project && scripts/install.sh --no-start");
            assertThat(refused.exit()).as(refused.out()).isNotZero();
            assertThat(refused.out()).contains("/etc/systemd/system/verstak-server.service", "migration.md");
            assertThat(debian.path("/etc/systemd/system/verstak-server.service"))
                    .hasContent(GO_UNIT);
            assertThat(answer(debian)).isEqualTo("the Go server");

            run(debian, page.under("1. "));
            assertThat(answer(debian)).isEqualTo("the Go server");

            run(debian, page.under("2. "));
            assertThat(answer(debian)).isEqualTo("the Go server");
            assertThat(debian.result("systemctl is-active verstak-server").out().strip())
                    .isEqualTo("inactive");

            assertThat(run(debian, page.under("3. "))).contains("Nothing was written");
            assertThat(debian.sh("ls /var/lib/verstak-server")).doesNotContain("server.db");
            assertThat(answer(debian)).isEqualTo("the Go server");

            trialsLeaveTheConfiguration(debian);
            assertThat(run(debian, page.under("4. ")))
                    .contains(
                            "a token and an old key: 1",
                            "now has the imported settings",
                            "systemctl start verstak-server");
            assertThat(debian.path("/etc/verstak-server/verstak-server.json.before-import"))
                    .exists();
            assertThat(debian.sh("systemctl cat verstak-server")).doesNotContain("ONLY_FOR");
            assertThat(debian.sh("find /var/lib/verstak-server ! -user verstak-server"))
                    .isEmpty();
            assertThat(debian.sh("stat -c '%U:%G %a' /etc/verstak-server/verstak-server.json")
                            .strip())
                    .isEqualTo("root:verstak-server 640");

            String shown = run(debian, page.under("5. "));
            assertThat(shown)
                    .containsPattern("limits.maxPushOperations +50 +file .*/etc/verstak-server/verstak-server.json")
                    .containsPattern("retention.auditDays +30 +file .*/etc/verstak-server/verstak-server.json")
                    .containsPattern("http.publicUrl +https://sync.example.test +file ")
                    .containsPattern("http.trustedProxies +127.0.0.1/32,::1/128,10.1.2.3 +file ");
            assertThat(debian.sh("verstak-server admin invite"))
                    .startsWith("https://sync.example.test/register?invite=");
            desktopsGoOn(debian, picture);
            assertThat(state(debian)).as("the Go server's folder").isEqualTo(before);
            assertThat(debian.sh("systemctl is-enabled verstak-server").strip()).isEqualTo("enabled");
            assertThat(debian.result("systemctl is-enabled verstak-sync-server")
                            .out()
                            .strip())
                    .isEqualTo("disabled");

            run(debian, page.under("Go back"));
            assertThat(answer(debian)).isEqualTo("the Go server");
            assertThat(state(debian)).as("the Go server's folder").isEqualTo(before);
            assertThat(page.unused()).isEmpty();
        }
    }

    /** Imports into another directory, and to another file: what the service reads stays as it is. */
    private static void trialsLeaveTheConfiguration(BootedSystem debian) {
        String before = debian.sh("cat /etc/verstak-server/verstak-server.json");
        debian.sh("install -d -o verstak-server /srv/trial");
        debian.sh("verstak-server import --from " + GO_DATA + " --data /srv/trial/one");
        assertThat(debian.path("/srv/trial/one/verstak-server.json")).exists();
        debian.sh(
                "verstak-server import --from " + GO_DATA + " --data=/srv/trial/two --config-out /srv/trial/out.json");
        assertThat(debian.path("/srv/trial/out.json")).exists();
        assertThat(debian.sh("cat /etc/verstak-server/verstak-server.json")).isEqualTo(before);
        assertThat(debian.sh("ls /etc/verstak-server")).doesNotContain("before-import");
    }

    private static String run(BootedSystem debian, String commands) {
        return debian.sh("set -e; cd /project\n" + commands);
    }

    private Sha256 installGoServer(BootedSystem debian) throws IOException {
        debian.sh("useradd --system --home-dir " + GO_DATA
                + " --shell /usr/sbin/nologin verstak; mkdir -p /etc/verstak-server");
        Files.writeString(debian.path("/etc/verstak-server/env"), "DATA_DIR=" + GO_DATA + "\n");
        Files.writeString(debian.path("/etc/systemd/system/verstak-server.service"), GO_UNIT);
        Files.writeString(debian.path("/usr/local/bin/verstak-sync-server"), GO_PROGRAM);
        Files.createDirectory(debian.path(GO_DROP_INS));
        Files.writeString(debian.path(GO_DROP_INS + "/override.conf"), "[Service]\nEnvironment=ONLY_FOR=go\n");
        Sha256 picture;
        try (GoServer go = GoServer.ofSecondGeneration(folder.resolve("go"))) {
            go.user(ANNA, "anna", "anna@example.org");
            go.keyAndTokenDevice(LAPTOP, ANNA, "", KEY, TOKEN).device(PHONE, ANNA, "", PHONE_TOKEN);
            go.op(3, ANNA, "", LAPTOP, OutboxOp.note("n1", "by the laptop"));
            go.op(4, ANNA, "", PHONE, OutboxOp.note("n2", "by the phone"));
            picture = go.blob(PICTURE);
            go.reference(ANNA, "legacy:" + ANNA, picture, PICTURE.length);
            go.config("""
                    port: 47732
                    public_url: https://sync.example.test
                    trusted_proxies: [10.1.2.3]
                    limits: {max_push_operations: 50}
                    retention: {audit_days: 30}
                    admin: [{username: root, password_hash: "%s"}]
                    """.formatted(GoServer.bcrypt("violet-harbour-42")));
            go.killed(debian.path(GO_DATA));
        }
        debian.sh("chmod 0755 /usr/local/bin/verstak-sync-server; chown -R verstak:verstak " + GO_DATA
                + "; chmod -R go-rwx " + GO_DATA + "; chmod 0750 " + GO_DATA
                + "; systemctl daemon-reload; systemctl enable --now verstak-server");
        return picture;
    }

    /** The first connection may come before the program listens. */
    private static String answer(BootedSystem debian) throws IOException {
        debian.sh("for i in $(seq 600); do (exec 3<>/dev/tcp/127.0.0.1/" + PORT
                + ") 2>/dev/null && exit 0; sleep 0.1; done; exit 1");
        return Http.once(debian.forward(PORT), Request.get("/")).text();
    }

    private static String state(BootedSystem debian) {
        return debian.sh("cd " + GO_DATA
                + " && find . -type f -exec sha256sum {} + | sort; find . -printf '%p %u %m %T@\\n' | sort");
    }

    private static void desktopsGoOn(BootedSystem debian, Sha256 picture) {
        int port = debian.forward(PORT);
        try (Desktop laptop = Desktop.paired(() -> port, "", TOKEN, 3).askWhoIAm();
                Desktop byKey = Desktop.paired(() -> port, "", KEY, 0).askWhoIAm();
                Desktop phone = Desktop.paired(() -> port, PHONE, PHONE_TOKEN, 4)) {
            assertThat(laptop.id()).isEqualTo(LAPTOP);
            assertThat(byKey.id()).isEqualTo(LAPTOP);
            assertThat(byKey.pull().ofOthers()).extracting(PulledOp::deviceId).containsExactly(PHONE);
            laptop.make(OutboxOp.note("n1", "after the move")).sync();
            assertThat(laptop.conflicts()).isEmpty();
            assertThat(laptop.blobs().download(picture)).isEqualTo(PICTURE);
            assertThat(phone.pull().applied())
                    .extracting(PulledOp::serverSequence)
                    .containsExactly(5L);
        }
    }
}
