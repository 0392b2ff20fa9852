package io.verstak.server.http.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.verstak.server.testkit.AuthenticatorApp;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.browser.Browser;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What signed-in users do in a browser, from the lost laptop to the last day. */
@OneEngine("a browser: the tests of pages read the same on both engines")
class UserJourneyInBrowserTest {
    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @ParameterizedTest(name = "with scripts: {0}, in {1}")
    @CsvSource({"true, en", "false, ru"})
    void from_the_lost_laptop_to_the_last_day(boolean scripts, String language) throws IOException {
        try (TestServer server = TestServer.start().withUser("anna");
                Desktop laptop = server.pair("anna", "notes")) {
            laptop.make(OutboxOp.note("n", "text")).sync();
            Page page = scripts ? BROWSER.open(server) : BROWSER.openWithoutScripts(server);
            page.navigate("/login");
            Browser.follow(page, () -> page.click("footer [value=" + language + "]"));
            page.fill("#username", "anna");
            page.fill("#password", TestServer.PASSWORD);
            Browser.follow(page, () -> page.click("main [type=submit]"));

            rename(page);
            takeAway(page);
            nameDeleteAndRestore(page);
            cutOff(page);
            Assertions.assertThat(server.send(Request.get("/api/client/me").bearer(laptop.token()))
                            .status())
                    .isEqualTo(401);
            leaveAndStay(page, server);
        }
    }

