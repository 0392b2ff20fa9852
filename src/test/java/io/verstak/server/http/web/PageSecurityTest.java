package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import freemarker.template.Template;
import freemarker.template.TemplateException;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages let nobody do. */
class PageSecurityTest {
    private static final String MARKUP = "\"'><script>alert(1)</script>${7*7}";

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/login",
                "/register",
                "/forgot",
                "/reset",
                "/setup",
                "/admin/login",
                "/nothing",
                "/dashboard"
            })
    void s27_every_page_forbids_what_does_not_come_from_this_server(String path) {
        Answer page = SERVER.send(Request.get(path));
        assertThat(page.header("Content-Security-Policy"))
                .isEqualTo(
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self';"
                                + " connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(page.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(page.header("Referrer-Policy")).isEqualTo("same-origin");
        assertThat(page.header("Permissions-Policy")).contains("camera=()", "geolocation=()");
        assertThat(page.header("Cross-Origin-Opener-Policy")).isEqualTo("same-origin");
        assertThat(page.header("Cache-Control")).isEqualTo("no-store");
        assertThat(page.header("Strict-Transport-Security")).isEmpty();
    }

    @Test
    void s27_on_https_browsers_are_told_to_stay_there() {
        try (TestServer https = TestServer.start(Map.of("http.publicUrl", "https://sync.example.org"))) {
            assertThat(https.send(Request.get("/login")).header("Strict-Transport-Security"))
                    .isEqualTo("max-age=31536000");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/login?next=%s", "/register?invite=%s", "/reset?token=%s", "/setup?token=%s", "/x?%s"})
    void s28_markup_in_an_address_stays_text(String address) {
        assertText(SERVER.send(Request.get(address.formatted(URLEncoder.encode(MARKUP, StandardCharsets.UTF_8)))));
    }

    @Test
    void s28_markup_in_a_field_stays_text() {
        Visitor visitor = new Visitor(SERVER);
        assertText(visitor.send("/login", "/login", "username=" + MARKUP, "password=x", "next=" + MARKUP));
        assertText(visitor.send(
                "/register", "/register", "username=" + MARKUP, "email=" + MARKUP, "password=x", "invite=" + MARKUP));
        assertText(visitor.send("/forgot", "/forgot", "email=" + MARKUP));
        assertText(visitor.send("/reset", "/reset", "token=" + MARKUP, "password=x"));
    }

    @Test
    void s28_markup_in_what_setup_sets_stays_text_on_every_page() {
        try (TestServer server = TestServer.start()) {
            String token = server.setupToken();
            Visitor visitor = new Visitor(server);
            String page = "/setup?token=" + token;
            assertText(visitor.send(
                    page, "/setup", "token=" + token, "username=root", "password=x", "server_name=" + MARKUP));
            for (String path : new String[] {"/", "/login", "/nothing"}) {
                Answer named = visitor.get(path);
                assertText(named);
                assertThat(named.text()).contains("&lt;script&gt;");
            }
        }
    }

    @Test
    void s16_a_setup_link_makes_one_administrator_under_50_parallel_forms() {
        try (TestServer server = TestServer.start()) {
            String voided = server.setupToken();
            String token = server.setupToken();
            ExecutorService threads = Executors.newFixedThreadPool(50);
            List<CompletableFuture<Integer>> tries = IntStream.range(0, 50)
                    .mapToObj(i -> CompletableFuture.supplyAsync(
                            () -> {
                                Visitor visitor = new Visitor(server);
                                visitor.get("/login");
                                return visitor.post(Visitor.form(
                                                "/setup",
                                                "token=" + (i == 0 ? voided : token),
                                                "username=root" + i,
                                                "password=a long enough passphrase",
                                                "csrf_token=" + visitor.cookie("csrf_token")))
                                        .status();
                            },
                            threads))
                    .toList();

            threads.shutdown();

            assertThat(tries.stream()
                            .map(CompletableFuture::join)
                            .filter(status -> status == 303)
                            .count())
                    .isLessThanOrEqualTo(1);
            assertThat(server.rows("SELECT username FROM administrators"))
                    .hasSize(1)
                    .doesNotContain("root0");
            assertThat(server.send(Request.get("/setup?token=" + token)).status())
                    .isEqualTo(410);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"${'freemarker.template.utility.Execute'?new()}", "${x?api}", "${.version?api.class}"})
    void s28_templates_can_make_no_objects_and_reach_no_methods(String source) throws Exception {
        Template template = new Template("probe.ftlh", source, Views.configuration());
        assertThatThrownBy(() -> template.process(Map.of("x", Map.of()), new StringWriter()))
                .isInstanceOf(TemplateException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example",
                        "/ok\r\nSet-Cookie: a=b",
                "javascript:alert(1)", "evil.example", "/\t/evil.example", "/a\\..\\b", ""
            })
    void s29_signing_in_leads_to_this_server_whatever_was_asked_for(String next) {
        Answer signedIn = new Visitor(SERVER)
                .send("/login", "/login", "username=alice", "password=" + TestServer.PASSWORD, "next=" + next);
        assertThat(signedIn.status()).isEqualTo(303);
        assertThat(signedIn.header("Location")).isEqualTo("/dashboard");
        assertThat(signedIn.header("Set-Cookie")).doesNotContain("a=b");
        Answer language = new Visitor(SERVER).send("/login", "/language", "language=en", "next=" + next);
        assertThat(language.header("Location")).isEqualTo("/");
    }

    @Test
    void s29_a_path_on_this_server_is_kept_with_its_query() {
        assertThat(Reply.toLocal("/account?tab=sessions&x=%2F", "/").location())
                .isEqualTo("/account?tab=sessions&x=%2F");
        assertThat(Reply.toLocal("/" + "a".repeat(600), "/").location()).isEqualTo("/");
    }

    @Test
    void s38_files_have_an_address_that_changes_with_them_and_are_kept_for_good() {
        for (String file : new String[] {"app.css", "icons.svg", "app.js", "icon.svg"}) {
            Answer asset = SERVER.send(Request.get(folder() + file).with("Accept-Encoding", "gzip"));
            assertThat(asset.status()).as(file).isEqualTo(200);
            assertThat(asset.header("Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(asset.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(asset.header("Set-Cookie")).isEmpty();
            assertThat(asset.text()).doesNotContain("url(\"data:");
        }
    }

    @Test
    void s38_nothing_but_the_listed_files_can_be_had() {
        String folder = folder();
        for (String path : new String[] {
            "/static",
            "/static/",
            folder,
            folder.substring(0, folder.length() - 1),
            folder + "..",
            folder + ".env",
            folder + "../app.css",
            folder + "%2e%2e/app.css",
            folder + "app.css/",
            folder + "app.css%00",
            folder + "..%2f..%2ftemplates/layout.ftlh",
            folder + "app.css%2f..",
            "/static//app.css",
            "/static/app.css",
            "/static/0000000000000000/app.css",
            folder + "APP.CSS",
            folder + ".git/config",
            "/static/%2e%2e/%2e%2e/login"
        }) {
            assertThat(SERVER.send(Request.get(path)).status()).as(path).isIn(400, 404);
        }
    }

    private static String folder() {
        Matcher folder = Pattern.compile("/static/[0-9a-f]{16}/")
                .matcher(SERVER.send(Request.get("/")).text());
        assertThat(folder.find()).isTrue();
        return folder.group();
    }

    private static void assertText(Answer page) {
        assertThat(page.header("Content-Type")).startsWith("text/html");
        assertThat(page.text()).doesNotContain("<script>alert", "\"'><");
    }
}
