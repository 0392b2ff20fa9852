package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What administrators do on their pages, without scripts. */
class AdminPagesTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    private static final String OWN = "password=" + AdminScript.PASSWORD;
    private static final List<String> PAGES = List.of(
            "/admin/dashboard",
            "/admin/users",
            "/admin/create-user",
            "/admin/invitations",
            "/admin/devices",
            "/admin/vaults",
            "/admin/vault/?id=1",
            "/admin/storage",
            "/admin/backups",
            "/admin/audit",
            "/admin/search?q=n",
            "/admin/outbox",
            "/admin/settings",
            "/admin/account",
            "/admin/account/security-log",
            "/admin/administrators",
            "/admin/confirm",
            "/admin/diagnostics",
            "/admin/diagnostics.json");

    static AdminScript script;
    static Visitor admin;

    @BeforeAll
    static void signIn() {
        script = new AdminScript(SERVER);
        admin = script.visitor();
        SERVER.addUser("anna");
        SERVER.pair("anna", "notes").close();
    }

    @Test
    void every_page_opens_for_administrators_and_leads_others_to_sign_in() {
        for (String page : PAGES) {
            assertThat(admin.get(page).status()).as(page).isEqualTo(200);
            assertThat(admin.get(page).header("Cache-Control")).as(page).isEqualTo("no-store");
            Answer stranger = SERVER.send(Request.get(page));
            assertThat(stranger.status()).as(page).isEqualTo(303);
            assertThat(stranger.header("Location")).as(page).startsWith("/admin/login");
            Answer user = Visitor.user(SERVER, "anna").get(page);
            assertThat(user.status()).as(page).isEqualTo(303);
        }
    }

    @Test
    void s26_what_destroys_needs_the_password_and_may_be_sent_twice() {
        String id = SERVER.addUser("berta");
        Desktop desktop = SERVER.pair("berta", "vault");
        String page = "/admin/user?id=" + id;
        String[][] forms = {
            {"/admin/devices/revoke", "device=" + desktop.id()},
            {"/admin/user/block", "id=" + id, "blocked=1"},
            {"/admin/user/delete", "id=" + id, "typed_name=berta"}
        };
        for (String[] form : forms) {
            String[] fields = Arrays.copyOfRange(form, 1, form.length);
            Answer refused = admin.send(page, form[0], with(fields, "password=wrong"));
            assertThat(refused.status()).as(form[0]).isEqualTo(403);
            assertThat(refused.text()).contains("Wrong password.");
        }
        assertThat(new Web(SERVER).login("berta", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                        .status())
                .isEqualTo(200);
        for (String[] form : forms) {
            String[] fields = Arrays.copyOfRange(form, 1, form.length);
            for (int twice = 0; twice < 2; twice++) {
                assertThat(admin.send("/admin/create-user", form[0], with(fields, OWN))
                                .status())
                        .as(form[0])
                        .isEqualTo(303);
            }
        }
        assertThat(admin.get(page).status()).isEqualTo(404);
    }

    @Test
    void a_user_is_made_with_the_names_that_the_json_has_too() {
        Answer made = admin.send(
                "/admin/create-user",
                "/admin/create-user",
                "username=script",
                "email=script@example.org",
                "password=" + TestServer.PASSWORD);

        assertThat(made.status()).isEqualTo(303);
        SERVER.pair("script", "notes").close();
    }

    @Test
    void a_new_password_and_an_invitation_are_shown_once() {
        String id = SERVER.addUser("carla");

        String shown = admin.send("/admin/user?id=" + id, "/admin/user/reset-password", "id=" + id, OWN)
                .header("Location");
        String password = found("<code>([a-z0-9]{20})</code>", admin.get(shown).text());
        assertThat(new Web(SERVER).login("carla", password).status()).isEqualTo(200);
        assertThat(admin.get(shown).text()).doesNotContain(password);

        String invited =
                admin.send("/admin/invitations", "/admin/invitations", "email=").header("Location");
        String link =
                found("(/register\\?invite=[0-9a-f]{64})", admin.get(invited).text());
        assertThat(admin.get(invited).text()).doesNotContain(link);
        String invitation = SERVER.rows("SELECT id FROM invitations").get(0);
        for (int twice = 0; twice < 2; twice++) {
            assertThat(admin.send("/admin/invitations", "/admin/invitations/revoke", "invitation=" + invitation)
                            .status())
                    .isEqualTo(303);
        }
    }

    @Test
    void a_quota_of_a_user_holds_for_uploads() {
        String id = SERVER.addUser("dora");
        try (Desktop desktop = SERVER.pair("dora", "vault")) {
            admin.send("/admin/user?id=" + id, "/admin/user/quota", "id=" + id, "quota=0,001");
            assertThat(upload(desktop).code()).isEqualTo("quota_exceeded");
            assertThat(admin.send("/admin/user?id=" + id, "/admin/user/quota", "id=" + id, "quota=lots")
                            .status())
                    .isEqualTo(400);
            admin.send("/admin/user?id=" + id, "/admin/user/quota", "id=" + id, "quota=");
            assertThat(upload(desktop).status()).isEqualTo(200);
        }
    }

    @Test
    void s28_markup_from_clients_stays_text_on_every_page() {
        String evil = "<script>alert(1)</script>";
        SERVER.addUser("evil");
        SERVER.execute(
                "UPDATE users SET username = '" + evil + "', email = '" + evil + "' WHERE username = 'evil'",
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at) VALUES ('" + evil
                        + "', '" + evil + "', '', '" + evil + "', '" + evil + "', 9999999999999)");
        String id = SERVER.rows("SELECT id FROM users WHERE email LIKE '<%'").get(0);
        SERVER.execute(
                "UPDATE scopes SET vault_id = '" + evil + "' WHERE id = 1",
                "UPDATE devices SET name = '" + evil + "', client_version = '" + evil + "' WHERE scope_id = 1");
        for (String page : PAGES) {
            assertThat(admin.get(page).text()).as(page).doesNotContain(evil);
        }
        assertThat(admin.get("/admin/user?id=" + id).text()).doesNotContain(evil);
        assertThat(admin.get("/admin/users?q=%3Cscript%3Ealert(1)").text()).doesNotContain("<script>alert");
        assertThat(admin.get("/admin/audit?user=%22%3E%3Cscript%3Ealert(1)").text())
                .doesNotContain("<script>alert");
    }

    @Test
    void lists_are_searched_by_owner_and_vault() {
        SERVER.addUser("wilhelmine");
        SERVER.pair("wilhelmine", "recipes-2026").close();
        assertThat(admin.get("/admin/devices?q=LHELM").text()).contains("recipes-2026", "1 device<");
        for (String search : List.of("/admin/vaults?q=lhelmine@", "/admin/vaults?q=recipes")) {
            assertThat(admin.get(search).text()).as(search).contains("recipes-2026", "1 vault<");
        }
        assertThat(admin.get("/admin/devices?q=nobody").text()).contains("0 devices");
        assertThat(admin.get("/admin/vaults?q=ecipes").text()).contains("0 vaults");
        assertThat(admin.get("/admin/users?q=nobody").text()).contains("0 users");
        assertThat(admin.get("/admin/devices?q=lhelmine&state=revoked").text()).contains("0 devices");
        assertThat(admin.get("/admin/users?q=lhelmine&state=active&sort=username")
                        .text())
                .contains("1 user<");
    }

    @Test
    void the_audit_log_is_read_to_its_end_and_back() {
        for (int i = 0; i < 120; i++) {
            SERVER.execute("INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                    + " VALUES ('page_test', 'p', '', '', 'event " + i + ".', " + (1000 + i) + ")");
        }
        String first = admin.get("/admin/audit?user=p").text();
        assertThat(first).contains("event 119.").contains("event 70.").doesNotContain("event 69.");
        String second = admin.get(link("next", first)).text();
        assertThat(second).contains("event 69.").contains("event 20.");
        String third = admin.get(link("next", second)).text();
        assertThat(third).contains("event 0.").doesNotContain("rel=\"next\"");
        assertThat(admin.get(link("prev", third)).text()).contains("event 69.").contains("event 20.");
    }

    @Test
    void the_audit_log_is_filtered_by_the_name_the_address_or_the_id_of_a_user_or_a_pseudonym() {
        String id = SERVER.addUser("adelheid");
        SERVER.addUser("bertram");
        SERVER.execute(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                        + " SELECT 'filter_test', id, '', '', 'It was ' || username || '.', 1 FROM users",
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                        + " VALUES ('filter_test', 'gone-17', '', '', 'It was a ghost.', 1)");
        for (String user : List.of("adelheid", "ADELHEID", "Adelheid%40example.org", id)) {
            assertThat(admin.get("/admin/audit?type=filter_test&user=" + user).text())
                    .as(user)
                    .contains("It was adelheid.")
                    .doesNotContain("bertram", "ghost");
        }
        assertThat(admin.get("/admin/audit?user=gone-17").text()).contains("ghost");
        assertThat(admin.get("/admin/audit?user=adel").text()).doesNotContain("It was");
    }

    @Test
    void settings_hold_at_once_and_what_is_wrong_is_said() {
        Answer saved = admin.send(
                "/admin/settings",
                "/admin/settings",
                "server_name=Our house",
                "language=en",
                "public_url=",
                "registration=open",
                "registration_domains=");
        assertThat(saved.status()).isEqualTo(303);
        assertThat(admin.get("/").text()).contains("Our house");
        Answer refused = admin.send("/admin/settings", "/admin/settings", "public_url=javascript:alert(1)");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("role=\"alert\"");
        assertThat(admin.send("/admin/settings", "/admin/settings/reset").status())
                .isEqualTo(303);
        assertThat(admin.get("/").text()).doesNotContain("Our house");
    }

    @Test
    void the_overview_says_which_engines_serve() {
        String page = admin.get("/admin/dashboard").text();

        if (TestEngine.ofServers() == TestEngine.SQLITE) {
            assertThat(page)
                    .containsPattern(
                            "Database: SQLite 3[0-9.]+, in the data directory. Files: in a folder of the data directory.")
                    .doesNotContain("Background work");
        } else {
            assertThat(page)
                    .containsPattern(
                            "Database: PostgreSQL 1[0-9.]+ at 127.0.0.1:[0-9]+/test[0-9]+. Files: in the bucket http://")
                    .contains("Background work", "this one");
        }
    }

    @Test
    void diagnostics_hold_neither_secrets_nor_paths() {
        script.form(
                "smtp",
                "smtp_host=mail.example.org",
                "smtp_user=u",
                "smtp_pass=hunter2-hunter2",
                "smtp_from=a@example.org");

        String json = admin.get("/admin/diagnostics.json").text();

        assertThat(json)
                .contains("\"schema_version\"", "\"client_address\":\"127.0.0.1\"")
                .containsPattern("\"server_time\":\"[0-9-]{10}T[0-9:]{8}Z\"")
                .doesNotContain("hunter2", SERVER.data().toString(), "anna");
        assertThat(admin.get("/admin/settings").text())
                .doesNotContain("hunter2")
                .containsPattern("(?s)<code>mail.host</code>.{0,200}mail.example.org.{0,200}this page");
    }

    @Test
    void the_diagnostics_judge_what_they_found() {
        String page = admin.post(Request.get("/admin/diagnostics").with("X-Forwarded-For", "192.0.2.7"))
                .text();

        assertThat(page)
                .contains("The database can be read and written.", "Files can be stored.", "No sign of https")
                .contains("http.trustedProxies does not name it", "Copy for support", "database_reachable: true");
    }

    @Test
    void an_unsent_mail_is_deleted_and_the_audit_log_says_so() {
        new Web(SERVER).register("leaver", "leaver@example.org", TestServer.PASSWORD);
        String unsent = "SELECT id FROM outbox WHERE recipient = 'leaver@example.org'";
        String id = SERVER.rows(unsent).get(0);
        assertThat(admin.get("/admin/outbox").text()).contains("leaver@example.org", "data-copy=\"http");

        Answer deleted = admin.send("/admin/outbox", "/admin/outbox/delete", "mail=" + id);

        assertThat(deleted.header("Location")).isEqualTo("/admin/outbox");
        assertThat(SERVER.rows(unsent)).isEmpty();
        assertThat(SERVER.rows("SELECT type FROM audit_log WHERE type = 'mail_deleted'"))
                .hasSize(1);
    }

    @Test
    void the_diagnostics_show_recent_warnings_and_keep_them_out_of_the_file() {
        LoggerFactory.getLogger(AdminPagesTest.class).warn("the <disk> of {} is slow", "anna");

        assertThat(admin.get("/admin/diagnostics").text()).contains("the &lt;disk&gt; of anna is slow");
        assertThat(admin.get("/admin/diagnostics.json").text()).doesNotContain("is slow");
    }

    @Test
    void several_users_are_blocked_at_once_and_those_that_cannot_be_are_named() {
        String first = "id=" + SERVER.addUser("bulk-one");
        String second = "id=" + SERVER.addUser("bulk-two");
        Answer asked = admin.send("/admin/users", "/admin/bulk", "action=block", first, second, "id=gone");
        assertThat(asked.text()).contains("Block users: 2", "bulk-one", "bulk-two");

        String page = "/admin/create-user";
        assertThat(admin.send(page, "/admin/bulk/run", "action=block", first, second, "password=wrong")
                        .status())
                .isEqualTo(403);
        assertThat(admin.send(page, "/admin/bulk/run", "action=block", first, second, OWN)
                        .header("Location"))
                .isEqualTo("/admin/users");
        assertThat(SERVER.rows("SELECT username FROM users WHERE blocked = 1 AND username LIKE 'bulk-%'"))
                .containsExactlyInAnyOrder("bulk-one", "bulk-two");
        assertThat(SERVER.rows("SELECT user_id FROM audit_log WHERE type = 'user_blocked'"))
                .contains(first.substring(3), second.substring(3));

        SERVER.execute("UPDATE users SET confirmed = 0 WHERE username = 'bulk-one'");
        Answer partly = admin.send(page, "/admin/bulk/run", "action=resend", first, second);
        assertThat(partly.text())
                .contains("Done: 1. Not done: 1.", "bulk-two", "already confirmed")
                .doesNotContain("bulk-one");
        assertThat(SERVER.rows("SELECT kind FROM outbox WHERE recipient = 'bulk-one@example.org'"))
                .containsExactly("confirm");
        assertThat(admin.send(page, "/admin/bulk/run", "action=unblock", first, second, OWN)
                        .status())
                .isEqualTo(303);
        assertThat(admin.send("/admin/users", "/admin/bulk", "action=block").header("Location"))
                .isEqualTo("/admin/users");
    }

    @Test
    void several_invitations_are_deleted_at_once() {
        admin.send("/admin/invitations", "/admin/invitations", "email=one@example.org");
        admin.send("/admin/invitations", "/admin/invitations", "email=two@example.org");
        String[] all = SERVER.rows("SELECT id FROM invitations WHERE email LIKE '%@example.org'").stream()
                .map(id -> "id=" + id)
                .toArray(String[]::new);
        assertThat(admin.send("/admin/invitations", "/admin/bulk", with(all, "action=revoke"))
                        .text())
                .contains("Delete invitations: 2", "one@example.org", "two@example.org");
        admin.send("/admin/create-user", "/admin/bulk/run", with(with(all, "action=revoke"), OWN));

        assertThat(SERVER.rows("SELECT id FROM invitations WHERE email LIKE '%@example.org'"))
                .isEmpty();
        assertThat(admin.get("/admin/invitations?all=1").status()).isEqualTo(200);
    }

    @Test
    void lists_are_sorted_by_their_headers_and_have_pages_of_several_sizes() {
        for (int i = 0; i < 30; i++) {
            SERVER.addUser("sorted-" + (10 + i));
        }
        String up = admin.get("/admin/users?q=sorted-&sort=username").text();
        assertThat(up)
                .contains("sorted-10", "sorted-34", "aria-sort=\"ascending\"")
                .doesNotContain("sorted-35");
        String down = admin.get(found("href=\"([^\"]*sort=username-desc)\"", up).replace("&amp;", "&"))
                .text();
        assertThat(down)
                .contains("sorted-39", "sorted-15", "aria-sort=\"descending\"")
                .doesNotContain("sorted-14");
        String all = admin.get("/admin/users?q=sorted-&sort=username&size=50").text();
        assertThat(all).contains("sorted-10", "sorted-39").doesNotContain("rel=\"next\"");
        assertThat(admin.get("/admin/users?size=5000").text()).contains("rel=\"next\"");
    }

    @Test
    void lists_are_files_for_spreadsheets_without_formulas() {
        String id = SERVER.addUser("csv-user");
        SERVER.pair("csv-user", "csv-vault").close();
        SERVER.execute(
                "UPDATE users SET username = '=1+1' WHERE username = 'csv-user'",
                "UPDATE devices SET name = 'a \"b\", c' WHERE user_id = '" + id + "'");

        Answer users = admin.get("/admin/users.csv?q=csv-user@");
        assertThat(users.header("Content-Type")).isEqualTo("text/csv; charset=utf-8");
        assertThat(users.header("Content-Disposition")).isEqualTo("attachment; filename=\"users.csv\"");
        assertThat(users.text())
                .startsWith("\ufeffid,username,email,confirmed,blocked,devices,quota_bytes,last_seen,")
                .contains("\r\n" + id + ",'=1+1,csv-user@example.org,true,false,1,,");
        assertThat(admin.get("/admin/devices.csv?q=csv-user").text()).contains(",\"a \"\"b\"\", c\",");
        assertThat(admin.get("/admin/vaults.csv?q=csv-vault").text()).contains("csv-vault,'=1+1,");
        assertThat(admin.get("/admin/audit.csv?user=" + id).text()).contains(",device_paired,");
        assertThat(admin.get("/admin/users.csv").text().lines().count())
                .isEqualTo(1 + SERVER.rows("SELECT id FROM users").size());
        assertThat(Visitor.user(SERVER, "anna").get("/admin/users.csv").status())
                .isEqualTo(303);
    }

    @Test
    void one_search_finds_users_devices_and_vaults() {
        SERVER.addUser("quincy");
        try (Desktop desktop = SERVER.pair("quincy", "quarry")) {
            SERVER.execute("UPDATE devices SET name = 'Zebra laptop' WHERE id = '" + desktop.id() + "'");
        }
        assertThat(admin.get("/admin/search?q=uinc").text()).contains("quincy@example.org");
        for (String search : List.of("Zeb", "zebra", "ZEBRA")) {
            assertThat(admin.get("/admin/search?q=" + search).text()).as(search).contains("Zebra laptop");
        }
        assertThat(admin.get("/admin/search?q=quarr").text()).contains("title=\"quarry\"");
        assertThat(admin.get("/admin/search?q=127.0.0.1").text()).contains("/admin/audit?address=127.0.0.1");
        assertThat(admin.get("/admin/search?q=no-such-thing").text()).contains("Nothing found.");
    }

    @Test
    void the_audit_log_is_filtered_by_address_and_device_and_shows_details() {
        SERVER.execute(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at, subject, agent)"
                        + " VALUES ('detail_test', '', 'dev_detail', '203.0.113.9', 'Paired.', 9, 'Attic PC', 'Verstak 9')",
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at, subject, agent)"
                        + " VALUES ('detail_test', '', 'dev_other', '203.0.113.8', 'Paired.', 9, 'Cellar PC', 'Verstak 9')");
        for (String filter : List.of("address=203.0.113.9", "device=dev_detail")) {
            assertThat(admin.get("/admin/audit?" + filter).text())
                    .as(filter)
                    .contains("Attic PC", "Verstak 9", "Events are kept for")
                    .doesNotContain("Cellar PC");
            assertThat(admin.get("/admin/audit.csv?" + filter).text())
                    .as(filter)
                    .contains(",dev_detail,Attic PC,,Verstak 9,,203.0.113.9,1")
                    .doesNotContain("Cellar");
        }
    }

    @Test
    void settings_are_explained_and_found_by_what_they_do() {
        String found = admin.get("/admin/settings?q=quota").text();
        assertThat(found)
                .contains("limits.maxUserBlobBytes", "Storage quota of one user over all vaults.", "100\u00a0GiB")
                .doesNotContain("<code>http.listen</code>");
        assertThat(admin.get("/admin/settings?changed=1").text())
                .contains("<code>http.listen</code>")
                .doesNotContain("limits.maxUserBlobBytes");
        assertThat(admin.get("/admin/settings?q=windowSeconds").text())
                .contains("rateLimits.login.windowSeconds", "attempts, and the window in seconds", "applies at once");
    }

    private static Answer upload(Desktop desktop) {
        return SERVER.send(DesktopBlobs.request("a.bin", new byte[2_000_000]).bearer(desktop.token()));
    }

    private static String link(String relation, String page) {
        return found("href=\"([^\"]+)\" rel=\"" + relation, page).replace("&amp;", "&");
    }

    private static String found(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    private static String[] with(String[] fields, String more) {
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = more;
        return all;
    }
}
