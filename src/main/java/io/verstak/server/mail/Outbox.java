package io.verstak.server.mail;

import io.verstak.server.config.MailConfig;
import io.verstak.server.error.Outage;
import io.verstak.server.storage.mail.OutboxStore;
import io.verstak.server.storage.mail.QueuedMail;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the mails of the outbox table when it is woken and by a timer, until the SMTP server has accepted them or they
 * expire. A mail is claimed in the database before its try and deleted after it: a crash in between costs at most one
 * duplicate, and no mail is lost.
 *
 * <p>Runs on the context that started it and never blocks it. An SMTP server that does not answer delays only the mails
 * being sent to it.
 */
public final class Outbox {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private final Outage outage = new Outage(LOG, "the outbox cannot be read");

    /** How long a stop waits for mails being sent; the others are sent again after the next start. */
    private static final Duration LAST_WAIT = Duration.ofSeconds(2);

    private static final Duration FORGOTTEN_AFTER = Duration.ofDays(7);

    private final Vertx vertx;
    private final OutboxStore store;
    private final Notices notices;
    private final MailSettings settings;
    private final Links links;
    private final MailWriter writer;
    private final SmtpSender sender;
    private final RetryPolicy policy;
    private final Clock clock;

    private volatile @Nullable Context context;
    private final Map<String, Future<Void>> inFlight = new HashMap<>();
    /** Mails accepted by the server that are still in the table because the database failed: never to be sent again. */
    private final Set<String> delivered = new HashSet<>();

    private long timer;
    private Future<Void> claim = Future.succeededFuture();
    private boolean wokenMeanwhile;

    Outbox(
            Vertx vertx,
            OutboxStore store,
            Notices notices,
            MailSettings settings,
            Links links,
            MailWriter writer,
            SmtpSender sender,
            RetryPolicy policy,
            Clock clock) {
        this.vertx = vertx;
        this.store = store;
        this.notices = notices;
        this.settings = settings;
        this.links = links;
        this.writer = writer;
        this.sender = sender;
        this.policy = policy;
        this.clock = clock;
    }

    /** Starts to send, on the caller's context. */
    public void start() {
        context = vertx.getOrCreateContext();
        timer = vertx.setPeriodic(policy.tick().toMillis(), tick -> round());
        wake();
    }

    /** Called on any thread after the commit of a transaction that queued a mail. Does nothing before the start. */
    public void wake() {
        Context home = context;
        if (home != null) {
            home.runOnContext(woken -> round());
        }
    }

    /** Starts no further try and waits briefly for the running ones. */
    public Future<Void> stop() {
        Context home = context;
        if (home == null) {
            return Future.succeededFuture();
        }
        context = null;
        Promise<Void> ended = Promise.promise();
        home.runOnContext(last -> {
            vertx.cancelTimer(timer);
            claim.transform(claimed -> Future.join(List.copyOf(inFlight.values())))
                    .<Void>mapEmpty()
                    .onComplete(ended);
        });
        return ended.future()
                .timeout(LAST_WAIT.toMillis(), TimeUnit.MILLISECONDS)
                .otherwiseEmpty();
    }

    private void round() {
        if (!claim.isComplete()) {
            wokenMeanwhile = true;
            return;
        }
        int free = policy.parallel() - inFlight.size();
        // Each finished mail starts a round, so that none is missed when all slots are taken.
        if (context == null || free <= 0 || !links.known()) {
            return;
        }
        claim = begin(free);
        outage.watch(claim).onComplete(done -> {
            if (wokenMeanwhile) {
                wokenMeanwhile = false;
                round();
            }
        });
    }

    private Future<Void> begin(int free) {
        long now = clock.millis();
        return store.tidy(now, now - FORGOTTEN_AFTER.toMillis())
                .compose(tidy -> settings.effective())
                .compose(config -> notices.queue(config.isOn()).map(config))
                .compose(config -> config.isOn()
                        ? store.claim(now, now + policy.lease().toMillis(), free)
                                .onSuccess(mails -> mails.forEach(mail -> take(config, mail)))
                                .mapEmpty()
                        : Future.succeededFuture());
    }

    private void take(MailConfig config, QueuedMail mail) {
        if (context == null) {
            return; // Stopped meanwhile: the mail is due again when its lease ends.
        }
        String id = mail.mail().id();
        Future<Void> done = attempt(config, mail)
                .transform(sent -> sent.succeeded() ? delivered(id) : undelivered(config, mail, sent.cause()))
                .onFailure(failure -> LOG.warn("mail {}: its state cannot be written: {}", id, failure.getMessage()));
        inFlight.put(id, done);
        done.onComplete(ended -> {
            inFlight.remove(id);
            round();
        });
    }

    private Future<Void> attempt(MailConfig config, QueuedMail mail) {
        if (delivered.contains(mail.mail().id())) {
            return Future.succeededFuture();
        }
        if (!mail.readable()) {
            return Future.failedFuture(new UnsendableException("secret.key does not open it"));
        }
        Message message;
        try {
            message = writer.write(mail.mail());
        } catch (RuntimeException cannotBeWritten) {
            return Future.failedFuture(
                    new UnsendableException(cannotBeWritten.getClass().getSimpleName()));
        }
        return sender.send(config, message);
    }

    private Future<Void> delivered(String id) {
        delivered.add(id);
        return store.delete(id).onSuccess(gone -> delivered.remove(id));
    }

    private Future<Void> undelivered(MailConfig config, QueuedMail mail, Throwable failure) {
        String id = mail.mail().id();
        String reason = SmtpFailure.describe(failure);
        String error = SmtpFailure.reason(failure, config).line();
        var next = policy.nextTry(mail, clock.millis());
        if (failure instanceof UnsendableException || next.isEmpty()) {
            LOG.warn(
                    "mail {} ({}) is given up after {} tries: {}",
                    id,
                    mail.mail().kind(),
                    mail.attempts(),
                    reason);
            return store.fail(id, error);
        }
        LOG.warn("mail {} ({}) was not sent by try {}: {}", id, mail.mail().kind(), mail.attempts(), reason);
        return store.postpone(id, next.getAsLong(), error);
    }
}
