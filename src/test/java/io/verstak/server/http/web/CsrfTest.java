package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms that no page of this server has sent. */
class CsrfTest {
    private static final Pattern FORM_ROUTE = Pattern.compile("\\.post\\(\\s*\"([^\"]+)\",\\s*\\w+\\s*\\.form\\(");
    private static final String TOKEN = "ab".repeat(32);

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withAdministrator("root");

    /** Every form's address, read from the tables of routes, so that none is left out. */
    static List<String> forms() {
        try (Stream<Path> files = Files.list(Path.of("src/main/java/io/verstak/server/http/server"))) {
            return Stream.concat(
                            Stream.of("/api/v1/auth/confirm"),
                            files.filter(file -> file.toString().endsWith("Routes.java"))
                                    .flatMap(file ->
                                            FORM_ROUTE.matcher(read(file)).results())
                                    .map(route -> route.group(1).replaceAll(":\\w+", "x")))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void the_tables_of_routes_hold_forms() {
        assertThat(forms()).hasSizeGreaterThan(40).contains("/register", "/account/password", "/admin/user/block");
    }

    @ParameterizedTest
    @MethodSource("forms")
    void s25_every_form_is_refused_without_the_token_of_a_page(String path) {
        Visitor visitor = signedIn();
        for (Request forged : List.of(
                Visitor.form(path, "a=b"),
                Visitor.form(path, "csrf_token="),
                Visitor.form(path, "csrf_token=" + TOKEN),
                Visitor.form(path, "a=b").with("X-CSRF-Token", TOKEN))) {
            assertRefused(visitor.post(forged));
        }
    }

    @ParameterizedTest
    @MethodSource("forms")
    void s25_every_form_is_refused_from_another_site_even_with_the_token(String path) {
        Visitor visitor = signedIn().withCookie("csrf_token", TOKEN);
        Request form = Visitor.form(path, "csrf_token=" + TOKEN);
        assertRefused(visitor.post(form.with("Origin", "https://evil.example")));
        assertRefused(visitor.post(form.with("Origin", "null")));
        assertRefused(visitor.post(form.with("Sec-Fetch-Site", "cross-site")));
        assertRefused(visitor.post(form.with("Sec-Fetch-Site", "same-site")));
    }

    @Test
    void s25_a_form_without_the_cookie_is_refused() {
        assertRefused(SERVER.send(Visitor.form("/login", "username=alice", "csrf_token=" + TOKEN)));
    }

    @Test
    void a_form_from_a_page_of_this_server_is_taken() {
        Visitor visitor = new Visitor(SERVER).withCookie("csrf_token", TOKEN);
        Request form = Visitor.form("/language", "language=ru", "next=/login", "csrf_token=" + TOKEN);
        for (Request own : List.of(
                form,
                form.with("Origin", "http://test").with("Sec-Fetch-Site", "same-origin"),
                form.with("Sec-Fetch-Site", "none"))) {
            Answer taken = visitor.post(own);
            assertThat(taken.status()).isEqualTo(303);
            assertThat(taken.header("Location")).isEqualTo("/login");
        }
        assertThat(visitor.get("/login").text()).contains("lang=\"ru\"", "Вход");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Origin: https://evil.example", "Origin: null", "Sec-Fetch-Site: cross-site"})
    void s25_json_with_a_cookie_is_refused_from_another_site(String header) {
        Visitor visitor = signedIn();
        String[] field = header.split(": ", 2);
        Request logout = Request.post("/api/v1/auth/logout", "{}");
        Answer refused = visitor.post(logout.with(field[0], field[1]));
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.code()).isEqualTo("csrf_invalid");
        assertThat(visitor.post(logout).status()).isEqualTo(200);
    }

    @Test
    void the_refusal_says_what_to_do() {
        Answer refused = SERVER.send(Visitor.form("/login", "username=alice").with("Accept-Language", "ru"));
        assertThat(refused.text()).contains("Форма устарела", "обновите страницу");
    }

    private static Visitor signedIn() {
        Visitor visitor = Visitor.user(SERVER, "alice");
        visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        return visitor;
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(403);
        assertThat(answer.header("Content-Type")).matches("text/html.*|application/json");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
