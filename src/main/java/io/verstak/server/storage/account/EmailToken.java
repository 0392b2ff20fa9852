package io.verstak.server.storage.account;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/**
 * A mailed token, by its hash. It works once and until it expires, and a new one of the same purpose invalidates it.
 *
 * @param email the address that it was sent to and therefore proves
 * @param expiresAt milliseconds since the epoch
 */
public record EmailToken(String tokenHash, Purpose purpose, String userId, String email, long expiresAt) {

    /** The purpose of a token. */
    public enum Purpose {
        CONFIRM("confirm"),
        RESET("reset"),
        /** The address becomes the user's. */
        CHANGE("change"),
        /** Cancels the deletion of the account. */
        KEEP("keep");

        private final String key;

        Purpose(String key) {
            this.key = key;
        }

        public String key() {
            return key;
        }
    }

    /** Replaces the token of this purpose and user. */
    Future<Void> replace(SqlConnection connection) {
        return connection
                .preparedQuery("""
                        INSERT INTO email_tokens (user_id, purpose, token_hash, email, expires_at)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (user_id, purpose) DO UPDATE SET token_hash = excluded.token_hash,
                          email = excluded.email, expires_at = excluded.expires_at""")
                .execute(Tuple.of(userId, purpose.key, tokenHash, email, expiresAt))
                .mapEmpty();
    }

    static Future<Optional<EmailToken>> find(SqlConnection connection, Purpose purpose, String tokenHash, long now) {
        return connection
                .preparedQuery("SELECT user_id, email, expires_at FROM email_tokens"
                        + " WHERE token_hash = ? AND purpose = ? AND expires_at > ?")
                .execute(Tuple.of(tokenHash, purpose.key, now))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(token(purpose, tokenHash, rows.iterator().next())));
    }

    /** Redeems and returns the token; of many concurrent callers, one gets it. */
    static Future<Optional<EmailToken>> consume(SqlConnection connection, Purpose purpose, String tokenHash, long now) {
        return find(connection, purpose, tokenHash, now)
                .compose(found -> connection
                        .preparedQuery(
                                "DELETE FROM email_tokens WHERE token_hash = ? AND purpose = ? AND expires_at > ?")
                        .execute(Tuple.of(tokenHash, purpose.key, now))
                        .map(deleted -> deleted.rowCount() == 1 ? found : Optional.empty()));
    }

    /** Invalidates a user's tokens of one purpose. */
    static Future<Void> delete(SqlConnection connection, String userId, Purpose purpose) {
        return connection
                .preparedQuery("DELETE FROM email_tokens WHERE user_id = ? AND purpose = ?")
                .execute(Tuple.of(userId, purpose.key))
                .mapEmpty();
    }

    /** Invalidates the tokens mailed under an old password, except the one that cancels a deletion. */
    static Future<Void> deleteGranted(SqlConnection connection, String userId) {
        return connection
                .preparedQuery("DELETE FROM email_tokens WHERE user_id = ? AND purpose <> ?")
                .execute(Tuple.of(userId, Purpose.KEEP.key))
                .mapEmpty();
    }

    /** Invalidates all tokens of a user. */
    static Future<Void> deleteAll(SqlConnection connection, String userId) {
        return connection
                .preparedQuery("DELETE FROM email_tokens WHERE user_id = ?")
                .execute(Tuple.of(userId))
                .mapEmpty();
    }

    private static EmailToken token(Purpose purpose, String tokenHash, Row row) {
        return new EmailToken(
                tokenHash, purpose, row.getString("user_id"), row.getString("email"), row.getLong("expires_at"));
    }
}
