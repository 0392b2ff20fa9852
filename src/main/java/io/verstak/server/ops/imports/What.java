package io.verstak.server.ops.imports;

import java.util.Locale;

/** What an import counts. */
public enum What {
    USERS,
    ADMINISTRATORS,
    DEVICES,
    OPERATIONS,
    TOMBSTONES,
    BLOBS,
    BLOB_REFERENCES,
    EMAIL_TOKENS,
    SESSIONS,
    AUDIT_EVENTS,
    MAIL_SETTINGS,
    SETTINGS,
    IDEMPOTENCY_KEYS,
    REVISIONS,
    OTHER;

    /** The word in the report for scripts. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The words in the report for people. */
    public String text() {
        return key().replace('_', ' ').replace("email", "e-mail");
    }
}
