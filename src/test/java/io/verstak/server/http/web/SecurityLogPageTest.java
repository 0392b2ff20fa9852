package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user's own security log, and the lines on the dashboard. */
class SecurityLogPageTest {
    private static final String LOG_PAGE = "/account/security-log";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve");

    private final Web web = new Web(SERVER);

    @Test
    void a_new_device_stands_on_the_dashboard_until_it_is_dismissed_and_in_the_log_for_good() {
        Visitor ann = Visitor.user(SERVER, "ann");
        SERVER.pair("ann", "main").close();

        String dashboard = ann.get("/dashboard").text();
        assertThat(dashboard).contains("New on your account", "A device was connected", "127.0.0.1", "name=\"up_to\"");
        String upTo = dashboard.replaceAll("(?s).*name=\"up_to\" value=\"([0-9]+)\".*", "$1");
        ann.send("/dashboard", LOG_PAGE + "/seen", "up_to=nonsense");
        assertThat(ann.get("/dashboard").text()).contains("New on your account");
        assertThat(ann.send("/dashboard", LOG_PAGE + "/seen", "up_to=" + upTo).header("Location"))
                .isEqualTo("/dashboard");

        assertThat(ann.get("/dashboard").text()).doesNotContain("New on your account");
        assertThat(ann.get(LOG_PAGE).text()).contains("A device was connected", "127.0.0.1", "password", "365 days");
    }

    @Test
    void the_log_holds_nothing_that_concerns_others_and_no_address_of_an_administrator() {
        SERVER.pair("ben", "main").close();
        SERVER.beside(accounts -> accounts.administration()
                .find("cleo")
                .compose(user -> accounts.administration()
                        .resetPassword(new Actor("overseer", null), user, Optional.of("copper-lantern-77"), false)));
        Visitor cleo = new Visitor(SERVER);
        cleo.send("/login", "/login", "username=cleo", "password=copper-lantern-77");

        String log = cleo.get(LOG_PAGE).text();

        assertThat(log).contains("by an administrator").doesNotContain("overseer", "device was connected");
        assertThat(cleo.get("/dashboard").text())
                .contains("New on your account")
                .doesNotContain("overseer");
    }

    @Test
    void a_long_log_is_read_to_its_end_and_back() {
        String id = SERVER.rows("SELECT id FROM users WHERE username = 'dora'").get(0);
        for (int i = 0; i < 120; i++) {
            SERVER.execute(
                    "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at) VALUES ('x', '" + id
                            + "', '', '', 'event " + i + ".', " + (1_000 + i) + ")");
        }
        Visitor dora = Visitor.user(SERVER, "dora");

        String first = dora.get(LOG_PAGE).text();
        String second = dora.get(link(first, "next")).text();
        String third = dora.get(link(second, "next")).text();

        assertThat(first).contains("event 119.", "event 72.").doesNotContain("event 71.", "rel=\"prev\"");
        assertThat(second).contains("event 71.", "event 22.").doesNotContain("event 21.", "event 72.");
        assertThat(third).contains("event 0.").doesNotContain("rel=\"next\"");
        assertThat(dora.get(link(third, "prev")).text()).contains("event 71.", "event 22.");
    }

    @Test
    void a_sign_in_from_a_browser_that_was_not_used_before_is_told_but_for_the_first_of_a_new_account() {
        SERVER.addUser("gus");
        Visitor first = Visitor.user(SERVER, "gus");
        assertThat(web.told("gus")).isEmpty();

        Visitor other = Visitor.user(SERVER, "gus");
        assertThat(web.told("gus")).containsExactly("browser_added");
        first.send("/login", "/login", "username=gus", "password=" + TestServer.PASSWORD);
        other.send("/login", "/login", "username=gus", "password=" + TestServer.PASSWORD);
        assertThat(web.told("gus")).containsExactly("browser_added");

        assertThat(first.get("/dashboard").text()).contains("new browser", "127.0.0.1");
        assertThat(first.get("/account").text()).contains("<small>password</small>");
        web.login("gus", TestServer.PASSWORD);
        web.login("gus", TestServer.PASSWORD);
        assertThat(web.told("gus")).containsExactly("browser_added", "browser_added");
    }

    @Test
    void an_account_that_is_not_new_is_told_of_its_first_browser_and_a_made_up_cookie_is_not_kept() {
        SERVER.addUser("hal");
        SERVER.execute("UPDATE users SET created_at = 1 WHERE username = 'hal'");
        Visitor hal = new Visitor(SERVER).withCookie("browser", "made-up");

        String cookie = hal
                .send("/login", "/login", "username=hal", "password=" + TestServer.PASSWORD)
                .headers()
                .getOrDefault("set-cookie", List.of())
                .stream()
                .filter(set -> set.startsWith("browser="))
                .findFirst()
                .orElseThrow();

        assertThat(web.told("hal")).containsExactly("browser_added");
        assertThat(cookie)
                .matches("browser=[0-9a-f]{64}; Max-Age=34560000; .*")
                .contains("HTTPOnly", "SameSite=Lax", "Path=/");
        assertThat(SERVER.rows("SELECT browser_hash FROM browsers")).doesNotContain(hal.cookie("browser"));
    }

