package io.verstak.server.mail;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.listing.UnsentMail;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.testkit.MutableClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What administrators do: settings, the test mail, the list of what was not sent. */
class MailModuleTest {
    private static final MailConfig STORED =
            new MailConfig("mail.example.net", 587, "starttls", "mailer", "stored secret", "sync@example.net");
    private static final Recipient ANNA = new Recipient("anna@example.org", Language.RU);

    private final MutableClock clock = new MutableClock();
    private final Mails mails = new Mails(clock, new SecureRandom(), () -> "en");

    @TempDir
    private Path root;

    @Test
    void without_a_server_a_mail_waits_with_a_link_to_copy() throws Exception {
        try (MailHouse house = house(MailConfig.DEFAULT).start()) {
            house.queue(confirm());

            assertThat(await(house.services.unsent(0, 10))).singleElement().satisfies(unsent -> {
                assertThat(unsent.state()).isEqualTo(UnsentMail.State.NO_SERVER);
                assertThat(unsent.link())
                        .isEqualTo("http://127.0.0.1:47732/api/v1/auth/confirm?token=" + "ab".repeat(32));
                assertThat(unsent.attempts()).isZero();
                assertThat(unsent.toString()).doesNotContain("abab");
            });
        }
    }

    @Test
    void a_mail_that_waited_for_a_server_is_sent_once_there_is_one() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain();
                MailHouse house = house(MailConfig.DEFAULT).start()) {
            house.queue(confirm());
            clock.advance(Duration.ofHours(30));
            await(house.services.saveSettings(MailHouse.through(server.port())));

            assertThat(server.takeMessage()).contains("anna@example.org");
            house.awaitEmpty();
        }
    }

    @Test
    void a_mail_that_was_refused_is_tried_at_once_with_new_settings() throws Exception {
        try (ScriptedSmtpServer refusing =
                        ScriptedSmtpServer.plain().reply("RCPT", "550 no").reply("RCPT", "550 no");
                ScriptedSmtpServer server = ScriptedSmtpServer.plain();
                MailHouse house = house(MailHouse.through(refusing.port())).start()) {
            house.queue(confirm());
            house.queued(mails -> mails.get(0).nextTry() == clock.millis() + 15_000);
            clock.advance(Duration.ofSeconds(15));
            house.queued(mails -> mails.get(0).nextTry() == clock.millis() + 30_000);
            await(house.services.saveSettings(MailHouse.through(server.port())));

            assertThat(server.takeMessage()).contains("anna@example.org");
        }
    }

    @Test
    void a_mail_that_was_given_up_is_sent_when_an_administrator_retries_it() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().reply("RCPT", "550 no");
                MailHouse house = house(MailHouse.through(server.port())).start()) {
            NewMail mail = confirm();
            house.queue(mail);
            house.queued(mails -> mails.get(0).nextTry() == clock.millis() + 15_000);
            await(house.services.store().fail(mail.id(), ""));
            assertThat(await(house.services.unsent(0, 10)).get(0).state()).isEqualTo(UnsentMail.State.FAILED);

            await(house.services.retry(mail.id()));

            assertThat(server.takeMessage()).contains("anna@example.org");
        }
    }

    @Test
    void stored_settings_take_the_place_of_the_configuration_until_they_are_forgotten() throws Exception {
        MailConfig configured = MailHouse.through(2525);
        try (MailHouse house = house(configured)) {
            await(house.services.saveSettings(STORED));
        }
        try (MailHouse house = house(configured)) {
            assertThat(await(house.services.settings().effective())).isEqualTo(STORED);

            await(house.services.forgetSettings());

            assertThat(await(house.services.settings().effective())).isEqualTo(configured);
        }
    }

    @Test
    void an_empty_password_keeps_the_one_in_force() throws Exception {
        try (MailHouse house = house(MailConfig.DEFAULT)) {
            await(house.services.saveSettings(STORED));

            assertThat(await(house.services.settings().completed(STORED.withPassword(""))))
                    .isEqualTo(STORED);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "eve.example.net, 587, starttls, mailer",
        "mail.example.net, 2525, starttls, mailer",
        "mail.example.net, 587, none, mailer",
        "mail.example.net, 587, starttls, other",
    })
    void a_kept_password_never_goes_anywhere_else(String host, int port, String security, String user)
            throws Exception {
        MailConfig typed = new MailConfig(host, port, security, user, "", "sync@example.net");
        try (MailHouse house = house(MailConfig.DEFAULT)) {
            await(house.services.saveSettings(STORED));

            assertThatThrownBy(() -> await(house.services.settings().completed(typed)))
                    .isInstanceOfSatisfying(
                            ServerException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST));
        }
    }

    @Test
    void a_test_mail_arrives_in_the_readers_language() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain();
                MailHouse house = house(MailConfig.DEFAULT)) {
            await(house.services.sendTest(MailHouse.through(server.port()), ANNA));

            assertThat(server.takeMessage()).contains("lang=\"ru\"").contains("Subject: =?UTF-8?B?");
        }
    }

    @ParameterizedTest
    @CsvSource({"GREETING, 554 mail.internal: blocked", "MAIL, 553 sender unknown", "RCPT, 550 relay denied"})
    void s40_what_went_wrong_with_a_test_mail_is_told_in_general_words_but_for_the_administrators_detail(
            String step, String reply) throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain().reply(step, reply);
                MailHouse house = house(MailConfig.DEFAULT)) {
            assertThatThrownBy(() -> await(house.services.sendTest(MailHouse.through(server.port()), ANNA)))
                    .isInstanceOfSatisfying(ServerException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                        assertThat(refusal.text())
                                .startsWith("The test mail could not be sent.")
                                .doesNotContain("55", "internal", "relay");
                        assertThat(refusal.detail()).contains("ANSWER", "localhost", reply);
                    });
        }
    }

    @Test
    void a_test_mail_without_a_server_or_a_recipient_is_refused() throws Exception {
        try (MailHouse house = house(MailConfig.DEFAULT)) {
            assertThatThrownBy(() -> await(house.services.sendTest(MailConfig.DEFAULT, ANNA)))
                    .hasMessageContaining("server");
            assertThatThrownBy(() -> await(house.services.sendTest(STORED, new Recipient("anna\r\n", Language.EN))))
                    .hasMessage("invalid email");
        }
    }

    private NewMail confirm() {
        return mails.confirm(ANNA, "ab".repeat(32), clock.instant().plus(Duration.ofDays(2)));
    }

    private MailHouse house(MailConfig config) {
        return new MailHouse(root, config, clock);
    }
}
