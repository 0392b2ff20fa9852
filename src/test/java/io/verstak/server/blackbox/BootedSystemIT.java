package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.BootedSystem;
import io.verstak.server.testkit.Visitor;
import org.junit.jupiter.api.Test;

/** The installed service on a booted Debian. */
class BootedSystemIT {
    private static final String PASSWORD = "violet-harbour-42";

    @Test
    void it_is_installed_by_the_script_and_survives_a_restart_and_a_reboot() {
        try (BootedSystem debian = BootedSystem.boot()) {
            assertThat(debian.sh("/project/scripts/install.sh --public-url https://sync.example.org"))
                    .containsPattern("https://sync\\.example\\.org/setup\\?token=[0-9a-f]{64}");
            debian.sh("systemctl restart verstak-server");
            debian.sh("echo " + PASSWORD + " | verstak-server admin create-admin root");
            int port = debian.forward(47732);
            Visitor root = new Visitor(() -> port);
            root.send("/admin/login", "/admin/login", "username=root", "password=" + PASSWORD);
            for (String page : AdminScript.PAGES) {
                assertThat(root.get(page).status()).as(page).isEqualTo(200);
            }
            debian.reboot();
            assertThat(debian.sh("verstak-server healthcheck --wait 30")).contains("ready");
        }
    }
}
