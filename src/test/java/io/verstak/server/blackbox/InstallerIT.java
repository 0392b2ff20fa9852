package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.machine.BootedSystem;
import io.verstak.server.testkit.machine.BootedSystem.Result;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What scripts/install.sh and the Debian package install, upgrade, refuse and remove, on a booted Debian. */
@SuppressWarnings("NullAway.Init")
class InstallerIT {
    private static final String INSTALL = "/project/scripts/install.sh ";
    private static final String URL = "https://sync.example.org";
    private static final String CONFIG = "/etc/verstak-server/verstak-server.json";
    private static final String BACKUPS = "/var/backups/verstak-server";
    private static final String UPGRADES = BACKUPS + "-upgrades";
    private static final String DROP_INS = "/etc/systemd/system/verstak-server.service.d";

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

    @Test
    void an_upgrade_keeps_the_data_and_one_to_a_broken_build_is_rolled_back() {
        Visitor root = server.setUp(debian.sh(INSTALL + "--listen '[::]:47732'"));
        try (Desktop desktop = server.userWithDesktop(root)) {
            assertThat(debian.result(INSTALL).out()).contains("use --upgrade");
            assertThat(server.version()).doesNotContain("99.1.2");
            server.putNewerBuild("/srv/newer.jar");
            assertThat(debian.sh(INSTALL + "--upgrade --jar /srv/newer.jar")).contains("upgraded");
            assertThat(server.version()).contains("99.1.2");
            server.assertServes(desktop);
            assertThat(debian.sh("ls " + BACKUPS + "/full")).isNotBlank();
            assertThat(debian.sh("stat -c '%U %a' " + UPGRADES + " " + UPGRADES + "/*"))
                    .isEqualTo("root 700\nroot 700\n");
            server.putBrokenBuild("/srv/broken.jar");
            Result broken = debian.result(INSTALL + "--upgrade --jar /srv/broken.jar");
            assertThat(broken.exit()).as(broken.out()).isEqualTo(1);
            assertThat(broken.out()).contains("does not start", "rolled back");
            assertThat(server.version()).contains("99.1.2");
            server.assertServes(desktop);
            assertThat(debian.sh("find " + UPGRADES + " -mindepth 1 -maxdepth 1 -name '20*' | wc -l"))
                    .isEqualTo("1\n");
            // The program still fits there, the database no longer does.
            debian.sh(
                    "mount -t tmpfs -o size=$(($(du -sk /usr/lib/verstak-server | cut -f1) + 100))k tmpfs " + UPGRADES);
            assertThat(debian.result(INSTALL + "--upgrade").out())
                    .contains("server.db", "No space left", "runs as it did");
            assertThat(debian.sh("ls " + UPGRADES + "; umount " + UPGRADES)).isEmpty();
            server.assertServes(desktop);

            server.write("/srv/nonsense.jar", "no jar");
            Result nonsense = debian.result(INSTALL + "--upgrade --jar /srv/nonsense.jar");
            assertThat(nonsense.exit()).isEqualTo(1);
            assertThat(nonsense.out())
                    .contains("/srv/nonsense.jar is not a release")
                    .hasLineCount(1);
            server.assertServes(desktop);
        }
        assertThat(debian.sh("touch " + DROP_INS + "/own.conf; " + INSTALL + "--uninstall"))
                .contains("removed");
        assertThat(debian.sh("ls " + DROP_INS)).isEqualTo("own.conf\n");
        assertThat(debian.path("/usr/bin/verstak-server")).doesNotExist();
        assertThat(debian.path("/usr/lib/verstak-server")).doesNotExist();
        assertThat(debian.path("/var/lib/verstak-server/server.db")).exists();
        assertThat(debian.path(CONFIG)).exists();
        assertThat(server.state()).isEqualTo("inactive");

        Result kept = debian.result(INSTALL + "--public-url " + URL);
        assertThat(kept.exit()).isEqualTo(1);
        assertThat(kept.out()).contains("is kept", "http.publicUrl").hasLineCount(1);
        assertThat(debian.path("/usr/bin/verstak-server")).doesNotExist();
        debian.sh(INSTALL);
        server.assertEveryPage(root);
    }

