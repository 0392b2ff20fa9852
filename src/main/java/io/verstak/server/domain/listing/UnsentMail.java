package io.verstak.server.domain.listing;

import io.verstak.server.domain.MailFailure;
import org.jspecify.annotations.Nullable;

/**
 * A mail that has not been sent. Times are milliseconds since the epoch.
 *
 * @param nextTry when it is tried again, if it waits
 * @param link empty: the mail has none
 * @param lastFailure null before the first attempt
 */
public record UnsentMail(
        String id,
        String kind,
        String recipient,
        State state,
        int attempts,
        long nextTry,
        long createdAt,
        long expiresAt,
        String link,
        @Nullable MailFailure lastFailure) {

    /** The reason why it has not been sent. */
    public enum State {
        /** It is being sent or waits for its next try. */
        WAITING,
        /** No mail server is set. */
        NO_SERVER,
        /** The server has given it up. */
        FAILED
    }

    /** Without the link. */
    @Override
    public String toString() {
        return "UnsentMail[%s, %s, %s]".formatted(id, kind, state);
    }
}
