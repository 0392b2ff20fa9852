package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.DesktopBlobs;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Markup in everything that a client can say and the server keeps: device names, versions, vaults, browsers, addresses, the
 * server's own name, an administrator's. All of it comes through the socket, as an attacker's would.
 */
class StoredMarkupTest {
    private static final String MARKUP = "\"'><script>alert(1)</script>${7*7}";
    private static final String ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;${7*7}";
    private static final String HIDDEN = "<b>only the vault's business</b>";

    /** The oddest address that is one. */
    private static final String ADDRESS = "o'neil&co{x}`*/@example.org";

    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    static final List<String> ADMIN_PAGES = new ArrayList<>(List.of(
            "/admin/dashboard",
            "/admin/users",
            "/admin/create-user",
            "/admin/invitations",
            "/admin/devices",
            "/admin/vaults",
            "/admin/vault/1",
            "/admin/storage",
            "/admin/audit",
            "/admin/outbox",
            "/admin/settings",
            "/admin/diagnostics",
            "/setup/mail"));

    static Visitor admin;
    static Visitor user;

    @BeforeAll
    static void plant() {
        SERVER.beside(accounts -> accounts.administrators().put("markup", TestServer.PASSWORD));
        // As an earlier release, which took any name, has left one.
        String name = MARKUP.replace("'", "''");
        SERVER.execute("UPDATE administrators SET username = '%s', username_key = '%s' WHERE username_key = 'markup'"
                .formatted(name, name.toLowerCase(Locale.ROOT)));
        admin = new Visitor(SERVER);
        admin.send("/admin/login", "/admin/login", "username=" + MARKUP, "password=" + TestServer.PASSWORD);
        String id = SERVER.addUser("eve");
        ADMIN_PAGES.add("/admin/user?id=" + id);
        Answer edited =
                admin.send("/admin/user?id=" + id, "/admin/user/edit", "id=" + id, "username=eve", "email=" + ADDRESS);
        assertThat(edited.status()).isEqualTo(303);
        pairAndPush();
        admin.send("/admin/settings", "/admin/settings", "server_name=" + MARKUP);
        admin.send("/admin/invitations", "/admin/invitations", "email=" + ADDRESS);
        new Web(SERVER).forgot(ADDRESS);
        user = signedIn("eve");
    }

    private static void pairAndPush() {
        ObjectNode pairing = Web.json()
                .put("login", "eve")
                .put("password", TestServer.PASSWORD)
                .put("device_name", MARKUP)
                .put("client_version", MARKUP)
                .put("vault_id", MARKUP);
        String token = new Web(SERVER)
                .post("/api/client/pair", pairing)
                .json()
                .required("device_token")
                .textValue();
        ObjectNode push = Web.json();
        ArrayNode ops = push.putArray("ops");
        ops.addObject()
                .put("op_id", HIDDEN)
                .put("entity_type", HIDDEN)
                .put("entity_id", HIDDEN)
                .put("op_type", HIDDEN)
                .put("payload_json", "{\"name\":\"" + HIDDEN + "\"}");
        Answer pushed =
                SERVER.send(Request.post("/api/v1/sync/push", push.toString()).bearer(token));
        assertThat(pushed.status()).isEqualTo(200);
        Answer uploaded = SERVER.send(
                DesktopBlobs.request(HIDDEN, new byte[10]).bearer(token).with("User-Agent", MARKUP));
        assertThat(uploaded.status()).isEqualTo(200);
    }

    private static Visitor signedIn(String name) {
        Visitor visitor = new Visitor(SERVER);
        String token = visitor.get("/login")
                .text()
                .split("name=\"csrf_token\" value=\"", 2)[1]
                .substring(0, 64);
        visitor.post(
                Visitor.form("/login", "username=" + name, "password=" + TestServer.PASSWORD, "csrf_token=" + token)
                        .with("User-Agent", MARKUP));
        return visitor;
    }

    @Test
    void s28_what_devices_said_stays_text_on_every_page_of_their_owner() {
        for (String page : List.of("/dashboard", "/account")) {
            assertThat(clean(user.get(page), page)).contains(ESCAPED);
        }
        for (String page : List.of("/", "/login", "/register", "/forgot", "/reset", "/nothing")) {
            clean(user.get(page), page);
        }
        String device = SERVER.rows("SELECT id FROM devices").get(0);
        user.send("/dashboard", "/dashboard/rename", "device=" + device, "name=<img src=x onerror=alert(1)>");
        assertThat(clean(user.get("/dashboard"), "/dashboard"))
                .contains("&lt;img src=x")
                .doesNotContain("<img src=x");
        user.send("/dashboard", "/dashboard/rename", "device=" + device, "name=" + MARKUP);
    }

