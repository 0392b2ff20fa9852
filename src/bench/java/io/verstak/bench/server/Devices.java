package io.verstak.bench.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/**
 * Devices by the thousand: rows like that of the one device which was paired over HTTP, written while no server
 * runs. Pairing each would mean a password hash each, minutes of them.
 */
public final class Devices {
    private final Random random = new Random();
    private final Table scopes;
    private final Table devices;
    private final Object[] scope;
    private final Object[] device;

    private Devices(Connection database) throws SQLException {
        this.scopes = Table.of(database, "scopes");
        this.devices = Table.of(database, "devices");
        this.scope = scopes.rows("LIMIT 1").get(0);
        this.device = devices.rows("LIMIT 1").get(0);
    }

    /** Adds vaults, and devices dealt out over them in turn; returns the devices' tokens. */
    public static List<byte[]> inVaults(ServerHome home, int count, int vaults) throws SQLException {
        try (Connection database = home.openDatabase()) {
            database.setAutoCommit(false);
            List<byte[]> tokens = new Devices(database).add(count, vaults);
            database.commit();
            return tokens;
        }
    }

    private List<byte[]> add(int count, int vaults) throws SQLException {
        List<Long> scopeIds = addScopes(vaults);
        List<byte[]> tokens = new ArrayList<>();
        try (PreparedStatement insert = devices.insert()) {
            for (int number = 0; number < count; number++) {
                byte[] token = hex(32).getBytes(StandardCharsets.US_ASCII);
                device[devices.column("id")] = "dev_" + hex(12);
                device[devices.column("scope_id")] = scopeIds.get(number % vaults);
                device[devices.column("token_hash")] = sha256(token);
                Table.bind(insert, device);
                insert.addBatch();
                tokens.add(token);
            }
            insert.executeBatch();
        }
        return tokens;
    }

    private List<Long> addScopes(int count) throws SQLException {
        long last = ((Number) scopes.rows("ORDER BY id DESC LIMIT 1").get(0)[scopes.column("id")]).longValue();
        List<Long> ids = new ArrayList<>();
        try (PreparedStatement insert = scopes.insert()) {
            for (int number = 1; number <= count; number++) {
                scope[scopes.column("id")] = last + number;
                scope[scopes.column("vault_id")] = "bench-" + hex(8);
                Table.bind(insert, scope);
                insert.addBatch();
                ids.add(last + number);
            }
            insert.executeBatch();
        }
        return ids;
    }

    private String hex(int bytes) {
        byte[] drawn = new byte[bytes];
        random.nextBytes(drawn);
        return HexFormat.of().formatHex(drawn);
    }

    private static String sha256(byte[] token) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(token));
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("SHA-256 is part of every Java platform", e);
        }
    }
}
