package io.verstak.server.http.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A public address with a path: the server below {@code /sync} of a host that serves other things, too. */
class BasePathTest {
    private static final Pattern ADDRESS = Pattern.compile("\\s(?:href|action|src)=\"([^\"]*)\"");

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("http.publicUrl", "https://example.org/sync/"))
            .withUser("alice")
            .withAdministrator("root");

    private static final Visitor VISITOR = signedIn("/sync");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/login",
                "/register",
                "/forgot",
                "/reset?token=none",
                "/setup?token=none",
                "/nothing",
                "/dashboard",
                "/account",
                "/admin/login",
                "/admin/dashboard",
                "/admin/users",
                "/admin/create-user",
                "/admin/invitations",
                "/admin/devices",
                "/admin/vaults",
                "/admin/storage",
                "/admin/audit",
                "/admin/outbox",
                "/admin/settings",
                "/admin/diagnostics"
            })
    void every_address_on_a_page_lies_below_the_base_path(String page) {
        for (String asked : List.of("/sync" + page, page)) {
            String text = VISITOR.get(asked).text();

            List<String> addresses = ADDRESS.matcher(text)
                    .results()
                    .map(found -> found.group(1))
                    .filter(address -> !address.startsWith("#"))
                    .toList();
            assertThat(addresses).as(asked).isNotEmpty().allMatch(address -> address.startsWith("/sync/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sync", "", "//sync/", "/%73ync"})
    void a_proxy_may_take_the_base_path_off_or_leave_it(String prefix) {
        assertThat(SERVER.send(Request.get(prefix + "/livez")).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get(prefix + "/api/v1/capabilities")).status())
                .isEqualTo(200);
        Answer unknown = SERVER.send(Request.get(prefix + "/api/nothing"));
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("not_found");
        assertThat(SERVER.send(Request.get(prefix + "/nothing")).text()).contains("<!doctype html>");
        Answer signIn = SERVER.send(Request.get(prefix + "/dashboard"));
        assertThat(signIn.header("Location")).isEqualTo("/sync/login?next=%2Fdashboard");
    }

    @Test
    void the_base_path_alone_is_the_first_page_and_what_only_begins_like_it_is_nothing() {
        assertThat(SERVER.send(Request.get("/sync")).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get("/sync/")).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get("/syncopation/livez")).status()).isEqualTo(404);
        assertThat(SERVER.send(Request.get("/sync/sync/livez")).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/sync", ""})
    void redirects_and_cookies_stay_below_the_base_path(String prefix) {
        Visitor visitor = new Visitor(SERVER);
        Answer login = visitor.send(
                prefix + "/login",
                prefix + "/login",
                "username=alice",
                "password=" + TestServer.PASSWORD,
                "next=/account?a=b");
        assertThat(login.header("Location")).isEqualTo("/sync/account?a=b");
        assertThat(login.headers().getOrDefault("set-cookie", List.of()))
                .anyMatch(cookie -> cookie.startsWith("__Secure-user_session="))
                .allMatch(cookie -> cookie.contains("Path=/sync;") || cookie.endsWith("Path=/sync"))
                .allMatch(cookie -> cookie.contains("Secure"));
        assertThat(visitor.get(prefix + "/api/v1/user/devices").status()).isEqualTo(200);

        Answer language = visitor.send(prefix + "/account", prefix + "/language", "language=ru", "next=/account");
        assertThat(language.header("Location")).isEqualTo("/sync/account");

        Answer logout = visitor.send(prefix + "/account", prefix + "/logout");
        assertThat(logout.header("Location")).isEqualTo("/sync/");
        assertThat(visitor.cookie("__Secure-user_session")).isEmpty();
    }

    @Test
    void files_of_pages_are_found_below_the_base_path_and_find_each_other() {
        String page = SERVER.send(Request.get("/sync/login")).text();
        String manifest = ADDRESS.matcher(page)
                .results()
                .map(found -> found.group(1))
                .filter(address -> address.endsWith("/app.webmanifest"))
                .findFirst()
                .orElseThrow();
        Answer found = SERVER.send(Request.get(manifest));
        assertThat(found.status()).isEqualTo(200);
        assertThat(found.text()).contains("\"src\": \"touch-icon.png\"", "\"start_url\": \"../../\"");
        assertThat(SERVER.send(Request.get(manifest.replace("app.webmanifest", "touch-icon.png")))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void programs_are_led_below_the_base_path() {
        Desktop device = SERVER.pair("alice", "main");
        Answer upload = SERVER.send(Request.of("POST", "/sync/api/v1/uploads")
                .bearer(device.token())
                .with("Tus-Resumable", "1.0.0")
                .with("Upload-Length", "5"));
        assertThat(upload.status()).isEqualTo(201);
        assertThat(upload.header("Location")).startsWith("/sync/api/v1/uploads/");
        assertThat(SERVER.send(Request.of("HEAD", String.valueOf(upload.header("Location")))
                                .bearer(device.token())
                                .with("Tus-Resumable", "1.0.0"))
                        .status())
                .isEqualTo(200);
        assertThat(SERVER.send(Request.get("/sync/openapi.yaml")).text()).contains("\nservers:\n  - url: /sync\n");
        device.close();
    }

    @Test
    void the_address_for_desktops_has_no_slash_at_its_end() {
        assertThat(VISITOR.get("/sync/dashboard/connect").text()).contains("<code>https://example.org/sync</code>");
    }

    @Test
    void a_public_address_that_is_read_again_holds_at_once() {
        try (TestServer server = TestServer.start(Map.of("http.publicUrl", "https://example.org"))) {
            assertThat(server.send(Request.get("/dashboard")).header("Location"))
                    .startsWith("/login");

            assertThat(server.reload(Map.of("http.publicUrl", "https://example.org/notes/sync")))
                    .isEmpty();

            assertThat(server.send(Request.get("/notes/sync/dashboard")).header("Location"))
                    .startsWith("/notes/sync/login");
            assertThat(server.send(Request.get("/openapi.yaml")).text()).contains("  - url: /notes/sync\n");
        }
    }

    @Test
    void a_session_from_before_the_base_path_changed_is_ended_by_signing_out() {
        Visitor visitor = signedIn("/sync");
        String token = visitor.cookie("__Secure-user_session");
        Visitor before = new Visitor(SERVER).withCookie("__Host-user_session", token);
        assertThat(before.get("/sync/dashboard").status()).isEqualTo(200);

        Answer logout = before.send("/sync/dashboard", "/sync/logout");
        assertThat(logout.headers().getOrDefault("set-cookie", List.of()))
                .anyMatch(cookie -> cookie.startsWith("__Host-user_session=;")
                        && cookie.contains("Max-Age=0")
                        && cookie.contains("Path=/;"));
    }

    private static Visitor signedIn(String prefix) {
        Visitor visitor = new Visitor(SERVER);
        for (String realm : List.of("", "/admin")) {
            visitor.send(
                    prefix + realm + "/login",
                    prefix + realm + "/login",
                    "username=" + (realm.isEmpty() ? "alice" : "root"),
                    "password=" + TestServer.PASSWORD);
        }
        return visitor;
    }
}
