package io.verstak.server.account.notice;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
import io.vertx.core.Future;
import java.util.List;

/**
 * The events of a person's own account, as the audit log has them, for sessions of users and of administrators: a person who is both has one log.
 * May be called on any context; futures complete there. Nothing in it concerns others.
 */
public interface SecurityLog {
    /**
     * Returns events, latest first.
     *
     * @param newer whether the page continues towards the latest events
     */
    Future<List<SecurityEvent>> events(SessionIdentity session, Position from, boolean newer, int limit);

    /** Returns the latest events that the person is told of on the dashboard, until they are dismissed; latest first. */
    Future<List<SecurityEvent>> notices(SessionIdentity session);

    /**
     * Dismisses the notices up to a time.
     *
     * @param upTo in milliseconds since the epoch, of the latest event that was shown
     */
    Future<Void> dismiss(SessionIdentity session, long upTo);
}
