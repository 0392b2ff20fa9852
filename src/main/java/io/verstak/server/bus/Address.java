package io.verstak.server.bus;

/**
 * An address on the event bus that takes requests of type {@code Q} and answers with {@code R}. The feature that serves an
 * address declares it as a constant.
 *
 * @param name unique within the process
 */
@SuppressWarnings("UnusedTypeParameter") // the types bind what is sent to what is served
public record Address<Q, R>(String name) {}