    @Test
    void what_cannot_work_is_refused_before_anything_is_installed() {
        for (String wrong : new String[] {
            "--public-url sync.example.org",
            "--public-url 'https://a\"b'",
            "--listen nonsense",
            "--listen 127.0.0.1:99999",
            "--nonsense",
            "--public-url",
            "--jar /nonexistent.jar"
        }) {
            Result refused = debian.result(INSTALL + wrong);
            assertThat(refused.exit()).as(wrong).isNotZero();
            assertThat(refused.out()).as(wrong).contains("install.sh: ").doesNotContain("Exception");
            assertNothingInstalled();
        }

        server.write(
                "/etc/systemd/system/verstak-server.service",
                "[Service]\nExecStart=/usr/local/bin/verstak-sync-server\n");
        Result foreign = debian.result(INSTALL);
        assertThat(foreign.exit()).isEqualTo(1);
        assertThat(foreign.out())
                .contains("belongs to another program", "mv /etc/systemd/system/verstak-server.service");
        Result foreignDeb = debian.result("dpkg --install /project/target/verstak-server.deb");
        assertThat(foreignDeb.exit()).isNotZero();
        assertThat(foreignDeb.out()).contains("belongs to another program");
        assertThat(debian.sh("cat /etc/systemd/system/verstak-server.service")).contains("verstak-sync-server");
        debian.sh("rm /etc/systemd/system/verstak-server.service");
        assertNothingInstalled();

        debian.sh("cd / && mkdir -p etc/verstak-server " + DROP_INS + " && touch etc/verstak-server/env");
        debian.sh("touch " + DROP_INS + "/own.conf");
        server.putBrokenBuild("/srv/broken.jar");
        Result broken = debian.result(INSTALL + "--jar /srv/broken.jar");
        assertThat(broken.exit()).isEqualTo(1);
        assertThat(broken.out()).contains("does not start", "nothing was installed");
        assertNothingInstalled();
        assertThat(debian.sh("ls " + DROP_INS + " /etc/verstak-server"))
                .isEqualTo("%s:\nown.conf\n\n/etc/verstak-server:\nenv\n".formatted(DROP_INS));

        debian.sh(
                "mkdir -p /opt/old && printf '#!/bin/sh\\necho openjdk version \\\\\"11.0.2\\\\\" >&2\\n' >/opt/old/java && chmod +x /opt/old/java");
        Result old = debian.result("PATH=/opt/old:$PATH " + INSTALL);
        assertThat(old.out()).contains("Java 11 is too old", "17").hasLineCount(1);
        assertNothingInstalled();
    }

    private void assertNothingInstalled() {
        for (String path : List.of("/usr/bin/verstak-server", "/usr/lib/verstak-server", BACKUPS, UPGRADES)) {
            assertThat(debian.path(path)).doesNotExist();
        }
    }

    @Test
    void a_debian_package_is_installed_upgraded_removed_and_purged() {
        assertThat(debian.sh("apt-get install -y /project/target/verstak-server.deb"))
                .contains("link for the first administrator");
        Visitor root = server.setUp(server.log());
        try (Desktop desktop = server.userWithDesktop(root)) {
            server.assertEveryPage(root);
            assertThat(debian.path("/usr/lib/verstak-server/verstak-server.jsa"))
                    .isNotEmptyFile();
            server.configure(
                    "{\"http\": {\"listen\": \"127.0.0.1:47732\"}, \"storage\": {\"dataDir\": \"/var/lib/verstak-server\"}}");

            debian.sh("mkdir /root/deb && dpkg-deb -R /project/target/verstak-server.deb /root/deb"
                    + " && sed -i 's/^Version: .*/Version: 99.1.2/' /root/deb/DEBIAN/control");
            server.putNewerBuild("/root/deb/usr/lib/verstak-server/verstak-server.jar");
            debian.sh("dpkg-deb -b -Znone /root/deb /root/newer.deb && apt-get install -y /root/newer.deb");
            assertThat(server.version()).contains("99.1.2");
            server.assertServes(desktop);
            assertThat(debian.sh("ls " + BACKUPS + "/full")).isNotBlank();
            assertThat(debian.result(INSTALL + "--upgrade").out()).contains("installed as a Debian package");
        }
        debian.sh("touch " + DROP_INS + "/own.conf; apt-get remove -y verstak-server");
        assertThat(debian.sh("ls " + DROP_INS)).isEqualTo("own.conf\n");
        assertThat(debian.path("/usr/lib/verstak-server")).doesNotExist();
        assertThat(server.state()).isEqualTo("inactive");
        assertThat(debian.path(CONFIG)).exists();
        debian.sh("apt-get purge -y verstak-server");
        assertThat(debian.path("/etc/verstak-server")).doesNotExist();
        assertThat(debian.path(DROP_INS)).doesNotExist();
        assertThat(debian.path("/var/lib/verstak-server/server.db")).exists();
        assertThat(debian.sh("systemctl list-unit-files --no-pager | grep verstak || true"))
                .isEmpty();
        assertThat(debian.sh("getent passwd verstak-server")).isNotBlank();
    }
}
