package io.verstak.server.account;

/**
 * A session that a request came with.
 *
 * @param tokenHash by which the server knows it
 * @param id to name it to people
 * @param owner a user's id, or an administrator's name in lower case
 */
public record SessionIdentity(String tokenHash, String id, String owner) {}
