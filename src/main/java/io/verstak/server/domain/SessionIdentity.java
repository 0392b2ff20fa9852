package io.verstak.server.domain;

import java.time.Duration;

/**
 * The session of a request.
 *
 * @param tokenHash by which the server finds it
 * @param id shown to people
 * @param owner a user's id, or an administrator's name in lower case
 * @param administrator whether it is an administrator's
 * @param confirmedAt when the person last proved who it is, in milliseconds since the epoch
 * @param enrols whether the session may do nothing but set up the second factor that the policy asks for
 * @param userAgent of the browser that signed in
 */
public record SessionIdentity(
        String tokenHash,
        String id,
        String owner,
        boolean administrator,
        long confirmedAt,
        boolean enrols,
        String userAgent) {

    /** How long a proof of who the person is holds. */
    public static final Duration CONFIRMED_FOR = Duration.ofMinutes(10);

    /** By how much the clocks of two nodes may differ. */
    private static final Duration CLOCKS = Duration.ofMinutes(1);

    /**
     * Returns whether the person has proved a short time ago who it is. A confirmation from the future, after a clock went back, does
     * not count.
     *
     * @param now milliseconds since the epoch
     */
    public boolean isConfirmed(long now) {
        long age = now - confirmedAt;
        return age >= -CLOCKS.toMillis() && age < CONFIRMED_FOR.toMillis();
    }

    /**
     * The person at a session, as far as pages need it.
     *
     * @param name with which the person signs in
     * @param administrator whether the session is for the administrators' pages
     * @param confirmed whether forms ask for no proof at present
     * @param hasPassword whether there is a password to enter
     * @param hasCode whether a code of an authenticator app or a recovery code can be entered
     * @param hasPasskey whether there are passkeys
     * @param hasProvider whether the person can sign in by a provider
     */
    public record Person(
            String name,
            boolean administrator,
            boolean confirmed,
            boolean hasPassword,
            boolean hasCode,
            boolean hasPasskey,
            boolean hasProvider) {

        /** Returns whether there is another way to confirm the session than the password. */
        public boolean hasOther() {
            return hasCode || hasPasskey || hasProvider;
        }
    }
}
