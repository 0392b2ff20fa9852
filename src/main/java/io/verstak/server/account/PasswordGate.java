package io.verstak.server.account;

/**
 * What a password check passes through: usually the attempt limits of {@link PasswordThrottle}.
 *
 * <p>{@link #enter} is asked twice, by the caller's thread before the attempt takes a place in the queue and again by the
 * hashing thread right before it hashes; the outcome is told on that thread before it takes up the next attempt. So of a
 * hundred guesses sent at once only as many are checked as the limit allows (and at most one more per further hashing
 * thread), while a hundred right passwords sent at once all pass.
 */
public interface PasswordGate {
    /** Lets everything pass: for those who are past the limits already. */
    PasswordGate OPEN = new PasswordGate() {
        @Override
        public void enter() {}

        @Override
        public void failed() {}

        @Override
        public void succeeded() {}
    };

    /** Throws {@link io.verstak.server.error.ErrorCode#RATE_LIMITED} when the attempt may not be made now. Counts nothing. */
    void enter();

    /** The password was wrong, or there was no such account. */
    void failed();

    /** The password was right. */
    void succeeded();
}
