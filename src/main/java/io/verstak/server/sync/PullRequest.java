package io.verstak.server.sync;

/**
 * The body of a pull.
 *
 * @param waitSeconds how long an empty page is held back; 0 answers immediately
 */
public record PullRequest(long sinceSequence, long pageLimit, long waitSeconds) {}