    @Test
    void an_administrator_without_a_user_account_is_told_of_a_new_browser_on_the_overview() {
        SERVER.withAdministrator("root");
        Visitor first = administrator();
        assertThat(first.get("/admin/dashboard").text()).doesNotContain("New on your account");
        Visitor other = administrator();

        String overview = other.get("/admin/dashboard").text();
        assertThat(overview).contains("New on your account", "new browser");
        String upTo = overview.replaceAll("(?s).*name=\"up_to\" value=\"([0-9]+)\".*", "$1");
        other.send("/admin/dashboard", "/admin/account/security-log/seen", "up_to=" + upTo);
        assertThat(first.get("/admin/dashboard").text()).doesNotContain("New on your account");
    }

    @Test
    void an_administrator_reads_the_own_log_and_is_told_of_a_password_that_a_command_has_set() {
        SERVER.withAdministrator("overseer");
        SERVER.execute("UPDATE administrators SET created_at = 1 WHERE username = 'overseer'");
        SERVER.beside(accounts -> accounts.administrators().put("overseer", "copper-lantern-77"));
        Visitor overseer = new Visitor(SERVER);
        overseer.send("/admin/login", "/admin/login", "username=overseer", "password=copper-lantern-77");

        assertThat(overseer.get("/admin/dashboard").text())
                .contains("New on your account", "An administrator got another password")
                .as("the first browser of an administrator who is not new")
                .contains("new browser");
        assertThat(overseer.get("/admin/account").text()).contains("href=\"/admin/account/security-log\"");
        assertThat(overseer.get("/admin/account/security-log").text())
                .contains("An administrator signed in", "An administrator got another password", "by an administrator")
                .contains("href=\"/admin/account\"")
                .doesNotContain("device was connected");
    }

    @Test
    void the_user_account_of_an_administrator_is_told_of_a_password_that_a_command_has_set() {
        SERVER.withAdministrator("isa");
        SERVER.addUser("isa-user");
        SERVER.execute("UPDATE administrators SET user_id = (SELECT id FROM users WHERE username = 'isa-user')"
                + " WHERE username = 'isa'");

        SERVER.beside(accounts -> accounts.administrators().put("isa", "copper-lantern-77"));

        assertThat(web.told("isa-user")).containsExactly("password_set");
        Visitor isa = new Visitor(SERVER);
        isa.send("/login", "/login", "username=isa-user", "password=copper-lantern-77");
        assertThat(isa.get("/admin/dashboard").text()).contains("An administrator set another password");
        assertThat(isa.get(LOG_PAGE).text()).contains("An administrator set another password");
        assertThat(isa.get("/admin/account").header("Location")).isEqualTo("/account");
    }

    private static Visitor administrator() {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        return visitor;
    }

    @Test
    void a_sign_in_that_fails_knows_no_browser() {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/login", "/login", "username=ann", "password=not-the-right-one");

        assertThat(visitor.cookies()).doesNotContainKey("browser");
    }

    private static String link(String page, String rel) {
        return page.replaceAll("(?s).*href=\"([^\"]*)\" rel=\"" + rel + "\".*", "$1")
                .replace("&amp;", "&");
    }

    @Test
    void names_of_devices_and_browsers_stay_text() {
        String evil = "<img src=x onerror=alert(1)>";
        String id = SERVER.rows("SELECT id FROM users WHERE username = 'eve'").get(0);
        SERVER.execute(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at, subject, agent, method, told)"
                        + " VALUES ('" + evil + "', '" + id + "', '', '" + evil + "', '" + evil + "', 9999999999999, '"
                        + evil
                        + "', '" + evil + "', '" + evil + "', 2)");
        Visitor eve = Visitor.user(SERVER, "eve");

        assertThat(eve.get(LOG_PAGE).text()).contains("&lt;img").doesNotContain("<img src=x");
        assertThat(eve.get("/dashboard").text()).contains("&lt;img").doesNotContain("<img src=x");
    }

    @Test
    void a_failed_event_tells_nobody() {
        SERVER.addUser("fay");
        assertThat(web.login("fay", "wrong-password-1").status()).isEqualTo(401);
        SERVER.execute("UPDATE users SET blocked = 1 WHERE username = 'fay'");

        SERVER.send(io.verstak.server.testkit.Request.post(
                "/api/client/v1/auth/pair",
                "{\"server_login\":\"fay\",\"password\":\"" + TestServer.PASSWORD + "\",\"device_name\":\"d\"}"));

        assertThat(web.told("fay")).isEmpty();
    }
}
