package io.verstak.server.http.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do in a browser, from the first link to the first device that is in step. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class JourneyInBrowserTest {
    private static final String SUBMIT = "main [type=submit]";

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @ParameterizedTest(name = "with scripts: {0}")
    @ValueSource(booleans = {true, false})
    void from_the_first_link_to_a_device_in_step(boolean scripts) {
        try (TestServer server = TestServer.start()) {
            setUp(open(server, scripts), server);
            Page page = open(server, scripts);
            register(page, server);
            signIn(page, TestServer.PASSWORD);
            assertThat(page).hasURL(Pattern.compile("/dashboard$"));
            try (Desktop desktop = server.pair("anna", "notes")) {
                desktop.make(OutboxOp.note("n", "text"));
                desktop.sync();
                page.reload();
                assertThat(page.locator("main")).containsText("notes");
            }
            page.click("header form [type=submit]");
            assertThat(page.locator("[role=status]")).hasText("You are signed out.");
            findBackIn(page, server);
        }
    }

    private static void setUp(Page page, TestServer server) {
        page.navigate("/");
        assertThat(page.locator("main")).containsText("not set up yet");
        assertThat(page.locator("main a")).hasCount(0);
        String link = "/setup?token=" + server.setupToken();
        page.navigate(link);
        page.fill("#username", "root");
        page.fill("#password", "correct horse battery");
        page.fill("#email", "root@example.org");
        page.fill("#server_name", "Anna’s server");
        page.fill("#public_url", "sync.example.org:");
        submitAsIs(page);
        assertThat(page.locator("[role=alert]")).containsText("starts with http://");
        page.fill("#password", "correct horse battery");
        page.fill("#public_url", "");
        page.selectOption("#registration", "open");
        page.click(SUBMIT);
        assertThat(page).hasURL(Pattern.compile("/setup/mail$"));
        assertThat(page.locator("[role=status]")).containsText("You are signed in");
        page.fill("#smtp_host", "127.0.0.1");
        page.fill("#smtp_port", "1");
        page.fill("#test_to", "root@example.org");
        page.click(SUBMIT);
        assertThat(page.locator("#smtp_from-problem")).containsText("Enter a sender");
        assertThat(page.locator("#smtp_from")).isFocused();
        assertThat(page.locator("#smtp_host")).hasValue("127.0.0.1");
        page.click("main a[href='/admin/dashboard']");
        assertThat(page).hasURL(Pattern.compile("/admin/dashboard$"));
        page.navigate(link);
        assertThat(page.locator("h1")).hasText("This setup link no longer works");
        assertThat(page).hasTitle(Pattern.compile("Anna’s server$"));
    }

    private static void register(Page page, TestServer server) {
        page.navigate("/");
        page.locator("main a[href='/register']").click();
        page.fill("#username", "anna");
        page.fill("#email", "anna@example.org");
        page.fill("#password", TestServer.PASSWORD);
        page.click(SUBMIT);
        assertThat(page.locator("h1")).hasText("Almost done");
        assertThat(page.locator("main")).containsText("sends no email yet");
        page.navigate("/api/v1/auth/confirm?token=" + new Web(server).mailedToken("anna@example.org", "confirm"));
        page.click(SUBMIT);
        assertThat(page.locator("h1")).hasText("Your address is confirmed");
        page.click("main a[href^='/login']");
        assertThat(page.locator("#username")).hasValue("anna");
        assertThat(page.locator("#password")).isFocused();
    }

    private static void signIn(Page page, String password) {
        page.fill("#username", "anna");
        page.fill("#password", password);
        Browser.follow(page, () -> page.click(SUBMIT));
    }

    private static void findBackIn(Page page, TestServer server) {
        page.navigate("/login");
        page.click("main a[href='/forgot']");
        page.fill("#email", "anna@example.org");
        page.click(SUBMIT);
        assertThat(page.locator("h1")).hasText("Ask your administrator");
        page.navigate("/reset?token=" + new Web(server).mailedToken("anna@example.org", "reset"));
        page.fill("#password", "another good one 5");
        page.click(SUBMIT);
        assertThat(page.locator("[role=status]")).containsText("Password changed");
        signIn(page, "another good one 5");
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
    }

    @Test
    void a_page_that_takes_a_session_is_reached_by_signing_in() {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Page page = BROWSER.open(server);
            page.navigate("/account?x=1");
            assertThat(page).hasURL(Pattern.compile("/login\\?next="));
            signIn(page, TestServer.PASSWORD);
            assertThat(page).hasURL(Pattern.compile("/account\\?x=1$"));
        }
    }

    @ParameterizedTest(name = "with scripts: {0}")
    @ValueSource(booleans = {true, false})
    void the_language_is_changed_where_one_stands_and_stays(boolean scripts) {
        try (TestServer server = TestServer.start()) {
            Page page = open(server, scripts);
            page.navigate("/register?invite=abc");
            page.click("footer [value=ru]");
            assertThat(page).hasURL(Pattern.compile("/register\\?invite=abc$"));
            assertThat(page.locator("h1")).hasText("Новая учётная запись");
            page.navigate("/login");
            assertThat(page.locator("html")).hasAttribute("lang", "ru");
        }
    }

    @Test
    void the_keyboard_reaches_everything_and_skips_what_repeats() {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Page page = BROWSER.open(server);
            page.navigate("/");
            page.keyboard().press("Tab");
            assertThat(page.locator(".skip")).isFocused();
            assertThat(page.locator(".skip")).isInViewport();
            page.keyboard().press("Enter");
            assertThat(page).hasURL(Pattern.compile("#content$"));
            page.keyboard().press("Tab");
            assertThat(page.locator("main a[href='/login']")).isFocused();
            page.keyboard().press("Enter");
            assertThat(page.locator("#username")).isFocused();
            page.keyboard().type("anna");
            page.keyboard().press("Tab");
            page.keyboard().type(TestServer.PASSWORD);
            page.keyboard().press("Enter");
            assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        }
    }

    @Test
    void what_destroys_asks_in_a_dialog_that_the_keyboard_opens_and_closes() {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Page page = BROWSER.open(server);
            page.navigate("/login?next=/account");
            signIn(page, TestServer.PASSWORD);
            page.locator("summary.danger").first().focus();
            page.keyboard().press("Enter");
            assertThat(page.locator("dialog[open] #delete-name")).isFocused();
            page.keyboard().press("Escape");
            assertThat(page.locator("dialog")).hasCount(0);
            assertThat(page.locator("summary.danger").first()).isFocused();
        }
    }

    /** Past what the browser itself would check. */
    private static void submitAsIs(Page page) {
        page.locator("main form").evaluate("form => { form.noValidate = true; form.requestSubmit(); }");
    }

    private static Page open(TestServer server, boolean scripts) {
        return scripts ? BROWSER.open(server) : BROWSER.openWithoutScripts(server);
    }
}
