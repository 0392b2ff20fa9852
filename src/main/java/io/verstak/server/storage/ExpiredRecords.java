package io.verstak.server.storage;

import io.vertx.core.Future;

/** Deletes a bounded number of expired rows at a time, so that writers do not wait long. */
public final class ExpiredRecords {
    private final Database database;

    /** A kind of rows that expire, by their expiry or creation time. */
    public enum Kind {
        SESSIONS("sessions", "token_hash", "expires_at"),
        EMAIL_TOKENS("email_tokens", "token_hash", "expires_at"),
        CONNECTION_CODES("connection_codes", "code_hash", "expires_at"),
        USED_CHALLENGES("used_challenges", "challenge_hash", "expires_at"),
        INVITATIONS("invitations", "id", "expires_at"),
        VAULT_INVITATIONS("vault_invitations", "id", "expires_at"),
        SETUP_TOKENS("setup_tokens", "token_hash", "expires_at"),
        IDEMPOTENCY_KEYS("idempotency_keys", "device_id, key", "created_at"),
        AUDIT("audit_log", "id", "created_at"),
        BROWSERS("browsers", "realm, owner, browser_hash", "last_used_at"),
        RATE_BUCKETS("rate_buckets", "limiter, key", "ends_at");

        private final String table;
        private final String key;
        private final String time;

        Kind(String table, String key, String time) {
            this.table = table;
            this.key = key;
            this.time = time;
        }

        private String select() {
            return " FROM %s WHERE %s <= ?".formatted(table, time);
        }

        private String delete() {
            return "DELETE FROM %s WHERE (%s) IN (SELECT %s%s ORDER BY %s LIMIT ?)"
                    .formatted(table, key, key, select(), time);
        }
    }

    public ExpiredRecords(Database database) {
        this.database = database;
    }

    /**
     * Deletes the oldest rows up to a time. Writes nothing when there are none.
     *
     * @param time milliseconds since the epoch
     * @return the number of deleted rows
     */
    public Future<Integer> delete(Kind kind, long time, int most) {
        return database.exist("SELECT 1" + kind.select() + " LIMIT 1", time)
                .compose(found -> found ? database.update(kind.delete(), time, most) : Future.succeededFuture(0));
    }

    /** Returns the number of expired rows. */
    public Future<Long> count(Kind kind, long time) {
        return database.only("SELECT COUNT(*) AS n" + kind.select(), row -> row.getLong("n"), time);
    }
}
