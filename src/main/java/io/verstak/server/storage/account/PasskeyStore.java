package io.verstak.server.storage.account;

import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores passkeys, and the challenges that were answered. */
public final class PasskeyStore {
    /** The most passkeys of one owner. */
    public static final int MOST = 20;

    private static final String COLUMNS =
            "credential_id, realm, owner, user_handle, name, credential, sign_count, created_at, last_used_at";

    private final Database database;

    /**
     * A passkey. Times are milliseconds since the epoch.
     *
     * @param credentialId by which browsers and authenticators name it: base64url
     * @param userHandle by which authenticators name its owner: base64url, random, the same for all passkeys of an owner
     * @param credential what the verifier needs: JSON
     * @param signCount as the authenticator last counted; 0: it does not count
     */
    public record Passkey(
            String credentialId,
            FactorOwner owner,
            String userHandle,
            String name,
            String credential,
            long signCount,
            long createdAt,
            @Nullable Long lastUsedAt) {}

    /** A challenge that was answered, by its hash, until it would have expired, in milliseconds since the epoch. */
    public record UsedChallenge(String hash, long expiresAt) {}

    public PasskeyStore(Database database) {
        this.database = database;
    }

    /** Returns the owner's passkeys, the oldest first. */
    public Future<List<Passkey>> list(FactorOwner owner) {
        return database.list(
                "SELECT " + COLUMNS + " FROM passkeys WHERE realm = ? AND owner = ? ORDER BY created_at, credential_id",
                PasskeyStore::passkey,
                owner.realm().key(),
                owner.key());
    }

    public Future<Optional<Passkey>> find(String credentialId) {
        return database.first(
                "SELECT " + COLUMNS + " FROM passkeys WHERE credential_id = ?", PasskeyStore::passkey, credentialId);
    }

    /** Returns whether the owner has a passkey. */
    public Future<Boolean> any(FactorOwner owner) {
        return database.exist(
                "SELECT 1 FROM passkeys WHERE realm = ? AND owner = ? LIMIT 1",
                owner.realm().key(),
                owner.key());
    }

    /**
     * Adds a passkey. Refuses with {@code INVALID_REQUEST} when the challenge was answered before, and with {@code CONFLICT} when the
     * credential is known, or the owner has {@value #MOST} already. Refuses with {@code UNAVAILABLE} while nodes of an older release serve.
     *
     * @param sessions that may do everything from then on; see {@link SessionStore#endEnrolment}
     * @param recoveryCodes hashes, for who has none
     * @return whether the recovery codes were stored
     */
    public Future<Boolean> add(
            Passkey passkey,
            UsedChallenge challenge,
            List<String> sessions,
            List<String> recoveryCodes,
            AuditEntry audit) {
        return database.write(connection -> add(connection, passkey, challenge, recoveryCodes, audit)
                .compose(stored -> SessionStore.endEnrolment(connection, passkey.owner(), sessions)
                        .map(stored)));
    }

    static Future<Boolean> add(
            SqlConnection connection,
            Passkey passkey,
            UsedChallenge challenge,
            List<String> recoveryCodes,
            AuditEntry audit) {
        FactorOwner owner = passkey.owner();
        return NodeStore.requireAllSince(connection, TotpStore.SINCE)
                .compose(all -> use(connection, challenge))
                .compose(used -> Rows.only(
                        connection,
                        "SELECT COUNT(*) AS n FROM passkeys WHERE realm = ? AND owner = ?",
                        row -> row.getLong("n"),
                        owner.realm().key(),
                        owner.key()))
                .compose(count -> count < MOST
                        ? Rows.update(
                                connection,
                                "INSERT INTO passkeys (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                                        + " ON CONFLICT DO NOTHING",
                                passkey.credentialId(),
                                owner.realm().key(),
                                owner.key(),
                                passkey.userHandle(),
                                passkey.name(),
                                passkey.credential(),
                                passkey.signCount(),
                                passkey.createdAt(),
                                passkey.lastUsedAt())
                        : Message.TOO_MANY_PASSKEYS.refuse())
                .compose(added -> added == 1 ? Future.succeededFuture() : Message.PASSKEY_KNOWN.refuse())
                .compose(added -> AuditStore.add(connection, audit))
                .compose(noted -> addCodes(connection, owner, recoveryCodes));
    }

