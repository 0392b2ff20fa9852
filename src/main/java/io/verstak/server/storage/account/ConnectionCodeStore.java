package io.verstak.server.storage.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Codes that connect a desktop, by their hashes. A code is valid until it has connected a device, it expires, or its user gets another
 * password or is blocked.
 */
public final class ConnectionCodeStore {
    /** The most valid codes of a user; a new one replaces the oldest. */
    static final int MOST = 10;

    private static final String VALID = """
             FROM connection_codes c JOIN users u ON u.id = c.user_id AND u.epoch = c.epoch AND u.blocked = 0
            WHERE c.code_hash = ? AND c.expires_at > ?""";

    private final Database database;

    /**
     * A code to be added.
     *
     * @param vaultId the vault that it connects to; null: one that the user does not have yet
     * @param scopeId the shared vault that it connects to; null: an own one
     * @param expiresAt milliseconds since the epoch
     */
    public record NewCode(
            String hash,
            String userId,
            @Nullable String vaultId,
            @Nullable Long scopeId,
            long createdAt,
            long expiresAt) {}

    public ConnectionCodeStore(Database database) {
        this.database = database;
    }

    /** Adds a code. Refuses with {@code UNAUTHORIZED} when the user is blocked or deleted. */
    public Future<Void> add(NewCode code, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        """
                        INSERT INTO connection_codes (code_hash, user_id, epoch, vault_id, scope_id, created_at, expires_at)
                        SELECT CAST(? AS TEXT), id, epoch, CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS BIGINT),
                          CAST(? AS BIGINT)
                        FROM users WHERE id = ? AND blocked = 0""",
                        code.hash(),
                        code.vaultId(),
                        code.scopeId(),
                        code.createdAt(),
                        code.expiresAt(),
                        code.userId())
                .compose(added -> added == 1 ? Future.succeededFuture() : ErrorCode.UNAUTHORIZED.refuse())
                .compose(added -> Rows.run(connection, """
                        DELETE FROM connection_codes WHERE user_id = ? AND code_hash NOT IN (SELECT code_hash
                          FROM connection_codes WHERE user_id = ? ORDER BY created_at DESC, code_hash LIMIT ?)""", code.userId(), code.userId(), MOST))
                .compose(bounded -> AuditStore.add(connection, audit)));
    }

    /** Returns the id of the user whose valid code has this hash. */
    public Future<Optional<String>> owner(String hash, long now) {
        return database.first("SELECT c.user_id" + VALID, row -> row.getString("user_id"), hash, now);
    }

    /** Redeems a code for something that concerns no vault. Returns false when it is not valid any more. */
    public Future<Boolean> redeem(String hash) {
        return database.write(connection -> delete(connection, hash));
    }

    /**
     * Redeems a code for a device of a vault, before its scope is added. Refuses with {@code UNAUTHORIZED} when it is not valid any more, and
     * with {@code FORBIDDEN} when it is for another vault; it stays valid then, since the transaction is undone.
     *
     * @return the shared vault that it is for; empty: an own one
     */
    static Future<Optional<Long>> redeem(SqlConnection connection, String hash, DeviceStore.NewDevice device) {
        return Rows.first(
                        connection,
                        "SELECT c.vault_id, c.scope_id,"
                                + " (SELECT COUNT(*) FROM scopes s WHERE s.user_id = c.user_id AND s.vault_id = ?) AS known"
                                + VALID,
                        row -> new Redeemed(
                                admits(row.getString("vault_id"), device.vaultId(), row.getLong("known") > 0),
                                Optional.ofNullable(row.getLong("scope_id"))),
                        device.vaultId(),
                        hash,
                        device.now())
                .map(found -> found.orElse(new Redeemed(Optional.of(Message.WRONG_LOGIN), Optional.empty())))
                .compose(code -> code.refusal()
                        .map(Message::<Boolean>refuse)
                        .orElseGet(() -> delete(connection, hash))
                        .compose(deleted ->
                                deleted ? Future.succeededFuture(code.scopeId()) : Message.WRONG_LOGIN.refuse()));
    }

    private record Redeemed(Optional<Message> refusal, Optional<Long> scopeId) {}

    private static Optional<Message> admits(@Nullable String codeVault, String vaultId, boolean known) {
        if (codeVault == null) {
            return known ? Optional.of(Message.CODE_FOR_NEW_VAULT) : Optional.empty();
        }
        return codeVault.equals(vaultId) ? Optional.empty() : Optional.of(Message.CODE_FOR_ANOTHER_VAULT);
    }

    private static Future<Boolean> delete(SqlConnection connection, String hash) {
        return Rows.update(connection, "DELETE FROM connection_codes WHERE code_hash = ?", hash)
                .map(deleted -> deleted == 1);
    }

    static Future<Void> deleteAll(SqlConnection connection, String userId) {
        return Rows.run(connection, "DELETE FROM connection_codes WHERE user_id = ?", userId);
    }
}
