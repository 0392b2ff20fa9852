package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.machine.MailHost;
import jakarta.mail.internet.MimeMessage;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One person from the first visit to the lost password, by mails that really arrive. */
class JourneyTest {
    private static final String PUBLIC_URL = "https://sync.example.org";
    private static final String NEW_PASSWORD = "copper-lantern-77";
    private static final Pattern LINK = Pattern.compile(Pattern.quote(PUBLIC_URL) + "(/\\S*?token=([0-9a-f]{64}))");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final GreenMail mailServer = MailHost.start();

    @AfterEach
    void stopMail() {
        mailServer.stop();
    }

    @Test
    void somebody_registers_pairs_a_device_loses_the_password_and_comes_back() throws Exception {
        try (TestServer server = TestServer.start(Map.of(
                "http.publicUrl", PUBLIC_URL,
                "mail.host", "localhost",
                "mail.port", Integer.toString(mailServer.getSmtp().getPort()),
                "mail.security", "none",
                "mail.from", "Verstak <sync@example.org>"))) {
            Web web = new Web(server);
            assertThat(web.register("anna", "anna@example.org", TestServer.PASSWORD)
                            .status())
                    .isEqualTo(200);
            Matcher confirmation = link(mail(1));
            Answer page = server.send(Request.get(confirmation.group(1)));
            assertThat(page.status()).isEqualTo(200);
            assertThat(web.confirm(confirmation.group(2)).status()).isEqualTo(200);

            try (Desktop desktop = server.pair("anna", "main")) {
                desktop.make(OutboxOp.note("n1", "hello")).sync();
                String session = web.session("anna");
                assertThat(web.devices(session).json()).hasSize(1);

                assertThat(GreenMailUtil.getWholeMessage(mail(2)))
                        .contains("Subject: Verstak: a new device was connected")
                        .contains("IP address: 127.0.0.1", PUBLIC_URL + "/account/security-log");

                web.forgot("anna@example.org");
                assertThat(web.reset(link(mail(3)).group(2), NEW_PASSWORD).status())
                        .isEqualTo(200);

                assertThat(web.devices(session).status()).isEqualTo(401);
                assertThat(GreenMailUtil.getWholeMessage(mail(4))).contains("Verstak: your password was changed");
                assertThat(web.login("anna", TestServer.PASSWORD).status()).isEqualTo(401);
                assertThat(web.login("anna", NEW_PASSWORD).status()).isEqualTo(200);
                desktop.make(OutboxOp.note("n2", "still here")).sync();
                assertThat(desktop.outbox()).isEmpty();
            }
        }
    }

    private MimeMessage mail(int number) throws Exception {
        assertThat(mailServer.waitForIncomingEmail(60_000, number)).isTrue();
        MimeMessage mail = mailServer.getReceivedMessages()[number - 1];
        assertThat(Arrays.toString(mail.getAllRecipients())).isEqualTo("[anna@example.org]");
        return mail;
    }

    private static Matcher link(MimeMessage mail) throws Exception {
        String text = GreenMailUtil.getBody(mail).replaceAll("=\r?\n", "").replace("=3D", "=");
        Matcher link = LINK.matcher(text);
        assertThat(link.find()).as(text).isTrue();
        return link;
    }
}
