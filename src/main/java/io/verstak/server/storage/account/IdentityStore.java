package io.verstak.server.storage.account;

import io.verstak.server.domain.Usernames;
import io.verstak.server.error.Message;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.RegistrationStore.Registration;
import io.verstak.server.storage.account.UserStore.User;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Stores users' accounts at OpenID Connect providers, and who administers the server because a provider says so. */
public final class IdentityStore {
    private static final String COLUMNS = "issuer, subject, user_id, provider, email, created_at, last_used_at";

    /** Selects what the user of the first value could sign in with besides this account. */
    private static final String OTHER_WAY = "SELECT 1 FROM users WHERE id = ? AND password_hash <> ''"
            + " UNION ALL SELECT 1 FROM identities WHERE user_id = ? AND NOT (issuer = ? AND subject = ?)"
            + " UNION ALL SELECT 1 FROM passkeys WHERE realm = 'user' AND owner = ? LIMIT 1";

    /** Locks a user who may be joined to an account of an issuer by the address. */
    private static final String JOINABLE = """
            UPDATE users SET epoch = epoch WHERE id = ? AND email = ? AND confirmed = 1
              AND NOT EXISTS (SELECT 1 FROM identities i WHERE i.user_id = users.id AND i.issuer = ?)""";

    /** In place of an issuer: another administrator has made the user one. */
    public static final String BY_ADMINISTRATOR = "administrator";

    private final Database database;
    private final RegistrationStore registrations;

    /**
     * An account at a provider. Times are milliseconds since the epoch.
     *
     * @param provider its id in the configuration, when the account was last used
     * @param email as the provider told it; empty: it did not
     */
    public record Identity(
            String issuer,
            String subject,
            String userId,
            String provider,
            String email,
            long createdAt,
            @Nullable Long lastUsedAt) {}

    public IdentityStore(Database database, RegistrationStore registrations) {
        this.database = database;
        this.registrations = registrations;
    }

    public Future<Optional<Identity>> find(String issuer, String subject) {
        return database.first(
                "SELECT " + COLUMNS + " FROM identities WHERE issuer = ? AND subject = ?",
                IdentityStore::identity,
                issuer,
                subject);
    }

    /** Returns the user's accounts at providers, the oldest first. */
    public Future<List<Identity>> list(String userId) {
        return database.list(
                "SELECT " + COLUMNS + " FROM identities WHERE user_id = ? ORDER BY created_at, issuer, subject",
                IdentityStore::identity,
                userId);
    }

    /** Records that an account was used. */
    public Future<Void> use(Identity used, long now) {
        return database.run(
                "UPDATE identities SET provider = ?, email = ?, last_used_at = ? WHERE issuer = ? AND subject = ?",
                used.provider(),
                used.email(),
                now,
                used.issuer(),
                used.subject());
    }

    /** Joins an account to an existing user. Refuses with {@code CONFLICT} if it belongs to one already, even to the same. */
    public Future<Void> join(Identity identity, AuditEntry audit) {
        return database.write(
                connection -> insert(connection, identity).compose(joined -> AuditStore.add(connection, audit)));
    }

    /**
     * Joins an account to the user whose verified address it has. Fails as {@link #join} does. Also fails with {@code CONFLICT} if the user
     * has another account at this provider, since addresses change hands, or if the user's address has changed.
     */
    public Future<Void> joinByAddress(Identity identity, User user, AuditEntry audit) {
        return database.write(connection -> Rows.update(
                        connection, JOINABLE, user.id(), user.email(), identity.issuer())
                .compose(same -> same == 1 ? insert(connection, identity) : Message.IDENTITY_EMAIL_TAKEN.refuse())
                .compose(joined -> AuditStore.add(connection, audit)));
    }

    /**
     * Adds a confirmed user who signs in with an account at a provider. Refuses as {@link RegistrationStore#register} does.
     *
     * @param invitationHash of the invitation that it redeems; null if none is required
     */
    public Future<Void> register(User user, Identity identity, @Nullable String invitationHash, AuditEntry audit) {
        return database.write(connection -> RegistrationStore.dropStale(connection, user)
                .compose(dropped -> UserStore.add(connection, user, audit))
                .compose(added -> insert(connection, identity))
                .compose(joined -> invitationHash == null
                        ? Future.succeededFuture()
                        : InvitationStore.use(connection, invitationHash, user.id(), user.createdAt())));
    }

