package io.verstak.server.domain;

import org.jspecify.annotations.Nullable;

/**
 * An account as its owner sees it. Times are milliseconds since the epoch.
 *
 * @param wantedEmail an address that is not confirmed yet, or null
 * @param language the tag of the language of mails; empty for the server's
 * @param deleteAfter when the account will be deleted, or null
 */
public record Profile(
        String userId,
        String username,
        String email,
        @Nullable String wantedEmail,
        String language,
        @Nullable Long deleteAfter,
        long createdAt) {}
