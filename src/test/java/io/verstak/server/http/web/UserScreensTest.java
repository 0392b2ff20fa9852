package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.BoundingBox;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.browser.Screens;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The pages of signed-in users, as they look. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class UserScreensTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("alice")
            .withUser("newcomer")
            .withUser("leaving")
            .withUser("boris")
            .withUser("behind")
            .withUser("dina");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void pages_for_users_suit_every_reader() {
        try (Desktop laptop = SERVER.pair("alice", "notes");
                Desktop phone = SERVER.pair("alice", "");
                Desktop lost = SERVER.pair("alice", "notes")) {
            for (int i = 0; i < 7; i++) {
                laptop.make(OutboxOp.note("n" + i, "text"));
            }
            laptop.sync().pull();
            laptop.blobs().upload("photo.jpg", new byte[3_000_000]);
            lost.revoke();
            Visitor alice = Visitor.user(SERVER, "alice");
            Visitor.user(SERVER, "alice");
            alice.send("/dashboard", "/dashboard/rename", "device=" + phone.id(), "name=Old phone in the drawer");
            alice.send("/dashboard", "/dashboard/vault/rename", "vault=notes", "vault_name=Notes and sketches");
            alice.get("/dashboard");
            somePast();
            try (Screens screens = BROWSER.screens(SERVER, alice)) {
                screens.look("dashboard", "/dashboard")
                        .look("connect-code", "/dashboard/connect", page -> {
                            page.selectOption("#vault", "notes");
                            Browser.follow(page, () -> page.click("main [type=submit]"));
                        })
                        .look(
                                "dashboard-revoke",
                                "/dashboard",
                                page -> page.locator("summary.danger").first().click())
                        .look("account-wrong-password", "/account", page -> {
                            page.fill("#old-password", "not this one");
                            page.fill("#new_password", "copper-lantern-77");
                            Browser.follow(page, () -> page.click("form[action='/account/password'] [type=submit]"));
                        });
            }
        }
        try (Screens screens = BROWSER.screens(SERVER, Visitor.user(SERVER, "newcomer"))) {
            screens.look("dashboard-empty", "/dashboard").look("connect-empty", "/dashboard/connect");
        }
    }

    @Test
    void pages_of_a_deletion_suit_every_reader() {
        Visitor leaving = Visitor.user(SERVER, "leaving");
        String vault = "a-vault-with-a-long-id-" + "w".repeat(90);
        try (Desktop desktop = SERVER.pair("leaving", vault)) {
            leaving.send("/dashboard", "/dashboard/rename", "device=" + desktop.id(), "name=Phone " + "W".repeat(90));
        }
        leaving.send("/dashboard", "/dashboard/vault/delete", "vault=" + vault, "typed_name=" + vault);
        leaving.send("/account", "/account/email", "email=other@example.org", "password=" + TestServer.PASSWORD);
        leaving.send("/account", "/account/delete", "typed_name=leaving");
        Web web = new Web(SERVER);
        String keep = web.mailedToken("leaving@example.org", "deletion");
        try (Screens screens = BROWSER.screens(SERVER, leaving)) {
            screens.look("account-leaving", "/account")
                    .look("dashboard-leaving", "/dashboard")
                    .look("account-keep", "/account/keep?token=" + keep);
        }
    }

    @Test
    void pages_of_a_shared_vault_suit_every_reader() {
        String sharing = "/dashboard/sharing";
        SERVER.addUser("sara-with-a-longer-name");
        SERVER.addUser("mia");
        Visitor owner = Visitor.user(SERVER, "sara-with-a-longer-name");
        Visitor member = Visitor.user(SERVER, "mia");
        for (String vault : List.of("team", "archive")) {
            SERVER.pair("sara-with-a-longer-name", vault).close();
            owner.send("/dashboard", sharing + "/invite", "vault=" + vault, "login=mia", "role=reader");
        }
        Matcher invitation = Pattern.compile("name=\"invitation\" value=\"([0-9a-f]+)\"")
                .matcher(member.get("/dashboard").text());
        assertThat(invitation.find()).isTrue();
        member.send("/dashboard", sharing + "/accept", "invitation=" + invitation.group(1));
        owner.send("/dashboard", sharing + "/invite", "vault=archive", "login=x@example.org", "role=editor");
        try (Screens screens = BROWSER.screens(SERVER, owner)) {
            screens.look("sharing", sharing + "?vault=archive");
        }
        try (Screens screens = BROWSER.screens(SERVER, member)) {
            screens.look("dashboard-shared", "/dashboard");
        }
    }

    @Test
    void pages_of_the_second_factor_suit_every_reader() {
        String path = "/account/second-factor";
        Visitor boris = Visitor.user(SERVER, "boris");
        try (Screens screens = BROWSER.screens(SERVER, boris)) {
            screens.look("second-factor-set-up", path);
            AuthenticatorApp.setUp(boris, path, Clock.systemUTC());
            screens.look("second-factor-on", path);
        }
        try (Screens screens = BROWSER.screens(SERVER, new Visitor(SERVER))) {
            screens.look("second-step", "/login", page -> {
                page.fill("#username", "boris");
                page.fill("#password", TestServer.PASSWORD);
                Browser.follow(page, () -> page.click("main [type=submit]"));
            });
        }
    }

    @Test
    void pages_of_passkeys_and_of_a_confirmation_suit_every_reader() {
        String provider = new JsonArray()
                .add(new JsonObject()
                        .put("id", "company")
                        .put("name", "Company")
                        .put("issuer", "https://id.example.org")
                        .put("clientId", "verstak"))
                .encode();
        Visitor dina = Visitor.user(SERVER, "dina");
        AuthenticatorApp.setUp(dina, "/account/second-factor", Clock.systemUTC());
        dina.get("/account/second-factor");
        SERVER.execute("""
                INSERT INTO passkeys (credential_id, realm, owner, user_handle, name, credential, sign_count, created_at, last_used_at)
                SELECT names.id, 'user', u.id, 'aaaa', names.name, '{}', 0, 1577836800000, names.used FROM users u,
                  (SELECT 'aaaa' AS id, 'Work laptop' AS name, 1580515200000 AS used
                   UNION ALL SELECT 'bbbb', 'A phone with a name of many words, which ' || 'WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW', NULL) AS names
                WHERE u.username = 'dina'""");
        SERVER.execute("INSERT INTO identities (issuer, subject, user_id, provider, email, created_at)"
                + " SELECT 'https://id.example.org', 's', id, 'company', '', 1 FROM users WHERE username = 'dina'");
        SERVER.reload(Map.of("http.publicUrl", "http://localhost:" + SERVER.port(), "accounts.oidc", provider));
        try (Screens screens = BROWSER.screens(SERVER, dina)) {
            screens.look("passkeys", "/account/passkeys").look("step-up", "/confirm?next=/account");
        } finally {
            SERVER.reload(Map.of());
        }
    }

    /** Screens look at 390 px, with scripts: this is the narrowest phone, with none. */
    @Test
    void on_a_small_phone_without_scripts_a_card_holds_its_state_and_unfolds_over_its_width() {
        try (Desktop laptop = SERVER.pair("behind", "notes")) {
            SERVER.pair("behind", "notes").close();
            for (int i = 0; i < 21; i++) {
                laptop.make(OutboxOp.note("n" + i, "text"));
            }
            laptop.sync();
            Page page = BROWSER.openWithoutScripts(SERVER);
            page.setViewportSize(360, 740);
            page.navigate("/login");
            Browser.follow(page, () -> page.click("footer [value=ru]"));
            page.fill("#username", "behind");
            page.fill("#password", TestServer.PASSWORD);
            Browser.follow(page, () -> page.click("main [type=submit]"));
            Locator card =
                    page.locator("tr:has(.tag:not(.ok)):has(summary.danger)").first();
            card.locator("summary.danger").click();
            BoundingBox room = card.boundingBox();
            BoundingBox state = card.locator(".tag:not(.ok)").boundingBox();
            assertThat(state.x + state.width).isLessThan(room.x + room.width);
            assertThat(card.locator("details[open] .sheet").boundingBox().width).isGreaterThan(room.width * 0.8);
        }
    }

    private static void somePast() {
        long today = TimeUnit.MILLISECONDS.toDays(System.currentTimeMillis());
        SERVER.execute("""
                INSERT INTO vault_days (scope_id, day, operations, total)
                WITH RECURSIVE past(back) AS (SELECT 1 UNION ALL SELECT back + 1 FROM past WHERE back < 29)
                SELECT (SELECT MIN(id) FROM scopes), %d - back, (back * 37) %% 23, 0 FROM past WHERE true ON CONFLICT DO NOTHING""".formatted(today));
    }
}
