package io.verstak.server.http.web;

import com.microsoft.playwright.Page;
import io.verstak.server.domain.Actor;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.browser.Screens;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The administrators' pages as a browser shows them. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class AdminScreensTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    /** As long as the rules for names allow, and with nothing in it at which a line could break. */
    private static final String LONG_NAME = "maximilian" + "w".repeat(54);

    /** The list of the log's lines is never empty. */
    @BeforeAll
    static void logLine() {
        LoggerFactory.getLogger(AdminScreensTest.class).warn("one line at least");
    }

    @Test
    void pages_for_administrators_suit_every_reader() {
        AdminScript admin = new AdminScript(SERVER);
        String anna = SERVER.addUser("anna");
        String blocked = SERVER.addUser("berta.with-a-rather-long-name");
        String longest = SERVER.addUser(LONG_NAME);
        admin.post("users/" + blocked + "/block", "");
        new Web(SERVER).register("carla", "carla@example.org", TestServer.PASSWORD);
        SERVER.beside(accounts -> accounts.invitations().create(new Actor(AdminScript.NAME, null), "dora@example.org"));
        try (Desktop laptop = SERVER.pair("anna", "notes");
                Desktop phone = SERVER.pair("anna", "");
                Desktop lost = SERVER.pair("anna", "notes");
                Desktop wide = SERVER.pair(LONG_NAME, "vault-" + "w".repeat(250))) {
            Visitor.user(SERVER, LONG_NAME)
                    .send("/dashboard", "/dashboard/rename", "device=" + wide.id(), "name=" + "Щ".repeat(64));
            wide.make(OutboxOp.note("n", "text")).sync();
            for (int i = 0; i < 40; i++) {
                laptop.make(OutboxOp.note("n" + i, "text"));
            }
            laptop.sync();
            phone.pull();
            laptop.blobs().upload("photo.jpg", new byte[3_000_000]);
            lost.revoke();
            somePast();
            try (Screens screens = BROWSER.screens(SERVER, admin.visitor())) {
                screens.look("admin-dashboard", "/admin/dashboard", AdminScreensTest::hideToday)
                        .look("admin-users", "/admin/users")
                        .look("admin-user", "/admin/user?id=" + anna)
                        .look("admin-user-long", "/admin/user?id=" + longest)
                        .look(
                                "admin-user-delete",
                                "/admin/user?id=" + anna,
                                page -> page.locator("summary.danger").first().click())
                        .look("admin-account", "/admin/account")
                        .look("admin-administrators", "/admin/administrators")
                        .look("admin-confirm", "/admin/confirm?next=/admin/users")
                        .look("admin-create-user", "/admin/create-user")
                        .look("admin-invitations", "/admin/invitations")
                        .look("admin-devices", "/admin/devices")
                        .look("admin-vaults", "/admin/vaults")
                        .look("admin-vault", "/admin/vault/?id=1")
                        .look("admin-vault-long", "/admin/vault/?id=" + vaultOf(LONG_NAME))
                        .look("admin-storage", "/admin/storage")
                        .look("admin-backups", "/admin/backups")
                        .look("admin-search", "/admin/search?q=an")
                        .look("admin-audit", "/admin/audit")
                        .look("admin-outbox", "/admin/outbox")
                        .look("admin-settings", "/admin/settings")
                        .look("admin-own-account", "/admin/own-account")
                        .look("admin-diagnostics", "/admin/diagnostics", AdminScreensTest::hideLines);
            }
        }
    }

    @Test
    void the_nodes_of_a_cluster_suit_every_reader(@TempDir Path keys) {
        PostgresAccess access = TestPostgres.newDatabaseWithSchema();
        Map<String, String> settings = new HashMap<>(TestS3.settings(TestS3.newPrefix(), keys));
        settings.put("database.url", access.url());
        settings.put("database.user", access.user());
        settings.put("database.tls", "disable");
        try (TestServer node = TestServer.start(settings)) {
            TestPostgres.execute(access, """
                    INSERT INTO nodes (name, incarnation, version, schema, address, started_at, seen_at)
                    SELECT 'node-' || n || repeat('w', n * 20), '', '1.0.0-SNAPSHOT', 1, '[2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]:47732',
                           millis - 4000000, millis + 240000 FROM database_clock, generate_series(1, 3) n""", """
                    INSERT INTO leases SELECT name, 'node-1' || repeat('w', 20) || ' 4711', 1, millis + 600000
                    FROM database_clock, unnest(ARRAY['scrub', 'cleanup', 'deletions', 'old vault days']) name
                    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until""", requests(TimeUnit.MILLISECONDS.toDays(System.currentTimeMillis())));
            AdminScript admin = new AdminScript(node);
            try (Screens screens = BROWSER.screens(node, admin.visitor())) {
                screens.look("admin-dashboard-nodes", "/admin/dashboard", AdminScreensTest::hideToday)
                        .look("admin-diagnostics-nodes", "/admin/diagnostics", AdminScreensTest::hideLines);
            }
        }
        TestPostgres.drop(access);
    }

    /** Which lines of the log there are depends on what else has run in this process. */
    private static void hideLines(Page page) {
        page.evaluate("""
                () => {
                  const hidden = new CSSStyleSheet();
                  hidden.replaceSync("#warnings tbody { display: none }");
                  document.adoptedStyleSheets = [hidden];
                }""");
    }

    /** How fast this machine is at present, and how much it was asked. */
    private static void hideToday(Page page) {
        page.evaluate("""
                () => {
                  const hidden = new CSSStyleSheet();
                  hidden.replaceSync("#live-requests :is(rect:last-of-type, figcaption small) { visibility: hidden }");
                  document.adoptedStyleSheets = [hidden];
                }""");
    }

    private static long vaultOf(String user) {
        return Long.parseLong(SERVER.rows(
                        "SELECT s.id FROM scopes s JOIN users u ON u.id = s.user_id WHERE u.username = '" + user + "'")
                .get(0));
    }

    private static void somePast() {
        long day = TimeUnit.MILLISECONDS.toDays(System.currentTimeMillis());
        SERVER.execute("""
                INSERT INTO activity_hours (hour, operations)
                WITH RECURSIVE past(back) AS (SELECT 1 UNION ALL SELECT back + 1 FROM past WHERE back < 29)
                SELECT (%d - back) * 24, (back * 37) %% 230 FROM past WHERE true ON CONFLICT DO NOTHING""".formatted(day), """
                INSERT INTO storage_days (day, blob_bytes, database_bytes)
                WITH RECURSIVE past(back) AS (SELECT 1 UNION ALL SELECT back + 1 FROM past WHERE back < 29)
                SELECT %d - back, 3000000 - back * 90000, 300000 FROM past WHERE true ON CONFLICT DO NOTHING""".formatted(day), requests(day));
    }

    private static String requests(long day) {
        return """
                INSERT INTO request_days (day, outcome, millis, requests)
                WITH RECURSIVE past(back) AS (SELECT 1 UNION ALL SELECT back + 1 FROM past WHERE back < 29)
                SELECT %d - back, CASE WHEN back %% 9 = 0 THEN 5 ELSE 2 END, CASE WHEN back %% 4 = 0 THEN 250 ELSE 50 END, 400000 + back * 777
                FROM past WHERE true ON CONFLICT DO NOTHING""".formatted(day);
    }
}
