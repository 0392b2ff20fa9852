package io.verstak.server.http.web.security;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.browser.Screens;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two-step sign-in as people use it. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class SecondFactorInBrowserTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String SET_UP = "/account/second-factor";

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, Map.of()).withUser("anna").withUser("boris");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void without_scripts_it_is_set_up_used_and_removed() {
        Page page = BROWSER.openWithoutScripts(SERVER);
        signIn(page, "anna");
        page.navigate("/account");
        page.click("main a[href='" + SET_UP + "']");
        AuthenticatorApp app = AuthenticatorApp.of(page.content(), CLOCK);
        page.fill("#code", app.code());
        Browser.follow(page, () -> page.click("main [type=submit]"));
        assertThat(page.locator("main [role=status]")).hasText("Two-step sign-in is on.");
        assertThat(page.locator("ol.codes li")).hasCount(10);
        String recovery = page.locator("ol.codes li").first().textContent().strip();
        Browser.follow(page, () -> page.click("header form [type=submit]"));

        signIn(page, "anna");
        assertThat(page.locator("h1")).hasText("Second step");
        page.click("main summary");
        page.fill("#recovery", recovery);
        Browser.follow(page, () -> page.click("main details [type=submit]"));
        page.navigate(SET_UP);
        assertThat(page.locator("main")).containsText("9 codes are left");
        page.click("main summary.danger");
        page.fill("#remove-password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("details.confirm [type=submit]"));
        assertThat(page.locator("main [role=status]")).hasText("Two-step sign-in is off.");
    }

    private static void signIn(Page page, String name) {
        page.navigate("/login");
        page.fill("#username", name);
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("main [type=submit]"));
    }

    @Test
    void its_pages_suit_every_reader() {
        Visitor boris = Visitor.user(SERVER, "boris");
        try (Screens screens = BROWSER.screens(SERVER, boris)) {
            screens.look("second-factor-set-up", SET_UP);
            AuthenticatorApp.setUp(boris, SET_UP, CLOCK);
            CLOCK.advance(Duration.ofMinutes(2));
            screens.look("second-factor-on", SET_UP);
        }
        try (Screens screens = BROWSER.screens(SERVER, new Visitor(SERVER))) {
            screens.look("second-step", "/login", page -> {
                page.fill("#username", "boris");
                page.fill("#password", TestServer.PASSWORD);
                Browser.follow(page, () -> page.click("main [type=submit]"));
            });
        }
    }
}
