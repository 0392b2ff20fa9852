package io.verstak.server.mail;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.MailFailure;
import io.verstak.server.domain.MailFailure.Kind;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.machine.MailHost;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One mail to one server, over real sockets. */
class SmtpSenderTest {
    private static final Message MESSAGE = new Message(
            "0123456789abcdef",
            "anna@example.org",
            "Верстак: задайте новый пароль для входа на всех ваших устройствах",
            "Здравствуйте!\n.\nhttps://sync.example.org/reset?token=1",
            "<p>Здравствуйте!</p>");
    private static final SmtpLimits PATIENT = new SmtpLimits(Duration.ofSeconds(40), Duration.ofSeconds(50));
    private static final SmtpLimits HASTY = new SmtpLimits(Duration.ofMillis(300), Duration.ofSeconds(50));

    private static Vertx vertx;
    private static Certificate localhost;
    private static Certificate elsewhere;

    @BeforeAll
    static void prepare(@TempDir Path folder) throws Exception {
        vertx = Vertx.vertx();
        localhost = Certificate.forHost("localhost", folder);
        elsewhere = Certificate.forHost("elsewhere.example", folder);
    }

    @AfterAll
    static void end() {
        await(vertx.close());
    }

    @Test
    void a_mail_arrives_with_both_parts_its_headers_and_its_russian_words() throws Exception {
        GreenMail server = MailHost.start();
        try {
            send(config(server.getSmtp().getPort(), "none", ""));

            assertThat(server.waitForIncomingEmail(60_000, 1)).isTrue();
            MimeMessage mail = server.getReceivedMessages()[0];
            assertThat(mail.getSubject()).isEqualTo(MESSAGE.subject());
            assertThat(mail.getHeader("From")).containsExactly("\"Verstak\" <sync@example.net>");
            assertThat(mail.getHeader("To")).containsExactly("anna@example.org");
            assertThat(mail.getHeader("Message-ID")).containsExactly("<0123456789abcdef@example.net>");
            assertThat(mail.getHeader("Date")).containsExactly("Sun, 22 Nov 2026 10:00:00 +0000");
            assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
            MimeMultipart parts = (MimeMultipart) mail.getContent();
            assertThat(parts.getContentType()).startsWith("multipart/alternative");
            assertThat(text(parts, 0)).isEqualTo(MESSAGE.text());
            assertThat(parts.getBodyPart(1).getContentType()).startsWith("text/html");
            assertThat(text(parts, 1)).isEqualTo(MESSAGE.html());
        } finally {
            server.stop();
        }
    }

    @Test
    void a_login_is_made_when_a_user_is_set() throws Exception {
        GreenMail server = MailHost.start();
        server.setUser("sync@example.net", "mailer", "right");
        try {
            send(config(server.getSmtp().getPort(), "none", "mailer").withPassword("right"));

            assertThat(server.waitForIncomingEmail(60_000, 1)).isTrue();
        } finally {
            server.stop();
        }
    }

    @Test
    void a_refused_login_sends_nothing_and_quotes_no_password() throws Exception {
        GreenMail server = MailHost.start();
        server.setUser("sync@example.net", "mailer", "right");
        try {
            assertThatThrownBy(() -> send(
                            config(server.getSmtp().getPort(), "none", "mailer").withPassword("wrong")))
                    .satisfies(
                            failure -> assertThat(SmtpFailure.describe(failure)).isEqualTo("login refused with 535"));
            assertThat(server.getReceivedMessages()).isEmpty();
        } finally {
            server.stop();
        }
    }

