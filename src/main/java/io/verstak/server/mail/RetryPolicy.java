package io.verstak.server.mail;

import io.verstak.server.storage.mail.QueuedMail;
import java.time.Duration;
import java.util.OptionalLong;

/**
 * The schedule of attempts to send a mail.
 *
 * @param tick how often the outbox looks for mails that are due
 * @param firstDelay between the first try and the second; doubled with each further one
 * @param longestDelay the limit of the delay
 * @param giveUp how long after the first try a mail is given up
 * @param lease how long a mail being sent is reserved for its sender; longer than a try can take, and no longer than a
 *     mail may wait after its process died
 * @param parallel mails sent at once
 */
record RetryPolicy(
        Duration tick, Duration firstDelay, Duration longestDelay, Duration giveUp, Duration lease, int parallel) {
    /** Together with the tick, the first delay and the lease both end within 30 s. */
    static final RetryPolicy DEFAULT = new RetryPolicy(
            Duration.ofSeconds(5),
            Duration.ofSeconds(15),
            Duration.ofHours(4),
            Duration.ofHours(24),
            Duration.ofSeconds(24),
            4);

    private static final int MOST_DOUBLINGS = 30;

    /** Returns when to try a failed mail again, in milliseconds since the epoch; empty for never. */
    OptionalLong nextTry(QueuedMail mail, long now) {
        int doublings = Math.min(mail.attempts() - 1, MOST_DOUBLINGS);
        long next = now + Math.min(firstDelay.toMillis() << doublings, longestDelay.toMillis());
        long end = Math.min(mail.firstTry() + giveUp.toMillis(), mail.mail().expiresAt());
        return next < end ? OptionalLong.of(next) : OptionalLong.empty();
    }
}
