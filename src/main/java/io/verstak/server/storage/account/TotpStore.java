package io.verstak.server.storage.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Stores authenticator apps and recovery codes. No code is accepted twice, by any node. */
public final class TotpStore {
    /** Nodes of an older schema do not ask for second factors. */
    static final int SINCE = 28;

    private static final String OF_OWNER = " WHERE realm = ? AND owner = ?";

    private final Database database;

    /**
     * An authenticator app.
     *
     * @param sealed its secret, as it is stored
     * @param lastStep of the latest code that was accepted
     * @param createdAt milliseconds since the epoch
     */
    public record Totp(String sealed, long lastStep, long createdAt) {
        /** Without the secret. */
        @Override
        public String toString() {
            return "Totp";
        }
    }

    /**
     * What an owner has.
     *
     * @param passkeys how many
     * @param recoveryCodes hashes of the unused ones
     */
    public record Factors(Optional<Totp> totp, long passkeys, Set<String> recoveryCodes) {
        /** Returns whether a right password is not enough. */
        public boolean any() {
            return totp.isPresent() || passkeys > 0;
        }
    }

    public TotpStore(Database database) {
        this.database = database;
    }

    /** Returns whether nothing can be stored, since the database is damaged. */
    public boolean isReadOnly() {
        return database.isDamaged();
    }

    /** Returns whether the owner has an authenticator app or a passkey. */
    public Future<Boolean> any(FactorOwner owner) {
        return database.exist(
                "SELECT 1 FROM totp_secrets" + OF_OWNER + " UNION ALL SELECT 1 FROM passkeys" + OF_OWNER,
                owner.realm().key(),
                owner.key(),
                owner.realm().key(),
                owner.key());
    }

    public Future<Factors> find(FactorOwner owner) {
        Object[] values = {owner.realm().key(), owner.key()};
        Future<Optional<Totp>> totp = database.first(
                "SELECT secret, last_step, created_at FROM totp_secrets" + OF_OWNER,
                row -> new Totp(row.getString("secret"), row.getLong("last_step"), row.getLong("created_at")),
                values);
        Future<Long> passkeys =
                database.only("SELECT COUNT(*) AS n FROM passkeys" + OF_OWNER, row -> row.getLong("n"), values);
        return Future.all(totp, passkeys)
                .compose(read -> database.list(
                        "SELECT code_hash FROM recovery_codes" + OF_OWNER, row -> row.getString("code_hash"), values))
                .map(codes -> new Factors(totp.result(), passkeys.result(), new HashSet<>(codes)));
    }

    /**
     * Adds an authenticator app. Refuses with {@code CONFLICT} if there is one, and with {@code UNAVAILABLE} while nodes of an older
     * release serve.
     *
     * @param recoveryCodes hashes, which replace the ones that are there; empty: these stay
     * @param sessions that may do everything from then on; see {@link SessionStore#endEnrolment}
     */
    public Future<Void> add(
            FactorOwner owner, Totp totp, Collection<String> recoveryCodes, List<String> sessions, AuditEntry audit) {
        return database.write(connection -> NodeStore.requireAllSince(connection, SINCE)
                .compose(all -> Rows.update(
                        connection,
                        """
                        INSERT INTO totp_secrets (realm, owner, secret, last_step, created_at) VALUES (?, ?, ?, ?, ?)
                        ON CONFLICT (realm, owner) DO NOTHING""",
                        owner.realm().key(),
                        owner.key(),
                        totp.sealed(),
                        totp.lastStep(),
                        totp.createdAt()))
                .compose(added -> added == 1 ? Future.succeededFuture() : ErrorCode.CONFLICT.refuse())
                .compose(added -> recoveryCodes.isEmpty()
                        ? Future.succeededFuture()
                        : replaceCodes(connection, owner, recoveryCodes))
                .compose(replaced -> SessionStore.endEnrolment(connection, owner, sessions))
                .compose(ended -> AuditStore.add(connection, audit)));
    }

    /**
     * Uses the code of a step up: that one and all before it.
     *
     * @param sealed the secret that the code was checked with
     * @return false if that step, or a later one, was used already, or the secret is another one now
     */
    public Future<Boolean> use(FactorOwner owner, String sealed, long step) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE totp_secrets SET last_step = ?" + OF_OWNER + " AND secret = ? AND last_step < ?",
                        step,
                        owner.realm().key(),
                        owner.key(),
                        sealed,
                        step)
                .map(used -> used == 1));
    }

    /** Uses a recovery code up. Returns false if the owner does not have it, or not any more. */
    public Future<Boolean> redeem(FactorOwner owner, String codeHash, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM recovery_codes" + OF_OWNER + " AND code_hash = ?",
                        owner.realm().key(),
                        owner.key(),
                        codeHash)
                .compose(deleted ->
                        deleted == 1 ? AuditStore.add(connection, audit).map(true) : Future.succeededFuture(false)));
    }

    /** Replaces all recovery codes by these hashes. */
    public Future<Void> replaceCodes(FactorOwner owner, Collection<String> hashes, AuditEntry audit) {
        return database.write(connection ->
                replaceCodes(connection, owner, hashes).compose(replaced -> AuditStore.add(connection, audit)));
    }

    static Future<Void> replaceCodes(SqlConnection connection, FactorOwner owner, Collection<String> hashes) {
        Future<Void> done = deleteOf(connection, "recovery_codes", owner);
        for (String hash : hashes) {
            done = done.compose(before -> Rows.run(
                    connection,
                    "INSERT INTO recovery_codes (realm, owner, code_hash) VALUES (?, ?, ?)",
                    owner.realm().key(),
                    owner.key(),
                    hash));
        }
        return done;
    }

    /**
     * Deletes the authenticator app, and the recovery codes unless a passkey still needs them.
     *
     * @param asked whether sessions must set up another one if none is left
     */
    public Future<Void> delete(FactorOwner owner, boolean asked, AuditEntry audit) {
        return database.write(connection -> deleteOf(connection, "totp_secrets", owner)
                .compose(deleted -> Rows.exist(
                        connection,
                        "SELECT 1 FROM passkeys" + OF_OWNER,
                        owner.realm().key(),
                        owner.key()))
                .compose(passkeys -> passkeys
                        ? Future.succeededFuture()
                        : deleteOf(connection, "recovery_codes", owner)
                                .compose(deleted -> asked
                                        ? SessionStore.beginEnrolment(connection, owner)
                                        : Future.succeededFuture()))
                .compose(deleted -> AuditStore.add(connection, audit)));
    }

    /** Deletes everything that an owner has to prove besides a password. */
    public Future<Void> deleteAll(FactorOwner owner, AuditEntry audit) {
        return database.write(connection -> deleteOf(connection, "totp_secrets", owner)
                .compose(deleted -> deleteOf(connection, "passkeys", owner))
                .compose(deleted -> deleteOf(connection, "recovery_codes", owner))
                .compose(deleted -> AuditStore.add(connection, audit)));
    }

    private static Future<Void> deleteOf(SqlConnection connection, String table, FactorOwner owner) {
        return Rows.run(
                connection, "DELETE FROM " + table + OF_OWNER, owner.realm().key(), owner.key());
    }
}