    /** Works as the other one, for a user who has to confirm the address first, by a mail. */
    public Future<Void> register(Registration registration, Identity identity) {
        return database.write(connection -> registrations
                .register(connection, registration, false, Optional.empty())
                .compose(added -> insert(connection, identity)));
    }

    private static Future<Void> insert(SqlConnection connection, Identity identity) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM identities WHERE issuer = ? AND subject = ?",
                        identity.issuer(),
                        identity.subject())
                .compose(taken -> taken
                        ? Message.IDENTITY_TAKEN.refuse()
                        : Rows.run(
                                connection,
                                "INSERT INTO identities (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?)",
                                identity.issuer(),
                                identity.subject(),
                                identity.userId(),
                                identity.provider(),
                                identity.email(),
                                identity.createdAt(),
                                identity.lastUsedAt()));
    }

    /**
     * Removes an account from its user, who stops administering the server if the provider is why. Succeeds if it is not the user's.
     * Refuses with {@code CONFLICT} if the user could not sign in without it, or is the last administrator.
     */
    public Future<Void> remove(String userId, String issuer, String subject, AuditEntry audit) {
        return database.write(connection -> Rows.exist(connection, OTHER_WAY, userId, userId, issuer, subject, userId)
                .compose(other -> other
                        ? Rows.update(
                                connection,
                                "DELETE FROM identities WHERE user_id = ? AND issuer = ? AND subject = ?",
                                userId,
                                issuer,
                                subject)
                        : Message.IDENTITY_LAST.refuse())
                .compose(removed -> removed == 0
                        ? Future.succeededFuture()
                        : revoke(connection, userId, issuer, audit)
                                .compose(revoked -> revoked == Revoked.LAST
                                        ? Message.LAST_ADMINISTRATOR.refuse()
                                        : AuditStore.add(connection, audit))));
    }

    /** What became of an administrator whom a provider no longer names. */
    public enum Revoked {
        /** The provider had not made the user one. */
        NO,
        YES,
        /** The last one who can sign in stays. */
        LAST
    }

    /**
     * Makes a user an administrator with the user's name and password. Does nothing if the user is one.
     *
     * @param issuer of the provider whose group is why, or {@link #BY_ADMINISTRATOR}
     * @return false, and nothing is changed, if an administrator who is not this user has the name
     */
    public Future<Boolean> grant(User user, String issuer, AuditEntry audit) {
        return database.write(connection -> Rows.exist(
                        connection, "SELECT 1 FROM administrators WHERE user_id = ?", user.id())
                .compose(administers -> administers
                        ? Future.succeededFuture(true)
                        : Rows.update(
                                        connection,
                                        "INSERT INTO administrators (username_key, username, password_hash, created_at,"
                                                + " user_id, granted_by) SELECT ?, username, password_hash, ?, id, ?"
                                                + " FROM users WHERE id = ? ON CONFLICT DO NOTHING",
                                        Usernames.key(user.username()),
                                        audit.at(),
                                        issuer,
                                        user.id())
                                .compose(made -> made == 0
                                        ? Future.succeededFuture(false)
                                        : AuditStore.add(connection, audit)
                                                .compose(noted -> InvalidationCounter.increment(connection, user.id()))
                                                .map(true))));
    }

    /** Makes a user an administrator no longer, if this provider is why the user is one. */
    public Future<Revoked> revoke(String userId, String issuer, AuditEntry audit) {
        return database.write(connection -> revoke(connection, userId, issuer, audit));
    }

    private static Future<Revoked> revoke(SqlConnection connection, String userId, String issuer, AuditEntry audit) {
        return Rows.first(
                        connection,
                        "SELECT username_key FROM administrators WHERE user_id = ? AND granted_by = ?",
                        row -> row.getString("username_key"),
                        userId,
                        issuer)
                .compose(key -> key.isEmpty()
                        ? Future.succeededFuture(Revoked.NO)
                        : AdministratorStore.delete(connection, key.get(), audit)
                                .map(deleted -> deleted ? Revoked.YES : Revoked.LAST));
    }

    private static Identity identity(Row row) {
        return new Identity(
                row.getString("issuer"),
                row.getString("subject"),
                row.getString("user_id"),
                row.getString("provider"),
                row.getString("email"),
                row.getLong("created_at"),
                row.getLong("last_used_at"));
    }
}
