package io.verstak.server.http.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** People with an authenticator in their browser. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class PasskeyInBrowserTest {
    private static final String SUBMIT = "main [type=submit]";

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("accounts.registration", "open"))
            .withUser("ben")
            .withAdministrator("root");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    private static String url(String path) {
        return "http://localhost:" + SERVER.port() + path;
    }

    @BeforeAll
    static void nameTheServer() {
        SERVER.reload(Map.of("http.publicUrl", url("")));
    }

    /** An authenticator that verifies its person without asking. */
    private static final class Authenticator {
        private final CDPSession devTools;
        private final String id;

        Authenticator(Page page) {
            // What a test's person would pick from the browser's list, this authenticator answers at once.
            page.addInitScript("if (!window.name) delete PublicKeyCredential.isConditionalMediationAvailable");
            devTools = page.context().newCDPSession(page);
            devTools.send("WebAuthn.enable");
            JsonObject options = new JsonObject();
            options.addProperty("protocol", "ctap2");
            options.addProperty("transport", "internal");
            options.addProperty("hasResidentKey", true);
            options.addProperty("hasUserVerification", true);
            options.addProperty("isUserVerified", true);
            options.addProperty("automaticPresenceSimulation", false);
            JsonObject with = new JsonObject();
            with.add("options", options);
            id = devTools.send("WebAuthn.addVirtualAuthenticator", with)
                    .get("authenticatorId")
                    .getAsString();
        }

        /** Whether the person touches it as soon as it is asked. */
        void touched(boolean touched) {
            send("WebAuthn.setAutomaticPresenceSimulation", "enabled", touched);
        }

        void verifies(boolean verified) {
            send("WebAuthn.setUserVerified", "isUserVerified", verified);
        }

        private void send(String method, String name, boolean value) {
            JsonObject with = new JsonObject();
            with.addProperty("authenticatorId", id);
            with.addProperty(name, value);
            devTools.send(method, with);
        }
    }

    @Test
    void from_the_home_page_to_a_synced_device_without_ever_having_a_password() throws IOException {
        Page page = BROWSER.open(SERVER);
        Authenticator authenticator = new Authenticator(page);
        authenticator.touched(true);
        page.navigate(url("/"));
        page.click("main a[href='/register']");
        page.fill("#username", "anna");
        page.fill("#email", "anna@example.org");
        page.click("[name=passkey]");
        assertThat(page.locator("h1")).hasText("Almost done");
        page.navigate(url("/api/v1/auth/confirm?token=" + new Web(SERVER).mailedToken("anna@example.org", "confirm")));
        page.click("form[action='/register/passkey'] [type=submit]");
        assertThat(page).hasURL(Pattern.compile("/account/passkeys$"));
        assertThat(page.locator("p[role=status]")).containsText("you are signed in");
        assertThat(page.locator(".codes li")).hasCount(10);
        String first = page.locator(".codes code").first().textContent();
        Download file = page.waitForDownload(() -> page.click("a[download]"));
        try (InputStream saved = file.createReadStream()) {
            assertThat(new String(saved.readAllBytes(), StandardCharsets.UTF_8).split("\r\n", -1))
                    .hasSize(14)
                    .contains("anna", first);
        }
        assertThat(file.suggestedFilename()).isEqualTo("recovery-codes.txt");
        assertThat(page.locator("[data-print]")).isVisible();
        page.reload();
        assertThat(page.locator(".codes")).hasCount(0);
        authenticator.touched(false);

        // Without a password, the passkey confirms who sits there.
        page.navigate(url("/confirm?next=/account/passkeys"));
        authenticator.touched(true);
        page.click("form[action='/confirm/passkey'] [type=submit]");
        assertThat(page).hasURL(Pattern.compile("/account/passkeys$"));
        assertThat(page.locator("p[role=status]")).containsText("Confirmed");
        authenticator.touched(false);

        page.navigate(url("/dashboard/connect"));
        page.click(SUBMIT);
        String code = page.locator(".code code").textContent();
        try (Desktop desktop = Desktop.pair(SERVER::port, "anna", code, "notes")) {
            desktop.make(OutboxOp.note("n", "text"));
            desktop.sync();
        }
        page.navigate(url("/dashboard"));
        assertThat(page.locator("main")).containsText("notes");
        assertThat(SERVER.rows("SELECT password_hash FROM users WHERE username = 'anna'"))
                .containsExactly("");

        page.click("header form [type=submit]");
        assertThat(page.locator("[role=status]")).hasText("You are signed out.");
        signIn(page, authenticator, "/login");
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        page.click("header form [type=submit]");
        assertThat(page.locator("[role=status]")).hasText("You are signed out.");
        // Offered at the field of the username, and chosen there.
        page.evaluate("window.name = 'offers passkeys'");
        page.navigate(url("/login"));
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        assertThat(SERVER.rows("SELECT COUNT(*) FROM passkeys WHERE last_used_at > created_at AND owner ="
                        + " (SELECT id FROM users WHERE username = 'anna')"))
                .containsExactly("1");
    }

    private static void signIn(Page page, Authenticator authenticator, String path) {
        page.navigate(url(path));
        authenticator.touched(true);
        page.click("form[action$='/login/passkey'] [type=submit]");
    }

    @Test
    void a_user_adds_renames_and_removes_passkeys() {
        Page page = BROWSER.open(SERVER);
        Authenticator authenticator = new Authenticator(page);
        signInByPassword(page, "/login", "ben");
        page.navigate(url("/account"));
        page.click("main a[href='/account/passkeys']");
        assertThat(page.locator("main")).containsText("You have no passkeys yet.");
        authenticator.touched(true);
        page.click("form[action='/account/passkeys/add'] [type=submit]");
        assertThat(page.locator("[role=status]")).containsText("Passkey added");
        assertThat(page.locator("td").first()).containsText("Chrome, Linux");

        page.click("form[action='/account/passkeys/add'] [type=submit]");
        assertThat(page.locator("form[action='/account/passkeys/add'] [role=alert]"))
                .containsText("already has a passkey");

        page.locator("summary")
                .filter(new Locator.FilterOptions().setHasText("Rename"))
                .first()
                .click();
        page.fill("#name-0", "Work laptop");
        page.click("dialog [type=submit]");
        assertThat(page.locator("td").first()).containsText("Work laptop");

        page.locator("summary")
                .filter(new Locator.FilterOptions().setHasText("Remove the password"))
                .click();
        page.click("dialog [type=submit]");
        assertThat(page.locator("[role=status]")).containsText("Your password was removed");
        assertThat(new Web(SERVER).login("ben", TestServer.PASSWORD).status()).isEqualTo(401);
        page.locator("summary.danger").first().click();
        page.click("dialog [type=submit]");
        assertThat(page.locator("dialog [role=alert]")).containsText("Nobody could sign in without this passkey");
        page.keyboard().press("Escape");
        page.click("header form [type=submit]");
        assertThat(page.locator("[role=status]")).hasText("You are signed out.");
        authenticator.verifies(false);
        signIn(page, authenticator, "/login");
        assertThat(page.locator("form[action='/login/passkey'] [role=alert]")).containsText("was not used");
        authenticator.verifies(true);
        page.click("form[action='/login/passkey'] [type=submit]");
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        page.click("header form [type=submit]");
        assertThat(page.locator("[role=status]")).hasText("You are signed out.");
        // What signs the user in is nothing to the administrators' pages.
        signIn(page, authenticator, "/admin/login");
        assertThat(page.locator("main [role=alert]").first()).containsText("not accepted");
    }

    @Test
    void an_administrator_signs_in_with_a_passkey_and_a_user_s_page_refuses_it() {
        Page page = BROWSER.open(SERVER);
        Authenticator authenticator = new Authenticator(page);
        signInByPassword(page, "/admin/login", "root");
        page.navigate(url("/admin/passkeys"));
        authenticator.touched(true);
        page.click("form[action='/admin/passkeys/add'] [type=submit]");
        assertThat(page.locator("[role=status]")).containsText("Passkey added");
        authenticator.touched(false);
        page.click("header form [type=submit]");
        assertThat(page.locator("[role=status]")).hasText("You are signed out.");

        signIn(page, authenticator, "/admin/login");
        assertThat(page).hasURL(Pattern.compile("/admin/dashboard$"));
        signIn(page, authenticator, "/login");
        assertThat(page.locator("main [role=alert]").first()).containsText("not accepted");
        authenticator.touched(false);

        // After the password, the passkey is the second step.
        signInByPassword(page, "/admin/login", "root");
        authenticator.touched(true);
        page.click("form[action='/admin/login/second/passkey'] [type=submit]");
        assertThat(page).hasURL(Pattern.compile("/admin/dashboard$"));
    }

    private static void signInByPassword(Page page, String path, String name) {
        page.navigate(url(path));
        page.fill("#username", name);
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.press("#password", "Enter"));
    }

    @Test
    void without_scripts_nothing_of_passkeys_is_offered_and_the_password_signs_in() {
        TestServer server = SERVER;
        Page page = BROWSER.openWithoutScripts(server);
        page.navigate(url("/login"));
        assertThat(page.locator("form[action='/login/passkey']")).isHidden();
        page.navigate(url("/register"));
        assertThat(page.locator("[name=passkey]")).isVisible();
    }
}
