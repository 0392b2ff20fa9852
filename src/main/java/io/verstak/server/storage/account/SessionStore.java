package io.verstak.server.storage.account;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stores sessions by the hash of their token. */
public final class SessionStore {
    private static final String COLUMNS =
            "token_hash, id, owner, address, user_agent, created_at, last_used_at, expires_at, confirmed_at, enrols, method";

    /** The columns of {@link #values}. */
    public static final String ALL_COLUMNS = "realm, " + COLUMNS;

    private final Database database;

    /** Whether a session belongs to a user or an administrator. Neither is valid on the other's pages. */
    public enum Realm {
        USER("user", "UPDATE users SET last_seen = ? WHERE id = ? AND epoch = ? AND blocked = 0"),
        ADMINISTRATOR("administrator", "UPDATE administrators SET last_seen = ? WHERE username_key = ? AND epoch = ?");

        private final String key;
        private final String seen;

        Realm(String key, String seen) {
            this.key = key;
            this.seen = seen;
        }

        public String key() {
            return key;
        }
    }

    /**
     * A new session.
     *
     * @param epoch the owner's epoch when the password was checked
     */
    public record NewSession(Session session, Realm realm, long epoch) {}

    /**
     * A session. Times are milliseconds since the epoch.
     *
     * @param confirmedAt when the person last proved who it is
     * @param enrols whether it may do nothing but set up the second factor that the policy asks for
     * @param method how the person signed in: words with blanks between them; empty: an earlier release did not say
     */
    public record Session(
            String tokenHash,
            String id,
            String owner,
            String address,
            String userAgent,
            long createdAt,
            long lastUsedAt,
            long expiresAt,
            long confirmedAt,
            boolean enrols,
            String method) {}

    public SessionStore(Database database) {
        this.database = database;
    }

    /** Returns whether other nodes may change what was read a moment ago. */
    public boolean isShared() {
        return database.isShared();
    }

    /**
     * Adds a session, and notes its browser. Refuses with {@code UNAUTHORIZED} when the owner was blocked, deleted or given another password since
     * the password was checked.
     */
    public Future<Void> add(NewSession added, BrowserStore.Sighting browser, List<AuditEntry> audit) {
        return database.write(connection -> see(connection, added)
                .compose(seen -> insert(connection, added.realm(), added.session()))
                .compose(inserted -> AuditStore.add(connection, audit))
                .compose(noted -> BrowserStore.note(connection, browser)));
    }

    /** Returns whether sessions cannot be stored, since the database is damaged. */
    public boolean isReadOnly() {
        return database.isDamaged();
    }

    private static Future<Void> see(SqlConnection connection, NewSession added) {
        return Rows.update(
                        connection,
                        added.realm().seen,
                        added.session().createdAt(),
                        added.session().owner(),
                        added.epoch())
                .compose(seen -> seen == 1 ? Future.succeededFuture() : ErrorCode.UNAUTHORIZED.refuse());
    }

    private static Future<Void> insert(SqlConnection connection, Realm realm, Session session) {
        return Rows.run(
                connection,
                "INSERT INTO sessions (" + ALL_COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                values(realm, session));
    }

    public static Object[] values(Realm realm, Session session) {
        return new Object[] {
            realm.key,
            session.tokenHash(),
            session.id(),
            session.owner(),
            session.address(),
            session.userAgent(),
            session.createdAt(),
            session.lastUsedAt(),
            session.expiresAt(),
            session.confirmedAt(),
            session.enrols() ? 1 : 0,
            session.method()
        };
    }

    public Future<Optional<Session>> find(Realm realm, String tokenHash) {
        return database.first(
                "SELECT " + COLUMNS + " FROM sessions WHERE token_hash = ? AND realm = ?",
                SessionStore::session,
                tokenHash,
                realm.key);
    }

    /** Returns the owner's sessions, latest first. */
    public Future<List<Session>> list(Realm realm, String owner) {
        return database.list(
                "SELECT " + COLUMNS + " FROM sessions WHERE realm = ? AND owner = ? ORDER BY last_used_at DESC, id",
                SessionStore::session,
                realm.key,
                owner);
    }

