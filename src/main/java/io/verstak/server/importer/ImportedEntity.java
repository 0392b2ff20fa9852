package io.verstak.server.importer;

import java.util.Locale;

/** The entities that an import counts. */
public enum ImportedEntity {
    USERS("user"),
    ADMINISTRATORS("administrator"),
    DEVICES("device"),
    OPERATIONS("operation"),
    TOMBSTONES("tombstone"),
    BLOBS("blob"),
    BLOB_REFERENCES("blob reference"),
    EMAIL_TOKENS("e-mail token"),
    SESSIONS("session"),
    AUDIT_EVENTS("audit event"),
    MAIL_SETTINGS("set of mail settings", "sets of mail settings"),
    SETTINGS("setting"),
    IDEMPOTENCY_KEYS("idempotency key"),
    REVISIONS("revision"),
    OTHER("other row");

    private final String one;
    private final String many;

    ImportedEntity(String one) {
        this(one, one + "s");
    }

    ImportedEntity(String one, String many) {
        this.one = one;
        this.many = many;
    }

    /** Returns the word for scripts. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the words for people: {@code 1 device}, {@code 2 devices}. */
    public String count(long count) {
        return count + " " + (count == 1 ? one : many);
    }

    /** Returns the words for a table. */
    public String plural() {
        return many;
    }
}
