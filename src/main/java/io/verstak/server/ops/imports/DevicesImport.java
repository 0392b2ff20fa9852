package io.verstak.server.ops.imports;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.TokenHint;
import io.verstak.server.storage.AccountFiller;
import io.verstak.server.storage.AccountFiller.ImportedDevice;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Devices with their owners and vaults, and what they sign in with: the hash of a token, or a key in plain text, hashed. */
final class DevicesImport {
    private static final String DISABLED = "disabled:";
    private static final int ID_DIGITS = 24;

    private final GoDatabase source;
    private final AccountFiller target;
    private final ImportReport report;
    private final long now;
    private final Map<String, Owner> owners = new HashMap<>();

    /** To whom and to which vault a device belongs. */
    record Owner(String userId, String vaultId) {}

    /** What a device signs in with. */
    private record Credential(String hash, TokenHint hint) {
        static Credential of(String key) {
            return new Credential(
                    Sha256.of(key.getBytes(StandardCharsets.UTF_8)).hex(), TokenHint.of(key));
        }
    }

    DevicesImport(GoDatabase source, AccountFiller target, ImportReport report, long now) {
        this.source = source;
        this.target = target;
        this.report = report;
        this.now = now;
    }

    void run(ImportProgress progress) {
        Map<String, String> users = usersOfDevices();
        source.each("server_devices", "ORDER BY created_at, id", row -> {
            report.found(What.DEVICES);
            String id = row.text("id");
            String userId = row.text("user_id").isBlank() ? users.getOrDefault(id, "") : row.text("user_id");
            if (userId.isBlank()) {
                report.lose(What.DEVICES, "belongs to no one user", id + " " + row.text("name"));
            } else {
                Owner owner = owner(userId, row.text("vault_id"));
                owners.put(id, owner);
                device(row, owner);
            }
            progress.advance(1);
        });
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
        String key = row.text("api_key");
        boolean keyWorks = !key.isBlank() && !key.startsWith(DISABLED);
        String hash = row.text("token_hash").strip().toLowerCase(Locale.ROOT);
        // The hash of an empty text is nobody's token.
        boolean tokenWorks =
                Sha256.parse(hash).isPresent() && !hash.equals(Credential.of("").hash());
        TokenHint hint = new TokenHint(row.text("token_prefix"), row.text("token_suffix"));
        // An id is 64 lower-case digits or nobody's: what stands here otherwise opens for nobody.
        Credential none = new Credential("none " + id, hint);
        Credential token = tokenWorks ? new Credential(hash, hint) : none;
        Credential main = keyWorks ? Credential.of(key) : token;
        boolean added = add(row, owner, id, row.text("name"), main);
        if (!added && add(row, owner, id, row.text("name"), none)) {
            report.imported(What.DEVICES);
            report.note(
                    "device %s: has the token of another device, which keeps it; has to be paired anew".formatted(id));
            return;
        }
        if (!added) {
            report.lose(What.DEVICES, "has the id of another device", id);
            return;
        }
        report.imported(What.DEVICES);
        if (main.equals(none) && row.time("revoked_at") == null) {
            report.note("device %s: has neither a token nor a key; has to be paired anew".formatted(id));
        }
        if (keyWorks) {
            report.note("device %s: signs in with its old key, which is kept as a hash".formatted(id));
        }
        if (keyWorks
                && tokenWorks
                && !row.flag("legacy_api_key")
                && !token.hash().equals(main.hash())) {
            twin(row, owner, id, token);
        }
    }

    /** A device that has a key and a token of its own: both work, so that the token stands beside it as another device. */
    private void twin(GoRow row, Owner owner, String id, Credential token) throws SQLException {
        String digits =
                Sha256.of(("token of " + id).getBytes(StandardCharsets.UTF_8)).hex();
        String twin = "dev_" + digits.substring(0, ID_DIGITS);
        if (add(row, owner, twin, row.text("name") + " (token)", token)) {
            report.note("device %s: has a token besides its key; it stands as device %s".formatted(id, twin));
        }
    }

    private boolean add(GoRow row, Owner owner, String id, String name, Credential credential) throws SQLException {
        // Better revoked at a wrong time than not revoked.
        Long revoked = row.isUnreadableTime("revoked_at") ? (Long) now : row.time("revoked_at");
        return target.device(new ImportedDevice(
                id,
                owner.userId(),
                owner.vaultId(),
                name,
                row.text("client_version"),
                credential.hash(),
                credential.hint(),
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
