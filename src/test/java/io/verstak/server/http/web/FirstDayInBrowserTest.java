package io.verstak.server.http.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.microsoft.playwright.Page;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.browser.Browser;
import io.verstak.server.testkit.machine.MailHost;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The first day of a server: somebody follows the first link, sets it up with a mail server that really takes mail, and invites
 * a friend, who connects two devices and cuts one of them off. By the browser and by mail alone.
 */
@OneEngine("a browser: the tests of pages read the same on both engines")
class FirstDayInBrowserTest {
    private static final String ADMIN_PASSWORD = "correct horse battery";
    private static final String SUBMIT = "main [type=submit]";
    private static final Pattern LINK = Pattern.compile("https?://\\S+(?:token|invite)=[0-9a-f]{64}");

    @RegisterExtension
    static final Browser BROWSER = Browser.start();

    private final GreenMail mailServer = MailHost.start();

    @AfterEach
    void stopMail() {
        mailServer.stop();
    }

    @ParameterizedTest
    @CsvSource({"en, true", "ru, false"})
    void a_server_is_set_up_and_a_friend_connects_and_cuts_off_a_lost_laptop(String language, boolean scripts)
            throws Exception {
        try (TestServer server = TestServer.start()) {
            Page owner = scripts ? BROWSER.open(server) : BROWSER.openWithoutScripts(server);
            owner.navigate("/setup?token=" + server.setupToken());
            Browser.follow(owner, () -> owner.click("footer [value=" + language + "]"));
            setUp(owner, server, language);
            setUpMail(owner);
            String invitation = invite(owner);

            Page friend = scripts ? BROWSER.open(server) : BROWSER.openWithoutScripts(server);
            friend.navigate(invitation);
            Browser.follow(friend, () -> friend.click("footer [value=" + language + "]"));
            join(friend);
            connect(friend, server);
        }
    }

    private static void setUp(Page page, TestServer server, String language) {
        assertThat(page.locator("html")).hasAttribute("lang", language);
        picture(page, language + "-1-setup");
        page.fill("#username", "root");
        page.fill("#password", ADMIN_PASSWORD);
        page.uncheck("#own_account");
        page.fill("#server_name", "House of Anna");
        page.fill("#public_url", "http://127.0.0.1:" + server.port());
        page.selectOption("#registration", "invitation");
        page.click(SUBMIT);
        assertThat(page).hasURL(Pattern.compile("/setup/mail$"));
    }

    private void setUpMail(Page page) throws Exception {
        page.fill("#smtp_host", "127.0.0.1");
        page.selectOption("#smtp_security", "none");
        page.fill("#smtp_port", Integer.toString(mailServer.getSmtp().getPort()));
        page.fill("#smtp_from", "House <house@example.org>");
        page.fill("#test_to", "root@example.org");
        Browser.follow(page, () -> page.click(SUBMIT));
        assertThat(page).hasURL(Pattern.compile("/admin/dashboard$"));
        assertThat(page.locator("[role=status]")).isVisible();
        assertThat(mail(1, "root@example.org").getSubject()).contains("House of Anna");
        assertThat(page.locator("main h1")).isVisible();
        assertThat(page.locator("main .note a[href='/admin/settings']")).hasCount(0);
        picture(page, page.locator("html").getAttribute("lang") + "-2-overview");
    }

    private String invite(Page page) throws Exception {
        page.click("header a[href='/admin/users']");
        page.click("main a[href='/admin/invitations']");
        page.fill("#email", "friend@example.org");
        page.click(SUBMIT);
        assertThat(page.locator("[role=status]")).containsText("/register?invite=");
        picture(page, page.locator("html").getAttribute("lang") + "-4-invited");
        return link(mail(2, "friend@example.org"));
    }

    private void join(Page page) throws Exception {
        picture(page, page.locator("html").getAttribute("lang") + "-5-register");
        page.fill("#username", "friend");
        assertThat(page.locator("#email")).hasValue("friend@example.org");
        page.fill("#password", TestServer.PASSWORD);
        page.click(SUBMIT);
        assertThat(page).hasURL(Pattern.compile("/registered$"));
        page.navigate(link(mail(3, "friend@example.org")));
        page.click(SUBMIT);
        assertThat(page).hasURL(Pattern.compile("/confirmed\\?username=friend$"));
        page.click("main a[href^='/login']");
        page.fill("#username", "friend");
        page.fill("#password", TestServer.PASSWORD);
        page.click(SUBMIT);
        assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        assertThat(page.locator("main ol li")).hasCount(4);
        picture(page, page.locator("html").getAttribute("lang") + "-6-newcomer");
    }

    private static void connect(Page page, TestServer server) {
        try (Desktop home = server.pair("friend", "notes");
                Desktop lost = server.pair("friend", "notes")) {
            home.make(OutboxOp.note("n1", "text")).sync();
            lost.pull();
            page.reload();
            assertThat(page.locator("main table.cards").first().locator("tbody tr"))
                    .hasCount(2);
            picture(page, page.locator("html").getAttribute("lang") + "-7-devices");
            // The list names the device that was seen last first; which of two is cut off is told by its own form.
            String form = "form[action='/dashboard/revoke']:has(input[value='%s'])".formatted(lost.id());
            page.locator("details.confirm:has(" + form + ") > summary").click();
            picture(page, page.locator("html").getAttribute("lang") + "-8-revoke");
            Browser.follow(page, () -> page.locator(form + " [type=submit]").click());
            assertThat(page.locator("[role=status]")).isVisible();
            assertThat(page.locator("main table.cards").first().locator("tbody tr"))
                    .hasCount(1);
            assertThat(status(server, lost)).isEqualTo(401);
            assertThat(status(server, home)).isEqualTo(200);
        }
    }

    private static int status(TestServer server, Desktop desktop) {
        return server.send(Request.get("/api/client/me").bearer(desktop.token()))
                .status();
    }

    private static void picture(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions()
                .setPath(Path.of("target/screens", "first-day-" + name + ".png"))
                .setFullPage(true));
    }

    private MimeMessage mail(int number, String recipient) throws Exception {
        assertThat(mailServer.waitForIncomingEmail(60_000, number)).isTrue();
        MimeMessage mail = mailServer.getReceivedMessages()[number - 1];
        assertThat(mail.getAllRecipients()[0].toString()).isEqualTo(recipient);
        return mail;
    }

    private static String link(MimeMessage mail) {
        String text = GreenMailUtil.getBody(mail).replaceAll("=\r?\n", "").replace("=3D", "=");
        Matcher link = LINK.matcher(text);
        assertThat(link.find()).as(text).isTrue();
        return link.group();
    }
}
