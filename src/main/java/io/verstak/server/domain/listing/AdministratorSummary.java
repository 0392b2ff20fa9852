package io.verstak.server.domain.listing;

import org.jspecify.annotations.Nullable;

/**
 * An administrator in a list. Times are milliseconds since the epoch.
 *
 * @param key the name in lower case, by which sessions refer to their owner
 * @param lastSeen when they last signed in, or null
 * @param blocked whether they cannot sign in, since their user account is blocked
 * @param secondFactor whether an authenticator app or a passkey is set up
 * @param userId of their user account; empty: none
 * @param granted whether a group at a provider is why they administer the server
 */
public record AdministratorSummary(
        String key,
        String username,
        long createdAt,
        @Nullable Long lastSeen,
        boolean blocked,
        boolean secondFactor,
        String userId,
        String userName,
        boolean granted) {}
