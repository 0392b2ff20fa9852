package io.verstak.server.bus;

/**
 * A place on the event bus that takes requests of type {@code Q} and answers with {@code R}. Addresses are constants of
 * the feature that serves them.
 *
 * @param name unique within the process
 */
@SuppressWarnings("UnusedTypeParameter") // the types bind what is sent to what is served
public record Address<Q, R>(String name) {}
