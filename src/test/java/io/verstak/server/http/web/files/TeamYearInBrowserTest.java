package io.verstak.server.http.web.files;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.desktop.PlainArchive;
import io.verstak.server.testkit.desktop.PlainEntry;
import io.verstak.server.testkit.desktop.StrictDesktop;
import io.verstak.server.testkit.desktop.TeamYear;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A person away from home walks through the year of a team in a browser. */
class TeamYearInBrowserTest {
    private static final int DAYS = 12;
    private static final int CHANGES_A_DAY = 12;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann").withUser("ben");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void a_year_is_opened_searched_read_gone_back_in_brought_back_shared_and_taken_home() throws IOException {
        try (TeamYear team = TeamYear.of(SERVER, "ann", "year").work(DAYS, CHANGES_A_DAY)) {
            StrictDesktop desktop = team.oracle();
            long moment = desktop.log().size() / 2;
            desktop.write("Last day/Handover.md", "# Keys\nat the desk")
                    .write("Last day/Handover.md", "# Keys\nin the safe")
                    .sync();
            awaitIndex();
            Page page = signIn("ann");
            click(page, "main a[href='/files?vault=year']");
            Assertions.assertThat(names(page)).containsExactlyInAnyOrderElementsOf(top(desktop.entries()));
            search(page);
            goBack(page, moment, desktop);

            desktop.deleteAtOnce("Last day").sync();
            awaitIndex();
            bringBack(page);
            desktop.sync();
            Assertions.assertThat(desktop.files().get("Last day/Handover.md"))
                    .asString()
                    .endsWith("in the safe");

            Download download = page.waitForDownload(
                    () -> page.locator("main a[href^='/account/files.zip']").click());
            Assertions.assertThat(download.suggestedFilename()).isEqualTo("year.zip");
            Assertions.assertThat(PlainArchive.entries(Files.readAllBytes(download.path())))
                    .isEqualTo(desktop.entries());
            share(page);
        }
    }

    /** A busy machine may read a year for longer than a page waits. */
    private static void awaitIndex() {
        Visitor ann = Visitor.user(SERVER, "ann");
        Await.until(() -> !ann.get("/files?vault=year").text().contains("id=\"reading\""));
    }

    private static Page signIn(String name) {
        Page page = BROWSER.open(SERVER);
        page.navigate("/login");
        page.fill("#username", name);
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("main [type=submit]"));
        return page;
    }

    /** A reader accepts, sees the files, and sees them no longer when the owner has removed the reader. */
    private static void share(Page owner) {
        owner.navigate("/dashboard");
        click(owner, "main a[href='/dashboard/sharing?vault=year']");
        owner.fill("#login", "ben");
        owner.selectOption("#role", "reader");
        click(owner, "form:has(#login) [type=submit]");

        Page reader = signIn("ben");
        click(reader, "form[action='/dashboard/sharing/accept'] [type=submit]");
        click(reader, "main a[href^='/files?vault=year&owner=']");
        Assertions.assertThat(names(reader)).contains("Last day");
        assertThat(reader.getByRole(AriaRole.LINK, named("New note"))).hasCount(0);

        Browser.follow(owner, owner::reload);
        owner.locator("main tbody summary.danger").click();
        click(owner, "form[action='/dashboard/sharing/remove'] [type=submit]");
        assertThat(owner.locator("main [role=status]")).containsText("The member was removed.");
        Browser.follow(reader, reader::reload);
        assertThat(reader.locator("h1")).containsText("Page not found");
    }

    private static void search(Page page) {
        page.fill("#q", "handover");
        click(page, "form[role=search] [type=submit]");
        Assertions.assertThat(names(page)).containsExactly("Last day/Handover.md");
        click(page, "main tbody a");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Keys")))
                .isVisible();
        assertThat(page.locator("main div.text")).containsText("in the safe");
        assertThat(page.locator("main tbody tr")).hasCount(2);
        Browser.follow(
                page,
                () -> page.getByRole(AriaRole.BUTTON, named("Open")).last().click());
        assertThat(page.locator("main div.text")).containsText("at the desk");
    }

    private static void goBack(Page page, long moment, StrictDesktop desktop) {
        click(page, "nav.crumbs a");
        page.locator("main details.plain > summary").click();
        page.fill("#at", Long.toString(moment));
        click(page, "form:has(#at) [type=submit]");
        assertThat(page.locator("main")).containsText("(change %s)".formatted(moment));
        Assertions.assertThat(names(page)).containsExactlyInAnyOrderElementsOf(top(desktop.entriesAt(moment)));
        Browser.follow(
                page, () -> page.getByRole(AriaRole.LINK, named("Back to now")).click());
        Assertions.assertThat(names(page)).contains("Last day");
    }

    private static void bringBack(Page page) {
        Browser.follow(page, page::reload);
        Assertions.assertThat(names(page)).doesNotContain("Last day");
        click(page, "main div.toolbar a[href*='removed=1']");
        click(page, "main tbody a[aria-label='Bring back Last day']");
        assertThat(page.locator("main")).containsText("1 file comes back. Total size: ");
        click(page, "main form[action='/files/bring-back'] [type=submit]");
        assertThat(page.locator("main [role=status]")).isVisible();
        Assertions.assertThat(names(page)).contains("Last day");
    }

    private static GetByRoleOptions named(String name) {
        return new GetByRoleOptions().setName(name).setExact(true);
    }

    private static void click(Page page, String where) {
        Browser.follow(page, () -> page.locator(where).first().click());
    }

    /** The names in the list of a folder. */
    private static List<String> names(Page page) {
        return page.locator("main tbody tr td:first-child a:not([aria-label])").allTextContents();
    }

    /** What is not in a folder. */
    private static List<String> top(Map<String, PlainEntry> entries) {
        return entries.keySet().stream().filter(path -> !path.contains("/")).toList();
    }
}