    /**
     * Stores that the person at a session has just proved who it is.
     *
     * @return false if the session has ended, or may do nothing but set up a second factor
     */
    public Future<Boolean> confirm(String tokenHash, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "UPDATE sessions SET confirmed_at = ? WHERE token_hash = ? AND enrols = 0",
                        audit.at(),
                        tokenHash)
                .compose(done -> done == 0
                        ? Future.succeededFuture(false)
                        : AuditStore.add(connection, audit).map(true)));
    }

    /** Ends a session. Succeeds if it has ended already. */
    public Future<Void> delete(String tokenHash, AuditEntry audit) {
        return database.write(
                connection -> Rows.update(connection, "DELETE FROM sessions WHERE token_hash = ?", tokenHash)
                        .compose(done -> done == 0 ? Future.succeededFuture() : AuditStore.add(connection, audit)));
    }

    /** Ends the sessions with these hashes. Succeeds if they have ended already. */
    public Future<Void> delete(List<String> tokenHashes, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM sessions WHERE token_hash IN (" + Rows.marks(tokenHashes.size()) + ")",
                        tokenHashes.toArray())
                .compose(done -> done == 0 ? Future.succeededFuture() : AuditStore.add(connection, audit)));
    }

    /**
     * Ends a user's session with this id, and all sessions of the administrator with this user account except the one with this
     * hash: the server does not know which of them belongs to the same browser. Succeeds if the session has ended already.
     */
    public Future<Void> deleteById(String userId, String id, String keptAdministrator, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection,
                        "DELETE FROM sessions WHERE realm = ? AND owner = ? AND id = ?",
                        Realm.USER.key,
                        userId,
                        id)
                .compose(ended -> ended == 0
                        ? Future.succeededFuture()
                        : deleteOfAdministrator(connection, userId, keptAdministrator)
                                .compose(both -> AuditStore.add(connection, audit))));
    }

    /** Records when sessions were last used, by the hashes of their tokens. */
    public Future<Void> note(Map<String, Long> lastUsed) {
        List<Tuple> batch = lastUsed.entrySet().stream()
                .map(used -> Tuple.of(used.getValue(), used.getKey()))
                .toList();
        return database.write(connection -> connection
                .preparedQuery("UPDATE sessions SET last_used_at = ? WHERE token_hash = ?")
                .executeBatch(batch)
                .mapEmpty());
    }

    /** Ends all sessions of a user, and of the administrator with this user account, except those with these hashes. */
    public Future<Void> deleteOthers(String userId, String keptHash, String keptAdministrator, AuditEntry audit) {
        return database.write(connection -> deleteOthers(connection, Realm.USER, userId, keptHash)
                .compose(ended -> deleteOfAdministrator(connection, userId, keptAdministrator))
                .compose(ended -> AuditStore.add(connection, audit)));
    }

    private static Future<Void> deleteOfAdministrator(SqlConnection connection, String userId, String keptHash) {
        return Rows.run(
                connection,
                "DELETE FROM sessions WHERE realm = ? AND token_hash <> ?"
                        + " AND owner IN (SELECT username_key FROM administrators WHERE user_id = ?)",
                Realm.ADMINISTRATOR.key,
                keptHash,
                userId);
    }

    static Future<Void> deleteOthers(SqlConnection connection, Realm realm, String owner, String keptHash) {
        return Rows.run(
                connection,
                "DELETE FROM sessions WHERE realm = ? AND owner = ? AND token_hash <> ?",
                realm.key,
                owner,
                keptHash);
    }

    /** Selects the sessions of the person with these factors, of both kinds. Takes the owner's key twice. */
    private static String ofPerson(FactorOwner owner) {
        return owner.realm() == Realm.USER
                ? "(realm = 'user' AND owner = ? OR realm = 'administrator'"
                        + " AND owner IN (SELECT username_key FROM administrators WHERE user_id = ?))"
                : "(realm = 'administrator' AND owner IN (?, ?))";
    }

    /**
     * Lets sessions with these hashes do everything, now that the person has a second factor, and ends the other sessions that were to set
     * one up: nobody has proved the factor there.
     */
    static Future<Void> endEnrolment(SqlConnection connection, FactorOwner owner, List<String> hashes) {
        List<String> values = new ArrayList<>(hashes);
        values.add(owner.key());
        values.add(owner.key());
        return Rows.run(
                        connection,
                        "UPDATE sessions SET enrols = 0 WHERE enrols = 1 AND token_hash IN ("
                                + Rows.marks(hashes.size()) + ") AND " + ofPerson(owner),
                        values.toArray())
                .compose(kept -> Rows.run(
                        connection,
                        "DELETE FROM sessions WHERE enrols = 1 AND " + ofPerson(owner),
                        owner.key(),
                        owner.key()));
    }

    /** Lets all sessions of a person do nothing but set up a second factor. */
    static Future<Void> beginEnrolment(SqlConnection connection, FactorOwner owner) {
        return Rows.run(
                connection, "UPDATE sessions SET enrols = 1 WHERE " + ofPerson(owner), owner.key(), owner.key());
    }

    static Future<Void> deleteAll(SqlConnection connection, Realm realm, String owner) {
        return deleteOthers(connection, realm, owner, "");
    }

    private static Session session(Row row) {
        return new Session(
                row.getString("token_hash"),
                row.getString("id"),
                row.getString("owner"),
                row.getString("address"),
                row.getString("user_agent"),
                row.getLong("created_at"),
                row.getLong("last_used_at"),
                row.getLong("expires_at"),
                row.getLong("confirmed_at"),
                row.getInteger("enrols") != 0,
                row.getString("method"));
    }
}
