package io.verstak.server.storage.sqlite.verify;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpRow;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** Checks that each op is found by its id, that its entity's chain ends correctly, and that its blob is held. */
final class IndexVerifier implements AutoCloseable {
    private final Connection connection;
    private final long scopeId;
    private final Reporter reporter;
    private final PreparedStatement key;
    private final PreparedStatement entity;
    private final PreparedStatement blob;

    private long ops;
    private long entities;

    /** Receives the findings. */
    interface Reporter {
        void damage(String kind, long sequence, String text);
    }

    IndexVerifier(Connection connection, long scopeId, Reporter reporter) throws SQLException {
        this.connection = connection;
        this.scopeId = scopeId;
        this.reporter = reporter;
        key = connection.prepareStatement("SELECT seq FROM op_keys WHERE scope_id = ? AND op_key = ?");
        entity = connection.prepareStatement("""
            SELECT last_seq, last_device, last_other FROM entities WHERE scope_id = ? AND entity_key = ?\
            """);
        blob = connection.prepareStatement("SELECT size FROM blob_refs WHERE scope_id = ? AND sha256 = ?");
    }

    void check(OpRow row, EncodedOp op) throws SQLException {
        ops++;
        if (!isFound(row.sequence(), op.opKey())) {
            reporter.damage("op_key", row.sequence(), "the operation is not found by its op_id");
        }
        checkEntity(row, op.entityKey());
        BlobReference reference = op.blob();
        if (reference != null) {
            checkBlob(row.sequence(), reference);
        }
    }

    /** An op whose key was taken by another id uses the next free one. */
    private boolean isFound(long sequence, long opKey) throws SQLException {
        for (long next = opKey; ; next++) {
            key.setLong(1, scopeId);
            key.setLong(2, next);
            try (ResultSet row = key.executeQuery()) {
                if (!row.next()) {
                    return false;
                }
                if (row.getLong(1) == sequence) {
                    return true;
                }
            }
        }
    }

    private void checkEntity(OpRow op, long entityKey) throws SQLException {
        entity.setLong(1, scopeId);
        entity.setLong(2, entityKey);
        try (ResultSet row = entity.executeQuery()) {
            if (!row.next() || row.getLong(1) < op.sequence()) {
                reporter.damage("entity", op.sequence(), "its entity's chain does not reach it");
            } else if (row.getLong(1) == op.sequence()) {
                entities++;
                if (row.getLong(2) != op.deviceKey() || row.getLong(3) != op.previousOther()) {
                    reporter.damage("entity", op.sequence(), "its entity's chain ends otherwise");
                }
            }
        }
    }

    private void checkBlob(long sequence, BlobReference reference) throws SQLException {
        blob.setLong(1, scopeId);
        blob.setString(2, reference.sha256().hex());
        try (ResultSet row = blob.executeQuery()) {
            if (!row.next()) {
                reporter.damage(
                        "blob_row", sequence, "its blob %s is not held by the vault".formatted(reference.sha256()));
            } else if (row.getLong(1) != reference.size()) {
                reporter.damage(
                        "blob_row",
                        sequence,
                        "its blob %s has %s bytes, not %s"
                                .formatted(reference.sha256(), row.getLong(1), reference.size()));
            }
        }
    }

    /** After the last op: checks that no index has entries without an op. */
    void checkCounts() throws SQLException {
        long keys = count("op_keys");
        if (keys != ops) {
            reporter.damage("op_key", 0, "%s op_ids are known of %s operations".formatted(keys, ops));
        }
        long ends = count("entities");
        if (ends != entities) {
            reporter.damage("entity", 0, "%s entities are known, the operations have %s".formatted(ends, entities));
        }
    }

    private long count(String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT COUNT(*) FROM " + table + " WHERE scope_id = ?")) {
            statement.setLong(1, scopeId);
            try (ResultSet row = statement.executeQuery()) {
                return row.getLong(1);
            }
        }
    }

    @Override
    public void close() throws SQLException {
        key.close();
        entity.close();
        blob.close();
    }
}
