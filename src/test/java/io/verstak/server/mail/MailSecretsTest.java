package io.verstak.server.mail;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import io.verstak.server.config.MailConfig;
import io.verstak.server.domain.Language;
import io.verstak.server.mail.Mails.Recipient;
import io.verstak.server.testkit.MutableClock;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tokens and passwords pass through mail without a trace. */
class MailSecretsTest {
    private static final String TOKEN = "c0ffee".repeat(10) + "abcd";
    private static final String PASSWORD = "s3cret-of-the-mail-server";

    private final MutableClock clock = new MutableClock();
    private final Mails mails = new Mails(clock, new SecureRandom(), () -> "en");
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level level = root.getLevel();
    private final Appender<ILoggingEvent> lines = root.getAppender("lines");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            logged.add(event.getFormattedMessage());
            if (event.getThrowableProxy() != null) {
                logged.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
            }
        }
    };

    @TempDir
    private Path folder;

    /** Everything is logged, as with {@code log.level: debug}, but not on the console. */
    @BeforeEach
    void listenToTheLog() {
        root.detachAppender(lines);
        appender.start();
        root.addAppender(appender);
        root.setLevel(Level.DEBUG);
    }

    @AfterEach
    void stopListening() {
        root.setLevel(level);
        root.detachAppender(appender);
        root.addAppender(lines);
    }

    @Test
    void s19_neither_the_database_nor_the_log_holds_a_token_or_a_password() throws Exception {
        try (ScriptedSmtpServer server = ScriptedSmtpServer.plain()
                        .reply("AUTH", "535 not with " + PASSWORD)
                        .reply(ScriptedSmtpServer.MESSAGE, "554 spam: token=" + TOKEN);
                MailHouse house = new MailHouse(folder, MailConfig.DEFAULT, clock).start()) {
            await(house.services.saveSettings(
                    new MailConfig("localhost", server.port(), "none", "mailer", PASSWORD, "sync@example.net")));
            house.queue(mails.reset(
                    new Recipient("anna@example.org", Language.EN),
                    "anna",
                    TOKEN,
                    clock.instant().plus(Duration.ofHours(1))));
            house.queued(mails -> mails.get(0).nextTry() == clock.millis() + 15_000);
            clock.advance(Duration.ofSeconds(15));
            assertThat(server.takeMessage()).contains(TOKEN);
            house.queued(mails -> mails.get(0).nextTry() == clock.millis() + 30_000);

            assertThat(MailHouse.contents(folder)).isNotEmpty().allSatisfy(MailSecretsTest::holdsNoSecret);
        }
        assertThat(MailHouse.contents(folder)).allSatisfy(MailSecretsTest::holdsNoSecret);
        assertThat(logged).anyMatch(line -> line.contains("login refused with 535"));
        assertThat(logged).noneMatch(line -> line.contains(TOKEN) || line.contains(PASSWORD));
    }

    private static void holdsNoSecret(String contents) {
        assertThat(contents.contains(TOKEN)).as("the token is stored").isFalse();
        assertThat(contents.contains(PASSWORD)).as("the password is stored").isFalse();
    }
}
