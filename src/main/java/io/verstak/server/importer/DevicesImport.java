package io.verstak.server.importer;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.TokenHint;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader.Credential;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader.ImportedDevice;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Devices with their owners and vaults, and what they sign in with: the hash of a token, or a key in plain text, hashed. */
final class DevicesImport {
    static final String NO_USER = "the user no longer exists";
    private static final String DISABLED = "disabled:";

    private final GoDatabase source;
    private final AccountBulkLoader target;
    private final UserImport people;
    private final ImportReport report;
    private final long now;
    private final Map<String, Owner> owners = new HashMap<>();
    private final Map<String, String> holders = new HashMap<>();
    private long withBoth;
    private long withKey;

    /** To whom and to which vault a device belongs. */
    record Owner(String userId, String vaultId) {}

    DevicesImport(GoDatabase source, AccountBulkLoader target, UserImport people, ImportReport report, long now) {
        this.source = source;
        this.target = target;
        this.people = people;
        this.report = report;
        this.now = now;
    }

    void run(ImportProgress progress) {
        Map<String, String> users = usersOfDevices();
        source.each("server_devices", "ORDER BY created_at, id", row -> {
            report.found(ImportedEntity.DEVICES);
            String id = row.text("id");
            String userId = row.text("user_id").isBlank() ? users.getOrDefault(id, "") : row.text("user_id");
            if (userId.isBlank()) {
                report.lose(ImportedEntity.DEVICES, "has no owner, or several", id + " " + row.text("name"));
            } else {
                Owner owner = owner(userId, row.text("vault_id"));
                owners.put(id, owner);
                if (hasUser(owner)) {
                    device(row, owner);
                } else {
                    report.leave(ImportedEntity.DEVICES, NO_USER, id);
                }
            }
            progress.advance(1);
        });
        tellKeys();
    }

    /** Whether somebody can reach what is the owner's: the clean-up deletes vaults of users who do not exist. */
    boolean hasUser(Owner owner) {
        return people.person(owner.userId()) != null;
    }

    static Owner owner(String userId, String vaultId) {
        return new Owner(userId, vaultId.isBlank() ? Scope.defaultVault(userId) : vaultId);
    }

    /** The one user of each device; a device of several belongs to none. */
    private Map<String, String> usersOfDevices() {
        Map<String, String> users = new HashMap<>();
        Set<String> several = new HashSet<>();
        source.each("server_user_devices", "", row -> {
            @Nullable String before = users.put(row.text("device_id"), row.text("user_id"));
            if (before != null && !before.equals(row.text("user_id"))) {
                several.add(row.text("device_id"));
            }
        });
        users.keySet().removeAll(several);
        return users;
    }

    private void device(GoRow row, Owner owner) throws SQLException {
        String id = row.text("id");
        List<Credential> credentials = new ArrayList<>();
        for (Credential credential : credentials(row)) {
            @Nullable String other = holders.putIfAbsent(credential.hash(), id);
            if (other == null) {
                credentials.add(credential);
            } else if (!other.equals(id)) {
                report.note(
                        "device %s: its token or key is also that of device %s, which keeps it".formatted(id, other));
            }
        }
        // A hash has 64 hexadecimal digits: what stands here otherwise opens for nobody.
        Credential none = new Credential("none " + id, tokenHint(row));
        Credential first = credentials.isEmpty() ? none : credentials.get(0);
        @Nullable Credential second = credentials.size() < 2 ? null : credentials.get(1);
        if (!add(row, owner, first, second)) {
            report.lose(ImportedEntity.DEVICES, "has the id of another device", id);
            return;
        }
        report.imported(ImportedEntity.DEVICES);
        if (row.time("revoked_at") == null && !row.isUnreadableTime("revoked_at")) {
            tell(id, row, first, second);
        }
    }

    /** The token and then the key, as far as the device has them. */
    private static List<Credential> credentials(GoRow row) throws SQLException {
        List<Credential> credentials = new ArrayList<>();
        String hash = row.text("token_hash").strip().toLowerCase(Locale.ROOT);
        // The hash of an empty text is nobody's token.
        if (Sha256.parse(hash).isPresent() && !hash.equals(hashOf(""))) {
            credentials.add(new Credential(hash, tokenHint(row)));
        }
        String key = row.text("api_key");
        if (!key.isBlank() && !key.startsWith(DISABLED)) {
            credentials.add(new Credential(hashOf(key), TokenHint.of(key)));
        }
        return credentials;
    }

    private static String hashOf(String key) {
        return Sha256.of(key.getBytes(StandardCharsets.UTF_8)).hex();
    }

    private static TokenHint tokenHint(GoRow row) throws SQLException {
        return new TokenHint(row.text("token_prefix"), row.text("token_suffix"));
    }

    private void tell(String id, GoRow row, Credential first, @Nullable Credential second) throws SQLException {
        if (second != null) {
            withBoth++;
        } else if (first.hash().equals(hashOf(row.text("api_key")))) {
            withKey++;
        } else if (Sha256.parse(first.hash()).isEmpty()) {
            report.note("device %s: has neither a token nor a key of its own; pair it again".formatted(id));
        }
    }

    private void tellKeys() {
        if (withBoth > 0) {
            report.note(
                    "devices with a token and an old key: %s. Each stays one device with its id; both go on working, and a revoke ends both."
                            .formatted(withBoth));
        }
        if (withKey > 0) {
            report.note(
                    "devices with an old key only: %s. They keep their ids and go on working; the keys are stored as hashes."
                            .formatted(withKey));
        }
    }

    private boolean add(GoRow row, Owner owner, Credential first, @Nullable Credential second) throws SQLException {
        // Better revoked at a wrong time than not revoked.
        Long revoked = row.isUnreadableTime("revoked_at") ? (Long) now : row.time("revoked_at");
        return target.device(new ImportedDevice(
                row.text("id"),
                owner.userId(),
                owner.vaultId(),
                row.text("name"),
                row.text("client_version"),
                first,
                second,
                row.time("last_seen"),
                revoked,
                row.time("created_at", now)));
    }

    /** Null when the device is unknown, or nobody's. */
    @Nullable
    Owner owner(String deviceId) {
        return owners.get(deviceId);
    }
}
