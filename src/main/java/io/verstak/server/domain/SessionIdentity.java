package io.verstak.server.domain;

/**
 * The session of a request.
 *
 * @param tokenHash by which the server finds it
 * @param id shown to people
 * @param owner a user's id, or an administrator's name in lower case
 * @param confirmedAt when the person last proved who it is, in milliseconds since the epoch
 * @param enrols whether the session may do nothing but set up the second factor that the policy asks for
 * @param userAgent of the browser that signed in
 */
public record SessionIdentity(
        String tokenHash, String id, String owner, long confirmedAt, boolean enrols, String userAgent) {}