    @Test
    void s28_it_stays_text_on_every_page_of_administrators_and_what_a_vault_holds_is_on_none() {
        for (String page : ADMIN_PAGES) {
            String text = clean(admin.get(page), page);
            assertThat(text).as("the server's name in the title of " + page).contains(ESCAPED);
        }
        for (String page : List.of("/admin/devices", "/admin/vaults", "/admin/vault/1")) {
            String body = clean(admin.get(page), page);
            assertThat(body.substring(body.indexOf("<main"))).as(page).contains(ESCAPED);
        }
        String audit = clean(admin.get("/admin/audit"), "/admin/audit");
        assertThat(audit.substring(audit.indexOf("<main")))
                .as("who changed the settings")
                .contains(ESCAPED);
        for (String page : List.of("/admin/users", "/admin/outbox", "/admin/invitations")) {
            assertThat(admin.get(page).text()).as(page).contains("o&#39;neil&amp;co{x}`*/@example.org");
        }
    }

    @Test
    void s28_no_user_can_have_markup_in_the_name() {
        Web web = new Web(SERVER);
        assertThat(web.register(MARKUP, "x@example.org", TestServer.PASSWORD).status())
                .isEqualTo(400);
        assertThat(web.register("fine", MARKUP + "@example.org", TestServer.PASSWORD)
                        .status())
                .isEqualTo(400);
        clean(
                admin.send(
                        "/admin/create-user",
                        "/admin/create-user",
                        "username=" + MARKUP,
                        "email=" + MARKUP,
                        "new_password=" + TestServer.PASSWORD),
                "create-user");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/admin/users?q=%s&state=%s&sort=%s&page=%s",
                "/admin/devices?q=%s&state=%s&after=%s",
                "/admin/vaults?q=%s&sort=%s&after=%s",
                "/admin/audit?user=%s&type=%s&days=%s&before=%s&after=%s",
                "/admin/user?id=%s",
                "/admin/vault?id=%s",
                "/admin/vault/%s",
                "/admin/invitations?shown=%s&page=%s",
                "/admin/outbox?page=%s",
                "/admin/%s",
                "/dashboard?%s",
                "/account?%s"
            })
    void s28_markup_in_an_address_stays_text_for_who_is_signed_in(String address) {
        String page = address.replace("%s", URLEncoder.encode(MARKUP, StandardCharsets.UTF_8));
        clean(admin.get(page), page);
        clean(user.get(page), page);
    }

    @Test
    void s28_markup_in_headers_and_cookies_stays_text() {
        Answer seen = admin.post(Request.get("/admin/diagnostics")
                .with("Via", MARKUP)
                .with("X-Forwarded-For", MARKUP)
                .with("X-Forwarded-Host", MARKUP)
                .with("Forwarded", MARKUP)
                .with("Accept-Language", MARKUP)
                .with("User-Agent", MARKUP));
        assertThat(clean(seen, "diagnostics")).contains(ESCAPED);
        Visitor planted = new Visitor(SERVER)
                .withCookie("flash", MARKUP)
                .withCookie("lang", MARKUP)
                .withCookie("csrf_token", MARKUP);
        clean(planted.get("/login"), "cookies");
    }

    @Test
    void s28_markup_in_a_form_that_is_refused_comes_back_as_text() {
        clean(
                admin.send(
                        "/setup/mail",
                        "/setup/mail",
                        "smtp_host=" + MARKUP,
                        "smtp_port=" + MARKUP,
                        "smtp_user=" + MARKUP,
                        "smtp_from=" + MARKUP,
                        "smtp_security=" + MARKUP,
                        "test_to=" + MARKUP),
                "setup/mail");
        clean(admin.send("/admin/settings", "/admin/settings/mail", "smtp_host=" + MARKUP), "settings/mail");
        clean(admin.send("/admin/settings", "/admin/settings/mail/test", "test_to=" + MARKUP), "settings/mail/test");
        clean(admin.send("/admin/settings", "/admin/settings", "public_url=" + MARKUP), "settings");
        clean(admin.send("/admin/invitations", "/admin/invitations", "email=" + MARKUP), "invitations");
        clean(user.send("/account", "/account/email", "email=" + MARKUP, "password=" + MARKUP), "account/email");
        clean(user.send("/account", "/account/password", "old_password=" + MARKUP), "account/password");
        clean(user.send("/account", "/account/language", "language=" + MARKUP), "account/language");
    }

    private static String clean(Answer answer, String what) {
        assertThat(answer.status()).as(what).isLessThan(500);
        return assertThat(answer.text())
                .as(what)
                .doesNotContain(
                        "<script>alert", "\"'>", "'><", "${7*7}\"'", HIDDEN, "vault's business", "vault&#39;s business")
                .actual();
    }
}
