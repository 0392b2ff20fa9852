package io.verstak.server.testkit.data;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A data directory as the Go server leaves it: made from the facts of its layout, of the first generation or the second. */
public final class GoServer implements AutoCloseable {
    private static final int BCRYPT_COST = 4;

    private final Path directory;
    private final boolean first;
    private final Connection connection;
    private final GoTables tables;

    private GoServer(Path directory, boolean first) throws IOException, SQLException {
        this.directory = Files.createDirectories(directory);
        this.first = first;
        Files.createDirectories(directory.resolve("blobs"));
        connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("server.db"));
        tables = new GoTables(connection);
        tables.execute("PRAGMA journal_mode = " + (first ? "DELETE" : "WAL"));
        tables.execute("PRAGMA synchronous = OFF");
        tables.execute("PRAGMA wal_autocheckpoint = 0");
        for (String table : GoTables.of(first)) {
            tables.execute("CREATE TABLE " + table);
        }
        tables.execute("PRAGMA user_version = " + (first ? 0 : 2));
        tables.execute("BEGIN");
    }

    /** Before vaults, sessions and references: {@code user_version} 0. */
    public static GoServer ofFirstGeneration(Path directory) {
        return open(directory, true);
    }

    /** {@code user_version} 2, with a write-ahead log. */
    public static GoServer ofSecondGeneration(Path directory) {
        return open(directory, false);
    }

    private static GoServer open(Path directory, boolean first) {
        try {
            return new GoServer(directory, first);
        } catch (IOException | SQLException e) {
            throw new AssertionError(e);
        }
    }

    public Path directory() {
        return directory;
    }

    /** Adds a row of columns and values, in turn. */
    public GoServer add(String table, Object... columnsAndValues) {
        tables.add(table, columnsAndValues);
        return this;
    }

    /** Adds a confirmed user with everybody's password. */
    public GoServer user(String id, String username, String email) {
        return user(id, username, email, bcrypt(TestServer.PASSWORD), true, false);
    }

    public GoServer user(
            String id, String username, String email, String passwordHash, boolean confirmed, boolean blocked) {
        return add(
                "server_users",
                "id",
                id,
                "username",
                username,
                "email",
                email,
                "password_hash",
                passwordHash,
                "confirmed",
                confirmed ? 1 : 0,
                "blocked",
                blocked ? 1 : 0,
                "last_seen",
                "2026-11-20T08:00:00Z",
                "created_at",
                "2025-03-01T12:00:00.123456789Z");
    }

    public static String bcrypt(String password) {
        return BCrypt.withDefaults().hashToString(BCRYPT_COST, password.toCharArray());
    }

    /** Adds a device with a token; an empty vault is the default one. */
    public GoServer device(String id, String userId, String vaultId, String token) {
        return device(
                id, userId, vaultId, "disabled:" + id, Sha256.of(utf8(token)).hex(), token, "");
    }

    /** Adds a device that signs in with a key in plain text. */
    public GoServer keyDevice(String id, String userId, String vaultId, String key) {
        return device(id, userId, vaultId, key, "", "", "");
    }

    /** Adds a device that signs in with a key in plain text and with a token. */
    public GoServer keyAndTokenDevice(String id, String userId, String vaultId, String key, String token) {
        return device(id, userId, vaultId, key, Sha256.of(utf8(token)).hex(), token, "");
    }

    public GoServer revokedDevice(String id, String userId, String vaultId, String token) {
        return device(
                id, userId, vaultId, "disabled:" + id, Sha256.of(utf8(token)).hex(), token, "2026-01-02T03:04:05Z");
    }

    private GoServer device(
            String id, String userId, String vaultId, String key, String hash, String token, String revokedAt) {
        Map<String, Object> row = new TreeMap<>(Map.of(
                "id",
                id,
                "name",
                "laptop " + id,
                "api_key",
                key,
                "token_hash",
                hash,
                "client_version",
                "0.9.0",
                "last_seen",
                "2026-11-20T08:00:00Z",
                "created_at",
                "2025-03-02T12:00:00Z"));
        row.put("token_prefix", token.isEmpty() ? "" : token.substring(0, 8));
        row.put("token_suffix", token.isEmpty() ? "" : token.substring(token.length() - 4));
        row.put("revoked_at", revokedAt.isEmpty() ? null : revokedAt);
        if (first) {
            add("server_user_devices", "user_id", userId, "device_id", id);
        } else {
            row.put("legacy_api_key", hash.isEmpty() ? 1 : 0);
            row.put("user_id", userId);
            row.put("vault_id", vaultId.isEmpty() ? "legacy:" + userId : vaultId);
        }
        return add(
                "server_devices",
                row.entrySet().stream()
                        .flatMap(column ->
                                Stream.of(column.getKey(), column.getValue() == null ? "" : column.getValue()))
                        .toArray());
    }

    /** Adds an op of the device under its sequence. */
    public GoServer op(long sequence, String userId, String vaultId, String deviceId, OutboxOp op) {
        Map<String, Object> row = new TreeMap<>(Map.of(
                "op_id", op.opId(),
                "server_sequence", sequence,
                "device_id", deviceId,
                "entity_type", op.entityType(),
                "entity_id", op.entityId(),
                "op_type", op.opType(),
                "payload_json", op.payloadJson(),
                "client_sequence", op.clientSequence(),
                "created_at", op.createdAt(),
                "pushed_at", "2026-11-19T08:00:00Z"));
        row.put("idempotency_key", "");
        row.put("last_seen_server_seq", Math.max(0, sequence - 10));
        if (!first) {
            row.put("user_id", userId);
            row.put("vault_id", vaultId.isEmpty() ? "legacy:" + userId : vaultId);
        }
        return add(
                "server_ops",
                row.entrySet().stream()
                        .flatMap(column -> Stream.of(column.getKey(), column.getValue()))
                        .toArray());
    }

    /** Stores a blob, which nobody holds yet. */
    public Sha256 blob(byte[] bytes) {
        Sha256 sha256 = Sha256.of(bytes);
        add("server_blobs", "sha256", sha256.hex(), "size", bytes.length, "created_at", "2026-02-03T04:05:06Z");
        write(blobFile(sha256), bytes);
        return sha256;
    }

    public Path blobFile(Sha256 sha256) {
        String hex = sha256.hex();
        return directory
                .resolve("blobs")
                .resolve(hex.substring(0, 2))
                .resolve(hex.substring(2, 4))
                .resolve(hex);
    }

    public GoServer reference(String userId, String vaultId, Sha256 sha256, long size) {
        return add(
                "server_blob_refs",
                "user_id",
                userId,
                "vault_id",
                vaultId,
                "sha256",
                sha256.hex(),
                "size",
                size,
                "created_at",
                "2026-02-03T04:05:06Z",
                "last_accessed",
                "2026-02-03T04:05:06Z");
    }

    /** Adds a session of the scope {@code user} or {@code admin}. */
    public GoServer session(String token, String scope, String subject, Instant expires) {
        return add(
                "server_sessions",
                "token_hash",
                Sha256.of(utf8(token)).hex(),
                "csrf_hash",
                "",
                "scope",
                scope,
                "subject_id",
                subject,
                "expires_at",
                expires.toString(),
                "created_at",
                "2026-11-20T08:00:00Z",
                "last_seen",
                "2026-11-20T08:00:00Z");
    }

    public GoServer config(String yaml) {
        write(directory.resolve("config.yml"), utf8(yaml));
        return this;
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Commits what was added and leaves it as a server that was killed would: in the write-ahead log, if there is one. */
    public Path killed(Path copy) {
        tables.execute("COMMIT");
        tables.execute("BEGIN");
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file :
                    files.filter(file -> !file.toString().endsWith("-shm")).toList()) {
                Files.copy(file, copy.resolve(directory.relativize(file)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return copy;
    }

    /** Stops as a server that is asked to: nothing is left beside the database. */
    @Override
    public void close() {
        tables.execute("COMMIT");
        try {
            connection.close();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
