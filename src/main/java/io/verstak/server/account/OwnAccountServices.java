package io.verstak.server.account;

/** What serves {@link OwnAccount}. */
record OwnAccountServices(
        Profiles profiles, Devices devices, UserSessions sessions, EmailChanges emails, Deletions deletions) {}
