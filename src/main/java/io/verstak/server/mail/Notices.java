package io.verstak.server.mail;

import io.verstak.server.storage.mail.NewMail;
import io.verstak.server.storage.mail.NoticeStore;
import io.verstak.server.storage.mail.NoticeStore.Notice;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Queues the mails about events of accounts. Safe for any thread. */
final class Notices {
    private static final Logger LOG = LoggerFactory.getLogger(Notices.class);

    private final NoticeStore store;
    private final Mails mails;
    private final Clock clock;

    Notices(NoticeStore store, Mails mails, Clock clock) {
        this.store = store;
        this.mails = mails;
        this.clock = clock;
    }

    /**
     * Queues the mails of all events that are due.
     *
     * @param byMail whether a mail server is set; if not, the events stand on the pages only, and fill no outbox
     */
    Future<Void> queue(boolean byMail) {
        return store.queue(clock.millis(), byMail, this::mail)
                .compose(more -> more ? queue(byMail) : Future.succeededFuture());
    }

    private Optional<NewMail> mail(Notice event) {
        try {
            return Optional.of(mails.event(mails.recipient(event.email(), event.language()), event));
        } catch (IllegalArgumentException notAnAddress) {
            LOG.warn("a user has an imported address that no mail can be sent to: {}", event.type());
            return Optional.empty();
        }
    }
}
