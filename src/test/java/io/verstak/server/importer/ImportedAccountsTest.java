package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.data.GoServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People of the Go server find their way into this one. */
class ImportedAccountsTest {
    private static final String ANNA = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String BORIS = "bbbbbbbbbbbbbbbbbbbbbbbb";
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final String OTHER_TOKEN = "fedcba9876543210".repeat(4);

    private Takeover takeover;

    @BeforeEach
    void folders(@TempDir Path folder) {
        takeover = Takeover.in(folder);
    }

    @Test
    void people_keep_passwords_sessions_and_links_and_stay_blocked_or_revoked() {
        String userSession = "5".repeat(64);
        String adminSession = "6".repeat(64);
        String reset = "7".repeat(64);
        Instant tomorrow = Instant.now().plus(Duration.ofDays(1));
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.user(BORIS, "boris", "boris@example.org", GoServer.bcrypt(TestServer.PASSWORD), true, true);
            go.user("c".repeat(24), "carl", "carl@example.org", GoServer.bcrypt(TestServer.PASSWORD), false, false);
            go.device("dev_b", BORIS, "v", OTHER_TOKEN).revokedDevice("dev_a", ANNA, "v", TOKEN);
            go.session(userSession, "user", ANNA, tomorrow).session(adminSession, "admin", "Root", tomorrow);
            go.session("8".repeat(64), "user", ANNA, Instant.now().minusSeconds(5));
            go.session("9".repeat(64), "user", BORIS, tomorrow);
            go.add(
                    "server_email_tokens",
                    "token_hash",
                    Sha256.of(reset.getBytes(StandardCharsets.UTF_8)).hex(),
                    "user_id",
                    ANNA,
                    "purpose",
                    "reset",
                    "expires_at",
                    tomorrow.toString(),
                    "created_at",
                    "2026-11-20T08:00:00Z");
            go.config("admin:\n  - username: Root\n    password_hash: %s\n".formatted(GoServer.bcrypt("short")));
        }

        assertThat(takeover.run().exit()).isZero();

        try (TestServer server = takeover.serve()) {
            Web web = new Web(server);
            assertThat(web.devices(userSession).status()).isEqualTo(200);
            assertThat(web.devices("9".repeat(64)).status()).isEqualTo(401);
            assertThat(web.login("anna", TestServer.PASSWORD).status()).isEqualTo(200);
            assertThat(TestDatabase.rows(server.database(), "SELECT password_hash FROM users WHERE username = 'anna'"))
                    .singleElement()
                    .asString()
                    .startsWith("$argon2id$");
            assertThat(web.login("boris", TestServer.PASSWORD).status()).isEqualTo(403);
            assertThat(web.login("carl", TestServer.PASSWORD).status()).isEqualTo(403);
            assertThat(me(server, OTHER_TOKEN)).isEqualTo(403);
            assertThat(me(server, TOKEN)).isEqualTo(401);
            assertThat(web.reset(reset, "another-" + TestServer.PASSWORD).status())
                    .isEqualTo(200);
            assertThat(TestDatabase.rows(server.database(), "SELECT realm, owner FROM sessions WHERE realm <> 'user'"))
                    .containsExactly("administrator|root");
            Visitor admin = new Visitor(server);
            admin.send("/admin/login", "/admin/login", "username=root", "password=short");
            assertThat(admin.cookie("admin_session")).hasSize(64);
            assertThat(TestDatabase.rows(server.database(), "SELECT password_hash FROM administrators"))
                    .singleElement()
                    .asString()
                    .startsWith("$argon2id$");
        }
    }

    @Test
    void names_that_our_rules_refuse_come_over_and_each_signs_in() throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna@home", "Anna@example.org");
            go.user(BORIS, "boris", "anna@example.org", GoServer.bcrypt("boris-" + TestServer.PASSWORD), true, false);
            go.user("c".repeat(24), "Boris", "");
        }

        CommandLineRun run = takeover.run("--json");

        assertThat(run.exit()).isZero();
        assertThat(run.json().get("notes").toString()).contains("anna@home", "in other case", "no e-mail address");
        try (TestServer server = takeover.serve()) {
            Web web = new Web(server);
            assertThat(user(web, "anna@home", TestServer.PASSWORD)).isEqualTo(ANNA);
            assertThat(user(web, "Anna@example.org", TestServer.PASSWORD)).isEqualTo(ANNA);
            assertThat(user(web, "boris", "boris-" + TestServer.PASSWORD)).isEqualTo(BORIS);
            assertThat(user(web, "anna@example.org", "boris-" + TestServer.PASSWORD))
                    .isEqualTo(BORIS);
            assertThat(user(web, "Boris", TestServer.PASSWORD)).isEqualTo("c".repeat(24));
            assertThat(web.register("BORIS", "new@example.org", TestServer.PASSWORD)
                            .status())
                    .isEqualTo(409);
            assertThat(web.register("other", "ANNA@example.org", TestServer.PASSWORD)
                            .status())
                    .isEqualTo(409);
        }
    }

    @Test
    void whatever_a_device_signed_in_with_goes_on_and_what_was_void_stays_so() {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.keyDevice("by-flag", ANNA, "v", "key of the flag");
            go.device("voided", ANNA, "v", "");
            go.add(
                    "server_devices",
                    "id",
                    "both",
                    "name",
                    "both",
                    "api_key",
                    "key of both",
                    "token_hash",
                    Sha256.of(TOKEN.getBytes(StandardCharsets.UTF_8)).hex(),
                    "legacy_api_key",
                    0,
                    "user_id",
                    ANNA,
                    "revoked_at",
                    "0001-01-01T00:00:00Z",
                    "created_at",
                    "2026-01-01 10:00:00.5+03:00");
            go.add("server_devices", "id", "nobodys", "api_key", "key of nobody");
        }

        CommandLineRun run = takeover.run("--json");

        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.json().get("skipped").toString()).contains("nobodys");
        try (TestServer server = takeover.serve()) {
            assertThat(me(server, "key of the flag")).isEqualTo(200);
            assertThat(me(server, "key of both")).isEqualTo(200);
            assertThat(me(server, TOKEN)).isEqualTo(200);
            assertThat(me(server, "key of nobody")).isEqualTo(401);
            assertThat(me(server, "disabled:voided")).isEqualTo(401);
            assertThat(me(server, "none voided")).isEqualTo(401);
            assertThat(TestDatabase.rows(server.database(), "SELECT created_at FROM devices WHERE id = 'both'"))
                    .containsExactly(Long.toString(
                            Instant.parse("2026-01-01T07:00:00.500Z").toEpochMilli()));
        }
    }

    private static int me(TestServer server, String token) {
        return server.send(Request.get("/api/client/me").bearer(token)).status();
    }

    private static String user(Web web, String login, String password) {
        return web.login(login, password).json().required("user_id").textValue();
    }
}
