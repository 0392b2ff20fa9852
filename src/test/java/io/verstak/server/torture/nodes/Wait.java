package io.verstak.server.torture.nodes;

/**
 * A time in which a client had the log up to a cursor, and waited for more.
 *
 * @param from when it began to wait, by {@link System#nanoTime}
 * @param until when it was answered, or its connection broke
 */
record Wait(String scope, long cursor, long from, long until) {}
