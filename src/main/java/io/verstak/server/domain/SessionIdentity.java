package io.verstak.server.domain;

/**
 * The session of a request.
 *
 * @param tokenHash by which the server finds it
 * @param id shown to people
 * @param owner a user's id, or an administrator's name in lower case
 */
public record SessionIdentity(String tokenHash, String id, String owner) {}
