package io.verstak.server.mail;

import io.verstak.server.config.MailConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.MailFailure;
import io.verstak.server.domain.listing.UnsentMail;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.SecretBox;
import io.verstak.server.storage.mail.MailSettingsStore;
import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.NoticeStore;
import io.verstak.server.storage.mail.OutboxStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.TrustOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Creates and connects the objects of this package, and implements what administrators do with them. */
public final class MailModule {
    private static final Logger LOG = LoggerFactory.getLogger(MailModule.class);

    private final OutboxStore store;
    private final MailSettings settings;
    private final Links links;
    private final Mails mails;
    private final MailWriter writer;
    private final SmtpSender sender;
    private final RetryPolicy policy;
    private final Outbox outbox;
    private final Clock clock;

    /**
     * Compiles the templates. Blocks; for startup.
     *
     * @param config supplies the current configuration
     */
    public MailModule(
            Vertx vertx,
            Database database,
            SecretBox secrets,
            Supplier<ServerConfig> config,
            Clock clock,
            SecureRandom random) {
        this(
                vertx,
                database,
                secrets,
                config,
                clock,
                random,
                SmtpLimits.DEFAULT,
                RetryPolicy.DEFAULT,
                Optional.empty());
    }

    MailModule(
            Vertx vertx,
            Database database,
            SecretBox secrets,
            Supplier<ServerConfig> config,
            Clock clock,
            SecureRandom random,
            SmtpLimits limits,
            RetryPolicy policy,
            Optional<TrustOptions> trusted) {
        this.clock = clock;
        this.policy = policy;
        store = new OutboxStore(database, secrets);
        settings = new MailSettings(config.get().mail(), new MailSettingsStore(database, secrets), clock);
        links = new Links(() -> config.get().http());
        mails = new Mails(clock, random, () -> config.get().web().language());
        writer = new MailWriter(() -> config.get().web().serverName(), links);
        sender = new SmtpSender(vertx, clock, limits, trusted);
        Notices notices = new Notices(new NoticeStore(database, store), mails, clock);
        outbox = new Outbox(vertx, store, notices, settings, links, writer, sender, policy, clock);
    }

    /** Returns the store that queues mails; call {@link Outbox#wake()} after the commit. */
    public OutboxStore store() {
        return store;
    }

    public Mails mails() {
        return mails;
    }

    public Outbox outbox() {
        return outbox;
    }

    public MailSettings settings() {
        return settings;
    }

    /** Sets the port that links need, and starts to send mails that waited for it. */
    public void listeningOn(int port) {
        links.listeningOn(port);
        outbox.wake();
    }

    /** Stores settings that are {@link MailSettings#completed}, and tries all waiting mails with them. */
    public Future<Void> saveSettings(MailConfig complete) {
        return settings.store(complete).compose(stored -> hasten());
    }

    /** Restores the configured settings. */
    public Future<Void> forgetSettings() {
        return settings.forget().compose(gone -> hasten());
    }

    private Future<Void> hasten() {
        long now = clock.millis();
        return store.hasten(now, now + policy.lease().toMillis()).onSuccess(due -> outbox.wake());
    }

    /**
     * Sends a test mail now, past the outbox. Refuses with {@code INVALID_REQUEST} when the server or the recipient is
     * missing or malformed, and otherwise with {@code UNAVAILABLE} in general words whatever went wrong, with the {@link
     * MailFailure} as the detail for administrators.
     */
    public Future<Void> sendTest(MailConfig complete, Mails.Recipient to) {
        if (!complete.isOn()) {
            return Message.MAIL_HOST_MISSING.refuse();
        }
        NewMail test;
        try {
            test = mails.test(to);
        } catch (IllegalArgumentException notAnAddress) {
            return Message.INVALID_EMAIL.refuse();
        }
        return sender.send(complete, writer.write(test)).recover(failure -> {
            LOG.warn("the test mail was not sent through {}: {}", complete, SmtpFailure.describe(failure));
            return Future.failedFuture(new ServerException(Message.TEST_MAIL_NOT_SENT)
                    .withDetail(SmtpFailure.reason(failure, complete).line()));
        });
    }

    /** Returns some of the waiting and failed mails, latest first. */
    public Future<List<UnsentMail>> unsent(long offset, int limit) {
        return settings.effective()
                .compose(config -> store.list(offset, limit)
                        .map(mails -> mails.stream()
                                .map(queued -> new UnsentMail(
                                        queued.mail().id(),
                                        queued.mail().kind(),
                                        queued.mail().recipient(),
                                        queued.failed()
                                                ? UnsentMail.State.FAILED
                                                : config.isOn() ? UnsentMail.State.WAITING : UnsentMail.State.NO_SERVER,
                                        queued.attempts(),
                                        queued.nextTry(),
                                        queued.mail().createdAt(),
                                        queued.mail().expiresAt(),
                                        links.of(queued.mail()).orElse(""),
                                        MailFailure.of(queued.lastError()).orElse(null)))
                                .toList()));
    }

    /** Returns the link of a mail with this invitation. */
    public String invitationLink(String token) {
        return links.invitation(token);
    }

    /** Deletes a mail that has not been sent. */
    public Future<Void> discard(String id) {
        return store.delete(id);
    }

    /** Tries a mail again, including one that was given up. */
    public Future<Void> retry(String id) {
        return store.retry(id, clock.millis()).onSuccess(due -> outbox.wake());
    }
}
