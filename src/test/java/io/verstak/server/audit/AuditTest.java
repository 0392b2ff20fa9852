package io.verstak.server.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the audit log keeps, and what it and every other log never do. */
class AuditTest {
    private static final String OTHER_PASSWORD = "copper-lantern-77";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void what_happens_to_an_account_stands_in_the_audit_log_with_who_and_from_where() {
        try (TestServer server = TestServer.start()) {
            Web web = new Web(server);
            web.register("anna", "anna@example.org", TestServer.PASSWORD);
            web.confirm(web.mailedToken("anna@example.org", "confirm"));
            String session = web.session("anna");
            try (Desktop desktop = server.pair("anna", "main")) {
                desktop.revoke();
            }
            server.send(Request.post("/api/v1/auth/logout", "").bearer(session));
            web.forgot("anna@example.org");
            web.reset(web.mailedToken("anna@example.org", "reset"), OTHER_PASSWORD);
            server.beside(accounts -> accounts.administration()
                    .find("anna")
                    .compose(user -> accounts.administration()
                            .block(Actor.COMMAND_LINE, user.id(), Optional.of(true))
                            .compose(done -> accounts.administration()
                                    .block(Actor.COMMAND_LINE, user.id(), Optional.of(false)))));

            assertThat(rows(
                            server,
                            "SELECT type || ' ' || CASE WHEN user_id = (SELECT id FROM users) THEN 1 ELSE 0 END || ' ' || address FROM audit_log"
                                    + " ORDER BY id"))
                    .containsExactly(
                            "registered 1 127.0.0.1",
                            "email_confirmed 1 127.0.0.1",
                            "login 1 127.0.0.1",
                            "device_paired 1 127.0.0.1",
                            "device_revoked 1 127.0.0.1",
                            "logout 1 127.0.0.1",
                            "reset_offered 1 127.0.0.1",
                            "password_reset 1 127.0.0.1",
                            "user_blocked 1 ",
                            "user_unblocked 1 ");
            assertThat(rows(
                            server,
                            "SELECT COUNT(*) FROM audit_log WHERE type LIKE 'device%' AND device_id LIKE 'dev_%'"))
                    .containsExactly("2");
        }
    }

    @Test
    void s42_a_flood_of_refusals_is_summed_per_minute_kind_and_address() {
        MutableClock clock = new MutableClock();
        try (TestServer server = TestServer.start(clock, Map.of("http.trustedProxies", "127.0.0.1"))) {
            for (int i = 0; i < 30; i++) {
                refuse(server, "nobody" + i, "192.0.2.1");
            }
            refuse(server, "nobody", "192.0.2.2");
            clock.advance(Duration.ofMinutes(1));
            refuse(server, "nobody", "192.0.2.1");
            server.restart();

            assertThat(rows(
                            server,
                            "SELECT address || ' ' || SUM(times) || ' in ' || COUNT(*) FROM audit_log"
                                    + " WHERE type = 'login_refused' GROUP BY address ORDER BY address"))
                    .containsExactly("192.0.2.1 31 in 3", "192.0.2.2 1 in 1");
        }
    }

    @Test
    void s42_a_flood_from_many_addresses_is_summed_too() {
        MutableClock clock = new MutableClock();
        try (TestServer server = TestServer.start(clock, Map.of("http.trustedProxies", "127.0.0.1"))) {
            for (int i = 0; i < 1000; i++) {
                server.send(Request.get("/api/client/me")
                        .bearer("nonsense" + i)
                        .with("X-Forwarded-For", "10." + i / 250 + ".0." + i % 250));
            }
            server.restart();

            assertThat(rows(server, "SELECT SUM(times) FROM audit_log WHERE type <> 'cleanup'"))
                    .containsExactly("1000");
            assertThat(rows(server, "SELECT COUNT(*) FROM audit_log WHERE times > 700"))
                    .containsExactly("1");
            assertThat(Integer.parseInt(
                            rows(server, "SELECT COUNT(*) FROM audit_log").get(0)))
                    .isLessThan(300);
        }
    }