    @Test
    void a_server_without_logins_gets_no_mail_when_a_user_is_set() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().reply("EHLO", "250 scripted")) {
            assertThatThrownBy(() -> send(config(server.port(), "none", "mailer")))
                    .isNotNull();
            assertThat(server.commands()).noneMatch(line -> line.startsWith("MAIL"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "tls"})
    void an_encrypted_connection_to_a_server_with_a_valid_certificate_is_used(String security) throws Exception {
        try (ScriptedSmtpServer server = encrypting(security, localhost)) {
            send(config(server.port(), security, "mailer").withPassword("right"), Optional.of(localhost.trust()));

            assertThat(server.takeMessage()).contains("Message-ID: <0123456789abcdef@example.net>");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "tls"})
    void s40_a_certificate_of_unknown_origin_is_refused(String security) throws Exception {
        try (ScriptedSmtpServer server = encrypting(security, localhost)) {
            refused(server, security, Optional.empty());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"starttls", "tls"})
    void s40_a_certificate_for_another_host_is_refused(String security) throws Exception {
        try (ScriptedSmtpServer server = encrypting(security, elsewhere)) {
            refused(server, security, Optional.of(elsewhere.trust()));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"250 scripted", "502 EHLO is not known"})
    void s40_a_server_without_starttls_gets_neither_login_nor_mail(String answer) throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().reply("EHLO", answer)) {
            refused(server, "starttls", Optional.empty());
        }
    }

    @Test
    void s40_a_refused_starttls_is_not_followed_by_anything() throws Exception {
        try (ScriptedSmtpServer server =
                ScriptedSmtpServer.offeringStartTls(localhost.serverContext()).reply("STARTTLS", "454 not now")) {
            refused(server, "starttls", Optional.of(localhost.trust()), HASTY);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GREETING", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "MESSAGE"})
    void s40_a_server_that_never_answers_is_left_after_the_limit_of_a_step(String step) throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().silentAt(step)) {
            assertThatThrownBy(() ->
                            send(config(server.port(), "none", "mailer").withPassword("x"), Optional.empty(), HASTY))
                    .hasMessageContaining("closed");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"STARTTLS", "HANDSHAKE"})
    void s40_a_server_that_never_encrypts_is_left_after_the_limit_of_a_step(String step) throws Exception {
        try (ScriptedSmtpServer server = encrypting("starttls", localhost).silentAt(step)) {
            assertThatThrownBy(() -> send(config(server.port(), "starttls", ""), Optional.of(localhost.trust()), HASTY))
                    .isNotNull();
        }
    }

    @Test
    void s40_a_server_that_answers_in_drops_is_left_after_the_limit_of_the_whole() throws Exception {
        SmtpLimits limits = new SmtpLimits(Duration.ofSeconds(40), Duration.ofSeconds(1));
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().silentAt("DATA")) {
            assertThatThrownBy(() -> send(config(server.port(), "none", ""), Optional.empty(), limits))
                    .rootCause()
                    .hasMessageContaining("Timeout");
            assertThat(server.awaitClientGone()).isTrue();
        }
    }

    @Test
    void s40_the_limit_of_a_step_is_ten_seconds() {
        assertThat(SmtpLimits.DEFAULT.step()).isEqualTo(Duration.ofSeconds(10));
        assertThat(SmtpLimits.DEFAULT.whole()).isLessThan(RetryPolicy.DEFAULT.lease());
    }

    @Test
    void a_dead_server_fails_the_mail() throws Exception {
        // Bound, so that nobody else is given the port, but not listening.
        try (Socket dead = new Socket()) {
            dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            assertThatThrownBy(() -> send(config(dead.getLocalPort(), "none", "")))
                    .satisfies(
                            failure -> assertThat(SmtpFailure.describe(failure)).contains("refused"));
        }
    }

    @Test
    void a_refusal_is_logged_without_what_the_server_quotes() throws Exception {
        String token = "f".repeat(64);
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain()
                .reply("MESSAGE", "554 spam: https://sync.example.org/reset?token=" + token + "\u001b[31m")) {
            assertThatThrownBy(() -> send(config(server.port(), "none", "")))
                    .satisfies(failure -> assertThat(SmtpFailure.describe(failure))
                            .contains("554")
                            .doesNotContain("ffff")
                            .doesNotContain("\u001b"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "MAIL, 553 sender unknown, ANSWER, 553 sender unknown",
        "RCPT, 550 relay denied, ANSWER, 550 relay denied",
        "AUTH, 535 no such user as x, LOGIN, 535",
        "EHLO, 250 scripted, NO_ENCRYPTION, ''"
    })
    void an_administrator_reads_the_step_and_what_the_server_said(String step, String reply, Kind kind, String answer)
            throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().reply(step, reply)) {
            MailConfig config = config(
                            server.port(),
                            step.equals("EHLO") ? "starttls" : "none",
                            step.equals("AUTH") ? "mailer" : "")
                    .withPassword("x");
            assertThat(reason(config, Optional.empty()))
                    .isEqualTo(new MailFailure(kind, "localhost:" + server.port(), answer));
        }
    }

    @Test
    void an_administrator_reads_that_nobody_listens_or_has_the_name() throws Exception {
        try (Socket dead = new Socket()) {
            dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            MailConfig config = config(dead.getLocalPort(), "none", "");
            assertThat(reason(config, Optional.empty()))
                    .isEqualTo(new MailFailure(Kind.REFUSED, "localhost:" + dead.getLocalPort(), ""));
        }
        MailConfig nowhere = new MailConfig("nobody.invalid", 587, "none", "", "", "sync@example.net");
        assertThat(reason(nowhere, Optional.empty()))
                .isEqualTo(new MailFailure(Kind.UNKNOWN_HOST, "nobody.invalid", ""));
    }

    @Test
    void an_administrator_reads_what_is_wrong_with_a_certificate() throws Exception {
        try (ScriptedSmtpServer server = encrypting("tls", elsewhere)) {
            MailConfig config = config(server.port(), "tls", "");
            assertThat(reason(config, Optional.of(elsewhere.trust())).kind()).isEqualTo(Kind.OTHER_NAME);
        }
        try (ScriptedSmtpServer server = encrypting("tls", localhost)) {
            assertThat(reason(config(server.port(), "tls", ""), Optional.empty())
                            .kind())
                    .isEqualTo(Kind.UNTRUSTED);
        }
    }

    @Test
    void an_administrator_reads_that_a_server_does_not_answer() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().silentAt("GREETING")) {
            MailConfig config = config(server.port(), "none", "");
            assertThatThrownBy(() -> send(config, Optional.empty(), HASTY))
                    .satisfies(failure -> assertThat(
                                    SmtpFailure.reason(failure, config).kind())
                            .isEqualTo(Kind.NO_ANSWER));
        }
    }

    private static MailFailure reason(MailConfig config, Optional<TrustOptions> trusted) {
        return new SmtpSender(vertx, new MutableClock(), PATIENT, trusted)
                .send(config, MESSAGE)
                .map(sent -> new MailFailure(Kind.OTHER, "", "sent"))
                .otherwise(failure -> SmtpFailure.reason(failure, config))
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    private static void refused(ScriptedSmtpServer server, String security, Optional<TrustOptions> trusted) {
        refused(server, security, trusted, PATIENT);
    }

    private static void refused(
            ScriptedSmtpServer server, String security, Optional<TrustOptions> trusted, SmtpLimits limits) {
        assertThatThrownBy(() -> send(config(server.port(), security, "mailer").withPassword("right"), trusted, limits))
                .isNotNull();
        assertThat(server.commands()).noneMatch(line -> line.startsWith("AUTH") || line.startsWith("MAIL"));
        assertThat(server.messagesWaiting()).isZero();
    }

    private static ScriptedSmtpServer encrypting(String security, Certificate certificate) throws Exception {
        return security.equals("tls")
                ? ScriptedSmtpServer.encrypted(certificate.serverContext())
                : ScriptedSmtpServer.offeringStartTls(certificate.serverContext());
    }

    private static MailConfig config(int port, String security, String user) {
        return new MailConfig("localhost", port, security, user, "", "Verstak <sync@example.net>");
    }

    private static void send(MailConfig config) {
        send(config, Optional.empty());
    }

    private static void send(MailConfig config, Optional<TrustOptions> trusted) {
        send(config, trusted, PATIENT);
    }

    private static void send(MailConfig config, Optional<TrustOptions> trusted, SmtpLimits limits) {
        await(new SmtpSender(vertx, new MutableClock(), limits, trusted).send(config, MESSAGE));
    }

    private static String text(MimeMultipart parts, int index) throws Exception {
        return String.valueOf(parts.getBodyPart(index).getContent())
                .replace("\r\n", "\n")
                .stripTrailing();
    }
}
