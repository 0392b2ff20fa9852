package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.browser.Browser;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Pages by the Tab key alone. That everything on every page shows the focus is looked at with the screens. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class KeyboardInBrowserTest {
    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start().withUser("anna").withUser("berta").withAdministrator("root");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void who_uses_the_keyboard_sees_on_users_pages_where_they_are() {
        SERVER.pair("anna", "notes").close();
        Page page = BROWSER.open(SERVER);
        page.navigate("/login");
        assertThat(Browser.tabThrough(page)).isEmpty();
        signIn(page, "anna");
        assertThat(Browser.tabThrough(page)).isEmpty();
        page.navigate("/account");
        assertThat(Browser.tabThrough(page)).isEmpty();
    }

    @Test
    void who_uses_the_keyboard_sees_on_administrators_pages_and_in_dialogs_where_they_are() {
        SERVER.pair("berta", "notes").close();
        Page page = BROWSER.open(SERVER);
        page.navigate("/admin/login");
        signIn(page, "root");
        for (String path : new String[] {"/admin/devices", "/admin/settings"}) {
            page.navigate(path);
            assertThat(Browser.tabThrough(page)).isEmpty();
        }
        page.navigate("/admin/devices");
        page.locator("summary.danger").first().press("Enter");
        page.waitForSelector("dialog[open]");
        // A person who has just signed in is not asked for a password: the dialog has only its two buttons.
        page.keyboard().press("Tab");
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
        page.keyboard().press("Shift+Tab");
        assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
                .isEqualTo("solid");
    }

    @Test
    void figures_follow_the_server_and_a_key_opens_the_search() {
        Page page = BROWSER.open(SERVER);
        page.navigate("/admin/login");
        signIn(page, "root");
        page.navigate("/admin/diagnostics");
        LoggerFactory.getLogger(KeyboardInBrowserTest.class).warn("seen without a reload");
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
        page.waitForSelector("text=seen without a reload");

        page.keyboard().press("/");
        page.waitForURL(Pattern.compile("/admin/search$"));
    }

    @Test
    void times_are_relative_or_without_needless_words_and_whole_where_one_points() {
        Page page = BROWSER.open(SERVER);
        page.navigate("/admin/login");
        signIn(page, "root");
        SERVER.execute("UPDATE audit_log SET created_at = 86400000");
        Browser.follow(page, () -> page.click("footer [value=ru]"));
        page.navigate("/admin/audit");

        Locator old = page.locator("main time").last();
        assertThat(old.textContent()).contains("1970").contains(":00:00").doesNotContain("г.");
        assertThat(old.getAttribute("title"))
                .contains("1970", "января", ":00:00")
                .doesNotContain("г.");
        page.navigate("/admin/administrators");
        assertThat(page.locator("main time[data-ago]").first().textContent()).doesNotContain(":");
    }

    private static void signIn(Page page, String name) {
        page.fill("#username", name);
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("main [type=submit]"));
    }
}
