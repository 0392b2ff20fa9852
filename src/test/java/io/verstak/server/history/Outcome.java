package io.verstak.server.history;

/** How a call ended, as far as its client knows. */
public enum Outcome {
    /** Answered with success. */
    OK,
    /** Refused for good: it must have had no effect. */
    FAIL,
    /** No answer, or one that leaves open whether it had an effect. */
    UNKNOWN
}
