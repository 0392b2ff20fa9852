package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What browsers are given to keep, on plain connections and on https. */
class PageCookiesTest {
    @RegisterExtension
    static final TestServer PLAIN = TestServer.start().withUser("alice").withAdministrator("root");

    private static final TestServer PROXIED =
            TestServer.start(Map.of("http.trustedProxies", "127.0.0.1/32")).withUser("alice");

    private static final TestServer PUBLIC = TestServer.start(Map.of("http.publicUrl", "https://sync.example.org"))
            .withUser("alice");

    @AfterAll
    static void stop() {
        PROXIED.close();
        PUBLIC.close();
    }

    @Test
    void s24_a_session_is_kept_from_scripts_and_other_sites() {
        Visitor visitor = new Visitor(PLAIN);
        Answer signedIn = visitor.send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD);
        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(cookie(signedIn, "user_session"))
                .contains("HTTPOnly", "SameSite=Lax", "Path=/")
                .doesNotContain("Secure", "Domain");
        assertThat(visitor.get("/api/v1/user/devices").status()).isEqualTo(200);
    }

    @Test
    void a_theme_is_kept_until_that_of_the_system_is_chosen_again() {
        Visitor visitor = new Visitor(PLAIN);
        assertThat(visitor.get("/login").text()).contains("<html lang=\"en\">");
        Answer dark = visitor.send("/login", "/theme", "theme=dark", "next=/login");
        assertThat(dark.header("Location")).isEqualTo("/login");
        assertThat(cookie(dark, "theme")).contains("HTTPOnly", "SameSite=Lax", "Max-Age=31536000");
        assertThat(visitor.get("/login").text()).contains("<html lang=\"en\" data-theme=\"dark\">", "content=\"dark\"");
        visitor.send("/login", "/theme", "theme=\"><script>", "next=//elsewhere.example");
        assertThat(visitor.cookies()).doesNotContainKey("theme");
        assertThat(visitor.get("/login").text()).contains("<html lang=\"en\">");
        assertThat(new Visitor(PLAIN).get("/favicon.ico").header("Content-Type"))
                .isEqualTo("image/x-icon");
    }

    @Test
    void s25_an_address_to_sign_out_that_is_only_opened_ends_nothing() {
        Visitor alice = new Visitor(PLAIN);
        alice.send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD);
        Visitor root = new Visitor(PLAIN);
        root.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);

        assertThat(alice.get("/logout").header("Location")).isEqualTo("/dashboard");
        assertThat(alice.get("/dashboard").status()).isEqualTo(200);
        assertThat(root.get("/admin/logout").header("Location")).isEqualTo("/admin/dashboard");
        assertThat(root.get("/admin").header("Location")).isEqualTo("/admin/dashboard");
        assertThat(root.get("/admin/vault/").header("Location")).isEqualTo("/admin/vaults");
        assertThat(root.get("/admin/api/stats").status()).isEqualTo(200);
        assertThat(PLAIN.send(Request.get("/logout")).header("Location")).startsWith("/login");
        assertThat(PLAIN.send(Request.get("/admin")).header("Location")).startsWith("/admin/login");
    }

    @Test
    void s24_an_administrators_session_is_sent_from_no_other_site_at_all() {
        Answer signedIn = new Visitor(PLAIN)
                .send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(signedIn.header("Location")).isEqualTo("/admin/dashboard");
        assertThat(cookie(signedIn, "admin_session")).contains("HTTPOnly", "SameSite=Strict");
    }

    @Test
    void s24_on_https_cookies_are_secure_and_bound_to_the_host() {
        Answer signedIn =
                new Visitor(PUBLIC).send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD);
        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(cookie(signedIn, "__Host-user_session")).contains("Secure", "HTTPOnly", "Path=/");
        Answer page = PUBLIC.send(Request.get("/login"));
        assertThat(cookie(page, "__Host-csrf_token")).contains("Secure", "HTTPOnly", "SameSite=Lax");
    }

    @Test
    void v3_on_https_a_cookie_that_another_host_could_have_set_is_no_session() {
        Visitor thief = new Visitor(PUBLIC);
        thief.send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD);
        String session = thief.cookie("__Host-user_session");
        Request page = Request.get("/dashboard");
        for (String name : List.of("user_session", "__Secure-user_session")) {
            Request forced = page.with("Cookie", name + "=" + session);
            assertThat(PUBLIC.send(forced.with("Sec-Fetch-Site", "none")).header("Location"))
                    .as(name)
                    .startsWith("/login");
            assertThat(PUBLIC.send(forced).status())
                    .as("over http, on the way to https")
                    .isEqualTo(200);
        }
        assertThat(PUBLIC.send(page.with("Cookie", "__Host-user_session=" + session)
                                .with("Sec-Fetch-Site", "none"))
                        .status())
                .isEqualTo(200);
        assertThat(PLAIN.send(Visitor.form("/theme", "theme=dark", "csrf_token=" + "ab".repeat(32))
                                .with("Cookie", "csrf_token=" + "ab".repeat(32))
                                .with("Sec-Fetch-Site", "same-origin"))
                        .status())
                .isEqualTo(303);
        assertThat(PUBLIC.send(Visitor.form("/theme", "theme=dark", "csrf_token=" + "ab".repeat(32))
                                .with("Cookie", "csrf_token=" + "ab".repeat(32))
                                .with("Sec-Fetch-Site", "same-origin"))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void s24_a_trusted_proxy_is_believed_about_https_and_nobody_else() {
        Request page = Request.get("/login").with("X-Forwarded-Proto", "https");
        assertThat(cookie(PROXIED.send(page), "__Host-csrf_token")).contains("Secure");
        assertThat(cookie(PLAIN.send(page), "csrf_token")).doesNotContain("Secure");
        assertThat(PROXIED.send(page).header("Strict-Transport-Security")).startsWith("max-age=");
        assertThat(PLAIN.send(page).header("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void s23_signing_out_ends_the_session_on_the_server_and_forgets_it_in_the_browser() {
        Visitor visitor = Visitor.user(PLAIN, "alice");
        String session = visitor.cookie("user_session");
        Answer out = visitor.send("/login", "/logout");
        assertThat(out.status()).isEqualTo(303);
        assertThat(visitor.cookie("user_session")).isEmpty();
        Visitor thief = new Visitor(PLAIN).withCookie("user_session", session);
        assertThat(thief.get("/api/v1/user/devices").status()).isEqualTo(401);
        assertThat(visitor.get("/").text()).contains("You are signed out.");
        assertThat(visitor.get("/").text()).doesNotContain("You are signed out.");
    }

    @Test
    void s23_each_login_makes_another_session() {
        String first = Visitor.user(PLAIN, "alice").cookie("user_session");
        Visitor again = new Visitor(PLAIN).withCookie("user_session", first);
        again.send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD);
        assertThat(again.cookie("user_session")).matches("[0-9a-f]{64}").isNotEqualTo(first);
    }

    @Test
    void s24_an_administrators_session_ends_when_it_rests_for_two_hours_and_after_a_day_anyway() {
        MutableClock clock = new MutableClock();
        try (TestServer server = TestServer.start(clock, Map.of()).withAdministrator("root")) {
            Visitor resting = administrator(server);
            clock.advance(Duration.ofMinutes(119));
            assertThat(resting.get("/admin/api/stats").status()).isEqualTo(200);
            clock.advance(Duration.ofHours(2));
            assertThat(resting.get("/admin/api/stats").status()).isEqualTo(401);
            Visitor busy = administrator(server);
            for (int hours = 1; hours < 24; hours++) {
                clock.advance(Duration.ofHours(1));
                assertThat(busy.get("/admin/api/stats").status()).isEqualTo(200);
            }
            clock.advance(Duration.ofHours(1));
            assertThat(busy.get("/admin/api/stats").status()).isEqualTo(401);
        }
    }

    private static Visitor administrator(TestServer server) {
        Visitor visitor = new Visitor(server);
        visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        return visitor;
    }

    @Test
    void a_page_without_its_session_leads_to_where_one_signs_in_and_back() {
        Answer sent = PLAIN.send(Request.post("/admin/logout", new byte[0]));
        assertThat(sent.status()).isEqualTo(303);
        assertThat(sent.header("Location")).isEqualTo("/admin/login");
    }

    private static String cookie(Answer answer, String name) {
        List<String> cookies = answer.headers().getOrDefault("set-cookie", List.of()).stream()
                .filter(set -> set.startsWith(name + "="))
                .toList();
        assertThat(cookies).as(answer.toString()).hasSize(1);
        return cookies.get(0);
    }
}
