package io.verstak.server.auth.password;

/**
 * The gate of a password check: usually the attempt limits of {@code auth.limit.PasswordThrottle}.
 *
 * <p>{@link #enter} is called twice: by the caller's thread before the attempt is queued, and by the hashing thread
 * right before it hashes. The outcome is reported on that thread before it takes the next attempt. So of a hundred
 * simultaneous guesses only as many are checked as the limit allows (and at most one more per further hashing thread),
 * while a hundred simultaneous right passwords all pass.
 */
public interface PasswordGate {
    /** A gate that admits everything, for callers that have passed the limits. */
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

    /** The second {@link #enter}, on the hashing thread. May block for what other nodes have counted. */
    default void enterToHash() {
        enter();
    }

    /** Records a wrong password or an unknown account. */
    void failed();

    /** Records a right password. */
    void succeeded();
}
