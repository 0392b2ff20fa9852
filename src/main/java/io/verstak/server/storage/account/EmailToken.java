package io.verstak.server.storage.account;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
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
        String sql = """
                        INSERT INTO email_tokens (user_id, purpose, token_hash, email, expires_at)
                        VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (user_id, purpose) DO UPDATE SET token_hash = excluded.token_hash,
                          email = excluded.email, expires_at = excluded.expires_at""";
        return Rows.run(connection, sql, userId, purpose.key, tokenHash, email, expiresAt);
    }

    static Future<Optional<EmailToken>> find(SqlConnection connection, Purpose purpose, String tokenHash, long now) {
        return Rows.first(
                connection,
                "SELECT user_id, email, expires_at FROM email_tokens"
                        + " WHERE token_hash = ? AND purpose = ? AND expires_at > ?",
                row -> token(purpose, tokenHash, row),
                tokenHash,
                purpose.key,
                now);
    }

    /** Returns whether {@link #consume} would return this token now. */
    public static Future<Boolean> isValid(Database database, Purpose purpose, String tokenHash, long now) {
        return database.read(connection -> find(connection, purpose, tokenHash, now))
                .map(Optional::isPresent);
    }

    /** Redeems and returns the token; of many concurrent callers, one gets it. */
    static Future<Optional<EmailToken>> consume(SqlConnection connection, Purpose purpose, String tokenHash, long now) {
        return find(connection, purpose, tokenHash, now)
                .compose(found -> Rows.update(
                                connection,
                                "DELETE FROM email_tokens WHERE token_hash = ? AND purpose = ? AND expires_at > ?",
                                tokenHash,
                                purpose.key,
                                now)
                        .map(deleted -> deleted == 1 ? found : Optional.empty()));
    }

    /** Invalidates a user's tokens of one purpose. */
    static Future<Void> delete(SqlConnection connection, String userId, Purpose purpose) {
        return Rows.run(connection, "DELETE FROM email_tokens WHERE user_id = ? AND purpose = ?", userId, purpose.key);
    }

    /** Invalidates the tokens mailed under an old password, except the one that cancels a deletion. */
    static Future<Void> deleteGranted(SqlConnection connection, String userId) {
        return Rows.run(
                connection, "DELETE FROM email_tokens WHERE user_id = ? AND purpose <> ?", userId, Purpose.KEEP.key);
    }

    /** Invalidates all tokens of a user. */
    static Future<Void> deleteAll(SqlConnection connection, String userId) {
        return Rows.run(connection, "DELETE FROM email_tokens WHERE user_id = ?", userId);
    }

    private static EmailToken token(Purpose purpose, String tokenHash, Row row) {
        return new EmailToken(
                tokenHash, purpose, row.getString("user_id"), row.getString("email"), row.getLong("expires_at"));
    }
}
