package io.verstak.server.domain;

/**
 * The person at a session, as far as pages need it.
 *
 * @param name with which the person signs in
 * @param administrator whether the session is for the administrators' pages
 * @param confirmed whether forms ask for no proof at present
 * @param hasPassword whether there is a password to enter
 * @param hasCode whether codes of an authenticator app are set up
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
