package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.machine.BootedSystem;
import io.verstak.server.testkit.machine.BootedSystem.Result;
import io.verstak.server.testkit.machine.DocumentedCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service as scripts/install.sh installs it, on a booted Debian. */
@SuppressWarnings("NullAway.Init")
class BootedSystemIT {
    private static final String INSTALL = "/project/scripts/install.sh ";
    private static final String URL = "https://sync.example.org";
    private static final String CONFIG = "/etc/verstak-server/verstak-server.json";

    private BootedSystem debian;
    private InstalledServer server;

    @BeforeEach
    void boot() {
        debian = BootedSystem.boot();
        server = new InstalledServer(debian);
    }

    @AfterEach
    void close() {
        debian.close();
    }

    /** The commands of the README, for a root that has no sudo and stands in the project's folder. */
    private static String asRoot(String commands) {
        assertThat(commands).isEqualTo("sudo scripts/install.sh --public-url " + URL);
        return "cd " + BootedSystem.PROJECT + " && " + commands.replace("sudo ", "");
    }

    @Test
    void from_nothing_to_a_synced_device_through_restarts_a_kill_and_a_reboot() {
        String said =
                debian.sh(asRoot(DocumentedCommands.of(Path.of("README.md")).under("From nothing")));
        assertThat(said).contains("verstak-server runs", URL + "/setup?token=");
        Visitor root = server.setUp(said);
        try (Desktop desktop = server.userWithDesktop(root)) {
            server.assertEveryPage(root);
            assertThat(debian.path("/usr/lib/verstak-server/verstak-server.jsa"))
                    .isNotEmptyFile();
            assertThat(debian.sh("stat -c '%U %a' /var/lib/verstak-server " + CONFIG))
                    .isEqualTo("verstak-server 700\nroot 640\n");

            debian.sh("systemctl restart verstak-server");
            server.assertServes(desktop);
            server.assertEveryPage(root);

            server.configure("{\"http\": {\"publicUrl\": \"" + URL + "\", \"listen\": \"127.0.0.1:47732\"},"
                    + "\"log\": {\"requests\": false}, \"storage\": {\"dataDir\": \"/var/lib/verstak-server\"}}");
            debian.sh("systemctl reload verstak-server");
            server.awaitLog("configuration reloaded");
            server.assertServes(desktop);

            debian.sh("kill -KILL $(systemctl show --property MainPID --value verstak-server); timeout 120 sh -c 'until"
                    + " systemctl show --property NRestarts,ActiveState --value verstak-server | tr \"\\n\" / | grep -q 1/active;"
                    + " do sleep 0.2; done'");
            server.assertServes(desktop);
            assertThat(debian.sh("ls -AR /tmp /var/tmp && ls -A /var/lib/verstak-server"))
                    .doesNotContain("native", "sqlite-", "zstd");
        }
        server.reboot();
        assertThat(debian.sh("verstak-server healthcheck --wait 60")).contains("ready");
        server.assertEveryPage(root);
        assertThat(debian.sh("verstak-server admin list-users")).contains("anna");

        Result ordinary =
                debian.result("setpriv --reuid=65534 --regid=65534 --clear-groups verstak-server admin list-users");
        assertThat(ordinary.exit()).isEqualTo(1);
        assertThat(ordinary.out())
                .contains("use: sudo verstak-server admin list-users")
                .hasLineCount(1);
        assertThat(debian.sh("systemd-analyze security --no-pager --threshold=20 verstak-server"))
                .contains("OK");
        assertThat(debian.sh("systemd-analyze verify --man=no verstak-server.service"))
                .isEmpty();
    }

    @Test
    void a_start_that_fails_says_why_at_once_and_gives_up() {
        debian.sh(INSTALL);
        server.configure("{\"http\": {\"lisen\": \"127.0.0.1:1\"}}");

        Result restart = debian.result("timeout 80 systemctl restart verstak-server");
        assertThat(restart.exit()).as(restart.out()).isEqualTo(1);
        assertThat(server.errors()).contains("http.lisen");
        // A wrong configuration is not tried again.
        assertThat(server.state()).isEqualTo("failed");

        server.configure(
                "{\"http\": {\"listen\": \"127.0.0.1:47732\"}, \"storage\": {\"dataDir\": \"/srv/elsewhere\"}}");
        debian.sh("mkdir -p /srv/elsewhere");
        assertThat(debian.result("timeout 80 systemctl restart verstak-server").exit())
                .isEqualTo(1);
        assertThat(server.errors())
                .contains("/srv/elsewhere: the service cannot write", "sudo verstak-server-configure");
        debian.sh("timeout 200 sh -c 'until systemctl is-failed --quiet verstak-server; do sleep 0.5; done'");
        assertThat(debian.sh("systemctl show --property Result --value verstak-server"))
                .isNotEqualTo("success\n");
    }

    @Test
    void data_and_backups_are_where_the_configuration_says_and_a_backup_is_restored_by_the_page() throws Exception {
        String said = debian.sh(INSTALL);
        Visitor root = server.setUp(said);
        try (Desktop desktop = server.userWithDesktop(root)) {
            server.configure("{\"http\": {\"listen\": \"127.0.0.1:47732\"}, \"storage\": {\"dataDir\":"
                    + " \"/var/lib/verstak-server\", \"backup\": {\"directory\": \"/mnt/backups\"}}}");
            debian.sh("systemctl restart verstak-server");
            server.awaitLog("/mnt/backups: the server cannot write to storage.backup.directory");

            debian.sh(
                    "systemctl stop verstak-server && mkdir -p '/srv/big disk' && mv /var/lib/verstak-server '/srv/big disk/data'");
            server.configure(
                    "{\"http\": {\"listen\": \"127.0.0.1:47732\"}, \"storage\": {\"dataDir\": \"/srv/big disk/data\","
                            + "\"backup\": {\"directory\": \"/mnt/backups\", \"everyHours\": 1, \"keep\": 2}}}");
            debian.sh("verstak-server-configure && systemctl start verstak-server");
            server.assertServes(desktop);
            server.assertEveryPage(root);
            debian.sh("timeout 120 sh -c 'until ls /mnt/backups/*/manifest* 2>/dev/null; do sleep 0.5; done'");

            Result closed = debian.result("mkdir -m 0700 /root/bk; verstak-server backup --to /root/bk");
            assertThat(closed.exit()).isEqualTo(1);
            assertThat(closed.out()).contains("/root/bk", "verstak-server").doesNotContain("Exception");

            int seen = desktop.applied().size();
            debian.sh("systemctl stop verstak-server && mv '/srv/big disk/data' '/srv/big disk/data.old'");
            Result early = debian.result("verstak-server restore --from /mnt/backups");
            assertThat(early.exit()).isEqualTo(1);
            assertThat(early.out()).contains("install -d");
            debian.sh("install -d -m 0700 -o verstak-server -g verstak-server '/srv/big disk/data'"
                    + " && verstak-server restore --from /mnt/backups && systemctl start verstak-server");
            desktop.pull();
            assertThat(desktop.applied()).hasSizeGreaterThanOrEqualTo(seen);
            server.assertServes(desktop);
        }
        assertThat(Files.readString(debian.path("/etc/systemd/system/verstak-server.service.d/folders.conf")))
                .contains("ReadWritePaths=\"-/srv/big disk/data\"", "ReadWritePaths=\"-/mnt/backups\"");

        server.configure("{\"storage\": {\"dataDir\": \"/tmp/data\"}}");
        assertThat(debian.result("verstak-server-configure").out()).contains("/tmp/data", "another folder");
    }
}
