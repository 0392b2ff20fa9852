package io.verstak.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.TestServer;
import org.junit.jupiter.api.Test;

/** An administrator whom the command line names, perhaps at every start. */
class NamedAdministratorTest {
    @Test
    void the_same_password_leaves_sessions_alone_and_another_ends_them() {
        try (TestServer server = TestServer.start()) {
            AdminScript admin = new AdminScript(server);

            named(server, AdminScript.PASSWORD);
            server.restart();
            assertThat(admin.get("stats").status()).isEqualTo(200);

            named(server, "another long passphrase");
            server.restart();
            assertThat(admin.get("stats").status()).isEqualTo(401);
        }
    }

    private static void named(TestServer server, String password) {
        server.beside(accounts -> accounts.administrators().put(AdminScript.NAME, password));
    }
}
