package io.verstak.server.mail;

import io.verstak.server.storage.QueuedMail;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * When a mail is tried, and tried again.
 *
 * @param tick how often the outbox looks for mails whose turn has come
 * @param firstDelay between the first try and the second; doubled with each further one
 * @param longestDelay the most that the delay grows to
 * @param giveUp after the first try
 * @param lease how long a mail that is being sent is nobody else's; longer than a try can take, and no longer than a mail
 *     may wait that was being sent when the process died
 * @param parallel mails sent at once
 */
record RetryPolicy(
        Duration tick, Duration firstDelay, Duration longestDelay, Duration giveUp, Duration lease, int parallel) {
    /** With the tick, both the first delay and the lease end within 30 s. */
    static final RetryPolicy DEFAULT = new RetryPolicy(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofHours(4),
            Duration.ofHours(24),
            Duration.ofSeconds(24),
            4);

    private static final int MOST_DOUBLINGS = 30;

    /** When to try a mail again whose try has just failed; empty: never. Milliseconds since the epoch. */
    OptionalLong nextTry(QueuedMail mail, long now) {
        int doublings = Math.min(mail.attempts() - 1, MOST_DOUBLINGS);
        long next = now + Math.min(firstDelay.toMillis() << doublings, longestDelay.toMillis());
        long end = Math.min(mail.firstTry() + giveUp.toMillis(), mail.mail().expiresAt());
        return next < end ? OptionalLong.of(next) : OptionalLong.empty();
    }
}
