package io.verstak.server.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Language;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.QueuedMail;
import io.verstak.server.testkit.Futures;
import io.verstak.server.testkit.MutableClock;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Queued, sent, tried again: over a real database and real sockets. */
class OutboxTest {
    private final MutableClock clock = new MutableClock();
    private final Mails mails = new Mails(clock, new SecureRandom(), () -> "en");

    @TempDir
    private Path root;

    private ScriptedSmtpServer server;

    @BeforeEach
    void listen() throws Exception {
        server = ScriptedSmtpServer.plain();
    }

    @AfterEach
    void hangUp() throws Exception {
        server.close();
    }

    @Test
    void a_queued_mail_is_sent_and_leaves_nothing_behind() throws Exception {
        try (MailHouse house = house().start()) {
            house.queue(confirm("anna"));

            assertThat(server.takeMessage()).contains("To: anna@example.org");
            house.awaitEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(Language.class)
    void the_raw_mail_has_the_link_in_one_line_and_each_decoded_part_has_it_whole(Language language) throws Exception {
        String link = "http://127.0.0.1:47732/api/v1/auth/confirm?token=" + token();
        try (MailHouse house = house().start()) {
            house.queue(mails.confirm(
                    new Recipient("anna@example.org", language),
                    token(),
                    clock.instant().plus(Duration.ofDays(2))));

            String raw = server.takeMessage();
            assertThat(raw.lines()).contains(link).allMatch(line -> line.length() < 998);
            MimeMultipart parts = (MimeMultipart)
                    new MimeMessage(null, new ByteArrayInputStream(raw.getBytes(StandardCharsets.UTF_8))).getContent();
            for (int i = 0; i < 2; i++) {
                assertThat(String.valueOf(parts.getBodyPart(i).getContent()).lines())
                        .contains(link);
            }
        }
    }

    @Test
    void a_mail_of_a_transaction_that_fails_is_never_sent() throws Exception {
        try (MailHouse house = house().start()) {
            assertThatThrownBy(() -> Futures.await(house.queueAndFail(confirm("undone"))))
                    .isNotNull();
            house.queue(confirm("anna"));

            assertThat(server.takeMessage()).contains("anna@example.org");
            house.awaitEmpty();
            assertThat(server.messagesWaiting()).isZero();
        }
    }

    @Test
    void a_refused_mail_is_tried_again_after_15_30_and_60_seconds() throws Exception {
        server.reply("RCPT", "451 later").reply("RCPT", "421 later").reply("RCPT", "550 not here");
        try (MailHouse house = house().start()) {
            house.queue(confirm("anna"));
            for (int seconds : new int[] {15, 30, 60}) {
                long due = clock.millis() + seconds * 1000L;
                house.queued(mails -> mails.get(0).nextTry() == due);
                clock.advance(Duration.ofSeconds(seconds));
            }

            assertThat(server.takeMessage()).contains("anna@example.org");
            house.awaitEmpty();
        }
    }

    @Test
    void every_try_has_the_same_message_id() throws Exception {
        server.reply(ScriptedSmtpServer.MESSAGE, "451 later");
        try (MailHouse house = house().start()) {
            house.queue(confirm("anna"));
            String first = server.takeMessage();
            house.queued(this::waitsForItsTurn);
            clock.advance(Duration.ofSeconds(15));

            assertThat(messageId(server.takeMessage())).isEqualTo(messageId(first));
        }
    }

    @Test
    void a_mail_is_given_up_24_hours_after_its_first_try() throws Exception {
        // Bound, so that nobody else is given the port, but not listening.
        try (Socket dead = new Socket()) {
            dead.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            triedUntilGivenUp(dead.getLocalPort());
        }
    }

    private void triedUntilGivenUp(int port) throws Exception {
        try (MailHouse house = new MailHouse(root, MailHouse.through(port), clock).start()) {
            house.queue(confirm("anna"));
            long start = clock.millis();
            List<QueuedMail> mails = house.queued(this::waitsForItsTurn);
            while (!mails.get(0).failed()) {
                int tries = mails.get(0).attempts();
                clock.advance(Duration.ofMillis(mails.get(0).nextTry() - clock.millis()));
                mails = house.queued(
                        now -> now.get(0).failed() || (now.get(0).attempts() > tries && waitsForItsTurn(now)));
            }

            assertThat(clock.millis() - start)
                    .isBetween(
                            Duration.ofHours(19).toMillis(),
                            Duration.ofHours(24).toMillis());
            assertThat(mails.get(0).attempts()).isBetween(10, 20);
        }
    }

    @Test
    void a_link_that_has_ended_is_not_sent() throws Exception {
        server.reply("RCPT", "451 later");
        try (MailHouse house = house().start()) {
            house.queue(mails.reset(to("anna"), "anna", token(), clock.instant().plusSeconds(10)));

            house.queued(mails -> mails.get(0).failed());
        }
    }

    @Test
    void a_mail_queued_before_a_kill_is_sent_after_the_start() throws Exception {
        try (MailHouse killed = house()) {
            Futures.await(killed.services.store().add(confirm("anna")));
        }
        try (MailHouse restarted = house().start()) {
            assertThat(server.takeMessage()).contains("anna@example.org");
            restarted.awaitEmpty();
        }
    }

    @Test
    void a_mail_on_its_way_at_a_kill_is_sent_once_more_within_30_seconds() throws Exception {
        try (MailHouse killed = house()) {
            Futures.await(killed.services.store().add(confirm("anna")));
            killed.claimAndForget(clock);
        }
        try (MailHouse restarted = house().start()) {
            clock.advance(Duration.ofSeconds(30).minus(RetryPolicy.DEFAULT.tick()));

            assertThat(server.takeMessage()).contains("anna@example.org");
            restarted.awaitEmpty();
            assertThat(server.messagesWaiting()).isZero();
        }
    }

    @Test
    void the_first_retry_comes_within_30_seconds() {
        RetryPolicy policy = RetryPolicy.DEFAULT;

        assertThat(policy.firstDelay().plus(policy.tick())).isLessThanOrEqualTo(Duration.ofSeconds(30));
        assertThat(policy.lease().plus(policy.tick())).isLessThanOrEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void a_mail_that_the_server_holds_up_does_not_hold_up_the_next() throws Exception {
        server.silentAt("RCPT");
        try (MailHouse house = house().start()) {
            house.queue(confirm("held"));
            server.awaitCommand("RCPT");
            server.recover();
            house.queue(confirm("anna"));

            assertThat(server.takeMessage()).contains("anna@example.org");
            server.close();
        }
    }

    @Test
    void no_more_than_four_mails_are_sent_at_once() throws Exception {
        server.silentAt(ScriptedSmtpServer.GREETING);
        try (MailHouse house = house().start()) {
            for (int i = 0; i < 12; i++) {
                house.queue(confirm("reader" + i));
            }
            server.awaitConnections(4);
            // The outbox looks every few milliseconds whether there is more to do.
            for (int looks = 0; looks < 100; looks++) {
                assertThat(house.queued().stream().filter(mail -> mail.attempts() > 0))
                        .hasSize(4);
            }
            assertThat(server.connections()).isEqualTo(4);
            server.close();
        }
    }

    @Test
    void many_mails_are_all_sent_and_each_once() throws Exception {
        try (MailHouse house = house()) {
            for (int i = 0; i < 40; i++) {
                Futures.await(house.services.store().add(confirm("reader" + i)));
            }
            house.start();
            List<String> readers = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                readers.add(server.takeMessage()
                        .lines()
                        .filter(line -> line.startsWith("To:"))
                        .findFirst()
                        .orElse(""));
            }
            house.awaitEmpty();

            assertThat(readers).doesNotHaveDuplicates();
            assertThat(server.messagesWaiting()).isZero();
        }
    }

    @Test
    void a_newer_link_takes_the_place_of_one_that_waits() throws Exception {
        try (MailHouse house = new MailHouse(root, MailHouse.through(0), clock)) {
            house.queue(confirm("anna"));
            NewMail newer = confirm("anna");
            house.queue(newer);

            assertThat(house.queued())
                    .singleElement()
                    .satisfies(mail -> assertThat(mail.mail()).isEqualTo(newer));
        }
    }

    @Test
    void a_mail_sealed_with_another_key_is_given_up_and_told_so() throws Exception {
        try (MailHouse house = house()) {
            Futures.await(house.services.store().add(confirm("anna")));
            java.nio.file.Files.write(house.directory.secretKey(), new byte[32]);
        }
        try (MailHouse house = house().start()) {
            house.queued(mails -> mails.get(0).failed());

            assertThat(Futures.await(house.services.unsent(0, 10)).get(0).link())
                    .isEmpty();
        }
    }

    private MailHouse house() throws Exception {
        return new MailHouse(root, MailHouse.through(server.port()), clock);
    }

    private boolean waitsForItsTurn(List<QueuedMail> mails) {
        QueuedMail mail = mails.get(0);
        long sinceClaim = mail.nextTry() - clock.millis();
        return mail.failed()
                || (mail.attempts() > 0 && sinceClaim != MailHouse.OFTEN.lease().toMillis());
    }

    private NewMail confirm(String name) {
        return mails.confirm(to(name), token(), clock.instant().plus(Duration.ofDays(2)));
    }

    private static Recipient to(String name) {
        return new Recipient(name + "@example.org", Language.EN);
    }

    private static String token() {
        return "ab".repeat(32);
    }

    private static String messageId(String message) {
        return message.lines()
                .filter(line -> line.startsWith("Message-ID:"))
                .findFirst()
                .orElseThrow();
    }
}
