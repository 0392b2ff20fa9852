package io.verstak.server.account.provider;

import java.util.Optional;
import java.util.Set;

/**
 * What a checked ID token says of a person.
 *
 * @param subject names the person at this issuer for good
 * @param username a wish, as the configured claim has it
 * @param email empty: not said
 * @param emailVerified whether the provider says that the address is the person's
 * @param authenticatedAt when the person signed in at the provider, in milliseconds since the epoch
 */
record IdClaims(
        String issuer,
        String subject,
        Optional<String> username,
        Optional<String> email,
        boolean emailVerified,
        Set<String> groups,
        Optional<Long> authenticatedAt) {

    /** Without what it says of the person. */
    @Override
    public String toString() {
        return "IdClaims[" + issuer + "]";
    }
}
