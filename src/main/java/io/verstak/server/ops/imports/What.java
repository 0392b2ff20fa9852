package io.verstak.server.ops.imports;

import java.util.Locale;

/** The entities that an import counts. */
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

    /** Returns the word for scripts. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the words for people. */
    public String text() {
        return key().replace('_', ' ').replace("email", "e-mail");
    }
}