    @Test
    void figures_follow_without_a_reload_dialogs_go_on_working_and_the_page_ends_with_the_session() {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Page page = BROWSER.open(server);
            List<String> errors = new ArrayList<>();
            page.onConsoleMessage(message -> {
                if (message.type().equals("error")) {
                    errors.add(message.text());
                }
            });
            signIn(page);
            assertThat(page.locator("h2")).hasText("Connect your first device");

            try (Desktop laptop = server.pair("anna", "notes");
                    Desktop phone = server.pair("anna", "notes")) {
                assertThat(page.locator("#live-devices tbody tr")).hasCount(2);
                page.evaluate("document.documentElement.dataset.same = 'page'");
                phone.pull();
                laptop.make(OutboxOp.note("n", "text")).push();
                assertThat(page.locator("#live-devices")).containsText("1 change waiting");
                assertThat(page.locator("html[data-same]")).hasCount(1);
            }
            page.locator("#live-vaults summary").first().click();
            assertThat(page.locator("dialog[open]")).hasCount(1);
            page.keyboard().press("Escape");

            Page other = page.context().newPage();
            other.navigate("/dashboard");
            Browser.follow(other, () -> other.click("header form [type=submit]"));
            assertThat(page).hasURL(Pattern.compile("/login\\?next="));
            Assertions.assertThat(errors).isEmpty();
        }
    }

    @Test
    void without_scripts_two_step_sign_in_is_set_up_used_and_removed() {
        try (TestServer server = TestServer.start().withUser("anna")) {
            Page page = BROWSER.openWithoutScripts(server);
            signIn(page);
            page.navigate("/account");
            page.click("main a[href='/account/second-factor']");
            AuthenticatorApp app = AuthenticatorApp.of(page.content(), Clock.systemUTC());
            page.fill("#code", app.code());
            Browser.follow(page, () -> page.click("main [type=submit]"));
            assertThat(page.locator("main [role=status]")).hasText("Two-step sign-in is on.");
            assertThat(page.locator("ol.codes li")).hasCount(10);
            String recovery = page.locator("ol.codes li").first().textContent().strip();
            Browser.follow(page, () -> page.click("header form [type=submit]"));

            signIn(page);
            assertThat(page.locator("h1")).hasText("Second step");
            page.click("main summary");
            page.fill("#recovery", recovery);
            Browser.follow(page, () -> page.click("main details [type=submit]"));
            page.navigate("/account/second-factor");
            assertThat(page.locator("main")).containsText("9 codes are left");
            page.click("main summary.danger");
            page.fill("#remove-password", TestServer.PASSWORD);
            Browser.follow(page, () -> page.click("details.confirm [type=submit]"));
            assertThat(page.locator("main [role=status]")).hasText("Two-step sign-in is off.");
        }
    }

    private static void signIn(Page page) {
        page.navigate("/login");
        page.fill("#username", "anna");
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("main [type=submit]"));
    }

    private static void rename(Page page) {
        page.locator("table summary").first().click();
        page.locator("form[action='/dashboard/rename'] [name=name]").fill("Lost laptop");
        Browser.follow(
                page,
                () -> page.locator("form[action='/dashboard/rename'] [type=submit]")
                        .click());
        assertThat(page.locator("[role=status]")).isVisible();
        assertThat(page.locator("td strong")).hasText("Lost laptop");
    }

    private static void takeAway(Page page) throws IOException {
        Download download = page.waitForDownload(
                () -> page.locator("a[href^='/account/vault.zip']").click());
        Assertions.assertThat(download.suggestedFilename()).startsWith("verstak-notes-");
        try (ZipFile zip = new ZipFile(download.path().toFile())) {
            Assertions.assertThat(zip.stream().map(entry -> entry.getName()))
                    .containsExactly("ops.jsonl", "manifest.json");
        }
    }

    private static void nameDeleteAndRestore(Page page) {
        Locator vaults = page.locator("article[aria-labelledby=vaults]");
        vaults.locator("summary").first().click();
        Locator name = page.locator("form[action='/dashboard/vault/rename']");
        name.locator("[name=vault_name]").fill("Field notes");
        Browser.follow(page, () -> name.locator("[type=submit]").click());
        assertThat(vaults.locator("td strong")).hasText("Field notes");

        vaults.locator("summary.danger").click();
        Locator deletion = page.locator("form[action='/dashboard/vault/delete']");
        deletion.locator("[name=typed_name]").fill("Field nets");
        Browser.follow(page, () -> deletion.locator("[type=submit]").click());
        // It is open again, with the reason in it.
        assertThat(deletion.locator("[name=typed_name]")).isFocused();
        assertThat(deletion.locator("small.problem")).isVisible();
        deletion.locator("[name=typed_name]").fill("Field notes");
        Browser.follow(page, () -> deletion.locator("[type=submit]").click());
        Locator restore = page.locator("form[action='/dashboard/vault/restore'] [type=submit]");
        assertThat(page.locator("div[role=status]")).containsText("Field notes");

        Browser.follow(page, restore::click);
        assertThat(restore).hasCount(0);
        assertThat(vaults.locator("td strong")).hasText("Field notes");
    }

    private static void cutOff(Page page) {
        Locator devices = page.locator("article[aria-labelledby=devices]");
        devices.locator("summary.danger").click();
        Locator form = page.locator("form[action='/dashboard/revoke']");
        assertThat(form.locator("[name=password]")).hasCount(0);
        Browser.follow(page, () -> form.locator("[type=submit]").click());
        assertThat(page.locator("[role=status]")).isVisible();
        assertThat(devices.locator("td strong")).hasCount(0);
    }

    private static void leaveAndStay(Page page, TestServer server) {
        Browser.follow(page, () -> page.click("header a[href='/account']"));
        page.locator("summary.danger").click();
        page.locator("form[action='/account/delete'] [name=typed_name]").fill("anna");
        Browser.follow(
                page,
                () -> page.locator("form[action='/account/delete'] [type=submit]")
                        .click());
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        Browser.follow(
                page,
                () -> page.locator("form[action='/dashboard/keep'] [type=submit]")
                        .click());
        assertThat(page.locator("form[action='/dashboard/keep']")).hasCount(0);

        page.navigate("/account/keep?token=" + new Web(server).mailedToken("anna@example.org", "deletion"));
        assertThat(page.locator("form[action='/account/keep']")).hasCount(0);
    }
}
