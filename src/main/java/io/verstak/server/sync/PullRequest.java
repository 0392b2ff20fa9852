package io.verstak.server.sync;

/** The body of a pull. */
public record PullRequest(long sinceSequence, long pageLimit) {}
