package io.verstak.server.account.notice;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
import io.verstak.server.storage.SecurityLogStore;
import io.verstak.server.storage.SecurityLogStore.Person;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** Reads a person's own events. */
public final class OwnSecurityLog implements SecurityLog {
    /** How long an event stays on the dashboard of somebody who does not dismiss it. */
    private static final Duration SHOWN = Duration.ofDays(30);

    private static final int MOST_NOTICES = 6;

    private final SecurityLogStore store;
    private final Clock clock;

    public OwnSecurityLog(SecurityLogStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    @Override
    public Future<List<SecurityEvent>> events(SessionIdentity session, Position from, boolean newer, int limit) {
        return person(session).compose(person -> store.list(person, from, newer, limit));
    }

    @Override
    public Future<List<SecurityEvent>> notices(SessionIdentity session) {
        return person(session).compose(person -> store.untold(person, clock.millis() - SHOWN.toMillis(), MOST_NOTICES));
    }

    @Override
    public Future<Void> dismiss(SessionIdentity session, long upTo) {
        return person(session).compose(person -> store.dismiss(person, Math.min(upTo, clock.millis())));
    }

    private Future<Person> person(SessionIdentity session) {
        return store.person(session.administrator(), session.owner());
    }
}
