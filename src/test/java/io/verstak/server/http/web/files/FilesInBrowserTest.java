package io.verstak.server.http.web.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.FilePayload;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.desktop.StrictDesktop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What pages of files leave to the browser, in Chromium. */
class FilesInBrowserTest {
    /** Chromium's viewer is an extension of its own. */
    private static final String VIEWER = "chrome-extension://";

    private static final String POLICY =
            "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors 'self'";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    @Test
    void a_pdf_is_shown_by_the_viewer_of_the_browser_in_a_sandbox() {
        try (StrictDesktop desktop = StrictDesktop.pair(SERVER, "ann", "papers")) {
            desktop.write("contract.pdf", pdf()).sync();
        }
        Page page = signIn();
        Response[] shown = new Response[1];
        page.onResponse(response -> {
            if (response.url().contains("show=1")) {
                shown[0] = response;
            }
        });
        page.navigate("/files/file?vault=papers&path=contract.pdf");

        page.waitForCondition(
                () -> page.frames().stream().anyMatch(frame -> frame.url().startsWith(VIEWER)));
        assertThat(shown[0].headerValue("content-security-policy")).isEqualTo(POLICY);
        assertThat(page.frames()).noneMatch(frame -> frame.url().startsWith("chrome-error:"));
    }

    @Test
    void of_several_files_each_is_added_by_itself_and_what_is_refused_stays_chosen() {
        try (StrictDesktop desktop = StrictDesktop.pair(SERVER, "ann", "drop")) {
            desktop.write("two.txt", "is there").sync();
            Page page = signIn();
            page.navigate("/files/upload?vault=drop");
            page.setInputFiles("#file", new FilePayload[] {file("one.txt"), file("two.txt"), file("three.txt")});
            page.click("main [type=submit]");

            Locator rows = page.locator("#uploads li");
            PlaywrightAssertions.assertThat(rows).hasCount(3);
            PlaywrightAssertions.assertThat(rows.nth(0)).hasText("one.txt added");
            PlaywrightAssertions.assertThat(rows.nth(1)).containsText("two.txt There is a file");
            PlaywrightAssertions.assertThat(rows.nth(2)).hasText("three.txt added");
            PlaywrightAssertions.assertThat(page.locator("main [type=submit]").first())
                    .isEnabled();
            assertThat(page.evaluate("Array.from(document.getElementById('file').files).map(file => file.name)"))
                    .isEqualTo(List.of("two.txt"));
            page.setInputFiles("#file", new FilePayload[] {file("two.txt"), file("four.txt")});
            Browser.follow(page, () -> page.click("main [formaction*='keep=1']"));

            desktop.sync();
            assertThat(desktop.files()).containsOnlyKeys("one.txt", "two.txt", "two (2).txt", "three.txt", "four.txt");
            assertThat(page.url()).endsWith("/files?vault=drop");
        }
    }

    private static FilePayload file(String name) {
        return new FilePayload(name, "text/plain", ("the text of " + name).getBytes(UTF_8));
    }

    private static Page signIn() {
        Page page = BROWSER.open(SERVER);
        page.navigate("/login");
        page.fill("#username", "ann");
        page.fill("#password", TestServer.PASSWORD);
        Browser.follow(page, () -> page.click("main [type=submit]"));
        return page;
    }

    private static byte[] pdf() {
        return """
                %PDF-1.4
                %\u00e2\u00e3\u00cf\u00d3
                1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj
                2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj
                3 0 obj <</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>> endobj
                trailer <</Root 1 0 R>>
                %%EOF
                """.getBytes(ISO_8859_1);
    }
}