    private static Future<Boolean> addCodes(SqlConnection connection, FactorOwner owner, List<String> hashes) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM recovery_codes WHERE realm = ? AND owner = ?",
                        owner.realm().key(),
                        owner.key())
                .compose(has -> has
                        ? Future.succeededFuture(false)
                        : TotpStore.replaceCodes(connection, owner, hashes).map(true));
    }

    /**
     * Records that a passkey has answered a challenge. Refuses with {@code INVALID_REQUEST} when the challenge was answered before.
     *
     * @return false when the authenticator's count is not above the last one: the passkey may have been copied
     */
    public Future<Boolean> use(Passkey passkey, long signCount, UsedChallenge challenge, long now) {
        return database.write(connection -> use(connection, challenge)
                .compose(used -> Rows.update(
                        connection,
                        "UPDATE passkeys SET sign_count = ?, last_used_at = ? WHERE credential_id = ?"
                                + " AND (sign_count < ? OR (sign_count = 0 AND CAST(? AS BIGINT) = 0))",
                        signCount,
                        now,
                        passkey.credentialId(),
                        signCount,
                        signCount))
                .map(counted -> counted == 1));
    }

    private static Future<Void> use(SqlConnection connection, UsedChallenge challenge) {
        return Rows.update(
                        connection,
                        "INSERT INTO used_challenges (challenge_hash, expires_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                        challenge.hash(),
                        challenge.expiresAt())
                .compose(first -> first == 1 ? Future.succeededFuture() : Message.PASSKEY_EXPIRED.refuse());
    }

    /** Renames an owner's passkey. Fails with {@code NOT_FOUND} if there is none. */
    public Future<Void> rename(FactorOwner owner, String credentialId, String name, AuditEntry audit) {
        return change(
                audit,
                "UPDATE passkeys SET name = ? WHERE realm = ? AND owner = ? AND credential_id = ?",
                name,
                owner.realm().key(),
                owner.key(),
                credentialId);
    }

    /**
     * Removes an owner's passkey. Fails with {@code NOT_FOUND} if there is none, and refuses with {@code CONFLICT} to remove the last one of a
     * user without a password and another way to sign in. Recovery codes go with the last factor.
     *
     * @param asked whether sessions must set up another factor if none is left
     */
    public Future<Void> remove(FactorOwner owner, String credentialId, boolean asked, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM passkeys WHERE realm = ? AND owner = ? AND credential_id = ?",
                        owner.realm().key(),
                        owner.key(),
                        credentialId)
                .compose(PasskeyStore::requireOne)
                .compose(removed -> Rows.exist(connection, """
                        SELECT 1 FROM users u WHERE u.id = ? AND u.password_hash = ''
                          AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.realm = 'user' AND p.owner = u.id)
                          AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id)""", owner.key()))
                .compose(lockedOut -> lockedOut ? Message.LAST_PASSKEY.refuse() : anyFactor(connection, owner))
                .compose(others -> others ? Future.succeededFuture() : endFactors(connection, owner, asked))
                .compose(removed -> AuditStore.add(connection, audit)));
    }

    private static Future<Boolean> anyFactor(SqlConnection connection, FactorOwner owner) {
        String of = " WHERE realm = ? AND owner = ?";
        return Rows.exist(
                connection,
                "SELECT 1 FROM totp_secrets" + of + " UNION ALL SELECT 1 FROM passkeys" + of,
                owner.realm().key(),
                owner.key(),
                owner.realm().key(),
                owner.key());
    }

    private static Future<Void> endFactors(SqlConnection connection, FactorOwner owner, boolean asked) {
        return Rows.run(
                        connection,
                        "DELETE FROM recovery_codes WHERE realm = ? AND owner = ?",
                        owner.realm().key(),
                        owner.key())
                .compose(deleted -> asked ? SessionStore.beginEnrolment(connection, owner) : Future.succeededFuture());
    }

    /**
     * Removes the password of a user with a passkey, and ends everything granted under it but one session and devices. Refuses with {@code
     * CONFLICT} if there is no passkey, or the user is an administrator.
     */
    public Future<Void> removePassword(String userId, String keptSession, AuditEntry audit) {
        return database.write(connection -> Rows.update(connection, """
                        UPDATE users SET password_hash = '', epoch = epoch + 1 WHERE id = ? AND password_hash <> ''
                          AND EXISTS (SELECT 1 FROM passkeys p WHERE p.realm = 'user' AND p.owner = users.id)
                          AND NOT EXISTS (SELECT 1 FROM administrators a WHERE a.user_id = users.id)""", userId)
                .compose(removed -> removed == 1 ? Future.succeededFuture() : Message.PASSKEY_NEEDED.refuse())
                .compose(removed -> SessionStore.deleteOthers(connection, Realm.USER, userId, keptSession))
                .compose(ended -> EmailToken.deleteGranted(connection, userId))
                .compose(voided -> AuditStore.add(connection, audit))
                .compose(noted -> InvalidationCounter.increment(connection, userId)));
    }

    private Future<Void> change(AuditEntry audit, String sql, Object... values) {
        return database.write(connection -> Rows.update(connection, sql, values)
                .compose(PasskeyStore::requireOne)
                .compose(changed -> AuditStore.add(connection, audit)));
    }

    private static Future<Void> requireOne(int changed) {
        return changed == 1 ? Future.succeededFuture() : Message.PASSKEY_NOT_FOUND.refuse();
    }

    private static Passkey passkey(Row row) {
        String realm = row.getString("realm");
        return new Passkey(
                row.getString("credential_id"),
                new FactorOwner(
                        realm.equals(Realm.USER.key()) ? Realm.USER : Realm.ADMINISTRATOR, row.getString("owner")),
                row.getString("user_handle"),
                row.getString("name"),
                row.getString("credential"),
                row.getLong("sign_count"),
                row.getLong("created_at"),
                row.getLong("last_used_at"));
    }
}