    @Test
    void an_administrator_is_named_in_each_entry_about_signing_in_and_a_typed_name_never() {
        try (TestServer server = TestServer.start()) {
            AdminScript root = new AdminScript(server);
            server.withAdministrator("second");
            for (String name : List.of("root", "second", "root", "nobody-but-a-password")) {
                new Visitor(server).send("/admin/login", "/admin/login", "username=" + name, "password=wrong");
            }
            Visitor second = new Visitor(server);
            second.send("/admin/login", "/admin/login", "username=second", "password=" + TestServer.PASSWORD);
            second.send("/admin/dashboard", "/admin/logout");
            server.beside(accounts -> accounts.administrators().delete(Actor.COMMAND_LINE, "second"));
            Visitor admin = root.visitor();
            Await.until(() -> admin.get("/admin/audit")
                    .text()
                    .contains("An administrator’s login was refused <small>(second)</small>"));
            server.restart();

            assertThat(rows(
                            server,
                            "SELECT type, message, SUM(times) FROM audit_log WHERE type LIKE 'administrator%'"
                                    + " GROUP BY type, message"))
                    .extracting(AuditTest::withoutSentence)
                    .containsExactlyInAnyOrder(
                            "administrator_deleted  (command line: second) 1",
                            "administrator_login  (root: password) 1",
                            "administrator_login  (second: password) 1",
                            "administrator_login_refused  (root) 2",
                            "administrator_login_refused  (second) 1",
                            "administrator_login_refused An administrator's login was refused. 1",
                            "administrator_logout  (second) 1",
                            "administrator_set  (command line: root) 1",
                            "administrator_set  (command line: second) 1");
        }
    }

    @Test
    void s41_no_line_break_or_escape_code_of_a_caller_gets_into_a_log() {
        try (TestServer server = TestServer.start(Map.of("http.trustedProxies", "127.0.0.1"))) {
            server.addUser("anna");
            String evil = "x\\r\\nERROR root - forged\\u001b[31m\\u2028y";
            for (String path : List.of("/api/v1/auth/login", "/api/client/pair", "/api/v1/auth/register")) {
                server.send(Request.post(
                        path,
                        ("{\"username\":\"%1$s\",\"login\":\"%1$s\",\"email\":\"%1$s\",\"password\":\"%1$s\","
                                        + "\"device_name\":\"%1$s\"}")
                                .formatted(evil)));
            }
            server.send(Request.post(
                    "/api/client/pair",
                    "{\"login\":\"anna\",\"password\":\"%s\",\"device_name\":\"%s\"}"
                            .formatted(TestServer.PASSWORD, evil)));

            assertThat(rows(server, "SELECT type || address || message || device_id FROM audit_log"))
                    .isNotEmpty()
                    .noneMatch(row -> row.chars().anyMatch(Character::isISOControl) || row.contains("forged"));
            assertThat(LOG.lines()).noneMatch(line -> line.contains("forged"));
        }
    }

    @Test
    void entries_older_than_their_days_are_deleted() {
        MutableClock clock = new MutableClock();
        try (TestServer server = TestServer.start(clock, Map.of("retention.auditDays", "30"))) {
            server.addUser("anna");
            clock.advance(Duration.ofDays(31));
            server.addUser("berta");
            server.cleanUp();

            assertThat(rows(server, "SELECT COUNT(*) FROM audit_log WHERE type <> 'cleanup'"))
                    .containsExactly("1");
        }
    }

    private static void refuse(TestServer server, String login, String from) {
        server.send(Request.post("/api/v1/auth/login", "{\"username\":\"%s\",\"password\":\"wrong\"}".formatted(login))
                .with("X-Forwarded-For", from));
    }

    /** The type, what follows the sentence, and how often. */
    private static String withoutSentence(String row) {
        List<String> columns = List.of(row.split("\\|", 3));
        String message = columns.get(1);
        return "%s %s %s".formatted(columns.get(0), message.substring(message.indexOf(". ") + 1), columns.get(2));
    }

    private static List<String> rows(TestServer server, String sql) {
        return server.rows(sql);
    }
}
