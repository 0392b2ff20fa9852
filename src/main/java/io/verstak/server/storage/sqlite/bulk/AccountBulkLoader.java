package io.verstak.server.storage.sqlite.bulk;

import io.verstak.server.domain.TokenHint;
import io.verstak.server.domain.Usernames;
import io.verstak.server.storage.account.EmailToken;
import io.verstak.server.storage.account.EmailToken.Purpose;
import io.verstak.server.storage.account.SessionStore;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore.User;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Accounts, devices and what they sign in with, in a new database. Times are milliseconds since the epoch. */
public final class AccountBulkLoader {
    private static final int LOG_ID_BYTES = 16;

    private final Insert users;
    private final Insert administrators;
    private final Insert devices;
    private final Insert scopes;
    private final Insert sessions;
    private final Insert emailTokens;
    private final PreparedStatement lastScope;
    private final PreparedStatement cursor;
    private final Map<Vault, Long> scopeIds = new HashMap<>();
    private final Map<String, String> administratorKeys = new HashMap<>();
    private final SecureRandom random = new SecureRandom();

    private record Vault(String userId, String vaultId) {}

    /** By what a user gets in, where another user was there first. */
    public enum Names {
        /** The name and the address, in any case. */
        FREE,
        /** One of them only as it is written: another's differs by case alone. */
        EXACT,
        /** One of them not at all. */
        TAKEN
    }

    /** What a device signs in with: the SHA-256 of a token or key, and what people know it by. */
    public record Credential(String hash, TokenHint hint) {}

    /**
     * A device as another server knew it.
     *
     * @param credential its token, or its old key where it has no token
     * @param oldKey the old key that it has besides its token; null: none
     */
    public record ImportedDevice(
            String id,
            String userId,
            String vaultId,
            String name,
            String clientVersion,
            Credential credential,
            @Nullable Credential oldKey,
            @Nullable Long lastSeen,
            @Nullable Long revokedAt,
            long createdAt) {}

    AccountBulkLoader(Connection connection) throws SQLException {
        users = new Insert(
                connection,
                "users",
                "id, username, username_key, email, email_key, password_hash, confirmed, blocked, last_seen, created_at");
        administrators = new Insert(connection, "administrators", "username_key, username, password_hash, created_at");
        devices = new Insert(
                connection,
                "devices",
                "id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, key_hash,"
                        + " key_prefix, key_suffix, last_seen, revoked_at, created_at");
        scopes = new Insert(connection, "scopes", "user_id, vault_id, log_id, created_at");
        sessions = new Insert(connection, "sessions", SessionStore.ALL_COLUMNS);
        emailTokens = new Insert(connection, "email_tokens", "user_id, purpose, token_hash, email, expires_at");
        lastScope = connection.prepareStatement("SELECT id FROM scopes WHERE user_id = ? AND vault_id = ?");
        cursor = connection.prepareStatement("UPDATE devices SET pull_cursor = ? WHERE id = ?");
    }

    /**
     * Adds a user whose name and address may be anything.
     *
     * @return what became of them; null when the id is taken, and nothing was added
     */
    public @Nullable Names user(User user) {
        String address = user.email().isEmpty() ? "none " + user.id() : Usernames.key(user.email());
        if (add(user, Usernames.key(user.username()), address)) {
            return Names.FREE;
        }
        String exactName = Usernames.exactKey(user.username());
        String exactAddress = user.email().isEmpty() ? address : Usernames.exactKey(user.email());
        if (add(user, exactName, address)
                || add(user, Usernames.key(user.username()), exactAddress)
                || add(user, exactName, exactAddress)) {
            return Names.EXACT;
        }
        String noName = "taken name " + user.id();
        String noAddress = "taken " + user.id();
        boolean added = add(user, exactName, noAddress)
                || add(user, Usernames.key(user.username()), noAddress)
                || add(user, noName, address)
                || add(user, noName, exactAddress)
                || add(user, noName, noAddress);
        return added ? Names.TAKEN : null;
    }

    private boolean add(User user, String usernameKey, String emailKey) {
        return users.add(
                user.id(),
                user.username(),
                usernameKey,
                user.email(),
                emailKey,
                user.passwordHash(),
                user.confirmed() ? 1 : 0,
                user.blocked() ? 1 : 0,
                user.lastSeen(),
                user.createdAt());
    }

    /** Adds an administrator; false when there is one of exactly that name. */
    public boolean administrator(String username, String passwordHash, long now) {
        for (String key : List.of(Usernames.key(username), Usernames.exactKey(username))) {
            if (!administratorKeys.containsKey(username) && administrators.add(key, username, passwordHash, now)) {
                administratorKeys.put(username, key);
                return true;
            }
        }
        return false;
    }

    /** By what an administrator's sessions name their owner. */
    public String ownerOfSessions(String username) {
        return administratorKeys.getOrDefault(username, Usernames.key(username));
    }

    /** The scope of a vault, made when it is asked for first. */
    public long scope(String userId, String vaultId, long now) {
        return scopeIds.computeIfAbsent(new Vault(userId, vaultId), vault -> makeScope(vault, now));
    }

    private long makeScope(Vault vault, long now) {
        byte[] logId = new byte[LOG_ID_BYTES];
        random.nextBytes(logId);
        scopes.add(vault.userId(), vault.vaultId(), HexFormat.of().formatHex(logId), now);
        return ImportDatabase.filling(() -> {
            lastScope.setString(1, vault.userId());
            lastScope.setString(2, vault.vaultId());
            try (var row = lastScope.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        });
    }

    /** Adds a device; false when its id, its token or its key is another's. */
    public boolean device(ImportedDevice device) {
        Credential key = device.oldKey();
        return devices.add(
                device.id(),
                device.userId(),
                scope(device.userId(), device.vaultId(), device.createdAt()),
                device.name(),
                device.clientVersion(),
                device.credential().hash(),
                device.credential().hint().prefix(),
                device.credential().hint().suffix(),
                key == null ? null : key.hash(),
                key == null ? "" : key.hint().prefix(),
                key == null ? "" : key.hint().suffix(),
                device.lastSeen(),
                device.revokedAt(),
                device.createdAt());
    }

    /** What a device has said last of how far it is. */
    public void cursor(String deviceId, long sequence) {
        ImportDatabase.fill(() -> {
            cursor.setLong(1, sequence);
            cursor.setString(2, deviceId);
            cursor.executeUpdate();
        });
    }

    /** Adds a session; false when there is one of that token. */
    public boolean session(Realm realm, Session session) {
        return sessions.add(SessionStore.values(realm, session));
    }

    /** Adds a token; false when the user has one of that purpose already. */
    public boolean emailToken(EmailToken token) {
        return emailTokens.add(
                token.userId(), token.purpose().key(), token.tokenHash(), token.email(), token.expiresAt());
    }

    /** What names a purpose in the database. */
    public static @Nullable Purpose purpose(String key) {
        for (Purpose purpose : Purpose.values()) {
            if (purpose.key().equals(key)) {
                return purpose;
            }
        }
        return null;
    }
}
