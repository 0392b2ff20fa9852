package io.verstak.server.storage.sqlite.verify;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.DecodedOp;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import io.verstak.server.storage.log.ScopeTail;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Reads the log of one scope in one snapshot and recomputes everything that was computed when it was written:
 * sequences, digests, the chain, the indexes. Changes nothing.
 */
final class LogVerifier implements AutoCloseable {
    private final Connection connection;
    private final long scopeId;
    private final VerificationListener findings;
    private final MessageDigest sha256 = Sha256.newDigest();
    private final OpCodec form = new OpCodec();
    private final IndexVerifier indexes;

    private long last;
    private byte[] chain = new byte[Sha256.BYTES];
    private long ops;

    LogVerifier(Connection connection, long scopeId, VerificationListener findings) throws SQLException {
        this.connection = connection;
        this.scopeId = scopeId;
        this.findings = findings;
        this.indexes = new IndexVerifier(connection, scopeId, this::damage);
    }

    void check() throws SQLException {
        connection.setAutoCommit(false);
        try {
            readOps();
            checkHead();
            indexes.checkCounts();
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private void readOps() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, chain, head, body FROM chunks WHERE id >= ? AND id <= ? ORDER BY id")) {
            statement.setLong(1, ChunkIds.of(scopeId, 0));
            statement.setLong(2, ChunkIds.last(scopeId));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long end = ChunkIds.sequence(row.getLong(1));
                    ChunkHead head = new ChunkHead(end, bytes(row, 3));
                    byte[] body = bytes(row, 4);
                    for (int i = 0; i < head.ops(); i++) {
                        checkOp(head, i, StoredOp.of(head, i, body));
                        findings.advance(1);
                    }
                    if (!Arrays.equals(chain, bytes(row, 2))) {
                        damage("chain", end, "this row, or the one before it, is not the one that was stored");
                    }
                    chain = bytes(row, 2);
                }
            }
        }
    }

    private void checkOp(ChunkHead head, int index, StoredOp op) throws SQLException {
        if (op.sequence() != last + 1) {
            checkGap(last, op.sequence() - 1);
        }
        chain = ScopeTail.link(sha256, chain, scopeId, op.sequence(), op.deviceKey(), op.members());
        checkContent(head, index, op);
        last = op.sequence();
        ops++;
    }

    private void checkContent(ChunkHead head, int index, StoredOp stored) throws SQLException {
        DecodedOp op;
        try {
            op = DecodedOp.parse(stored.members());
        } catch (IllegalArgumentException unreadable) {
            damage("content", stored.sequence(), "its text is no operation");
            return;
        }
        EncodedOp formed = op.formed(form);
        if (OpCodec.deviceKey(op.deviceId()) != stored.deviceKey()
                || formed.opKey() != head.opKey(index)
                || formed.entityKey() != head.entityKey(index)) {
            damage("content", stored.sequence(), "its text is not what its head says");
        }
        indexes.check(stored, formed);
    }

    /**
     * @param after the sequence before the gap
     * @param until the last one in it
     */
    private void checkGap(long after, long until) throws SQLException {
        if (until <= importedHead()) {
            return; // numbered by another server, with gaps
        }
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT after_seq FROM log_skips WHERE scope_id = ? AND until_seq = ?")) {
            statement.setLong(1, scopeId);
            statement.setLong(2, until);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next() || row.getLong(1) != after) {
                    findings.damage(
                            "sequence",
                            "vault %s: the operations from sequence %s to %s are missing"
                                    .formatted(scopeId, after + 1, until));
                }
            }
        }
    }

    private long importedHead() throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT imported_head FROM scopes WHERE id = ?")) {
            statement.setLong(1, scopeId);
            try (ResultSet row = statement.executeQuery()) {
                return row.next() ? row.getLong(1) : 0;
            }
        }
    }

    private void checkHead() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
            SELECT head, counter, chain, operations, last_skip,
              (SELECT COALESCE(MAX(until_seq), 0) FROM log_skips k WHERE k.scope_id = s.id) FROM scopes s
            WHERE id = ?\
            """)) {
            statement.setLong(1, scopeId);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    return; // deleted meanwhile
                }
                long head = row.getLong(1);
                long counter = row.getLong(2);
                if (head != last) {
                    damage("head", head, "is the head, but the last operation is %s".formatted(last));
                }
                if (counter > Math.max(head, last)) {
                    checkGap(Math.max(head, last), counter);
                }
                if (!Arrays.equals(bytes(row, 3), chain)) {
                    damage("chain", head, "the head's digest is not the one of the last operation");
                }
                if (row.getLong(4) != ops) {
                    damage("head", head, "%s operations are counted, %s are there".formatted(row.getLong(4), ops));
                }
                if (row.getLong(5) != row.getLong(6)) {
                    damage(
                            "head",
                            head,
                            "the last skip is told as %s and is %s".formatted(row.getLong(5), row.getLong(6)));
                }
            }
        }
    }

    private void damage(String kind, long sequence, String text) {
        findings.damage(kind, "vault %s, sequence %s: %s".formatted(scopeId, sequence, text));
    }

    private static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    @Override
    public void close() throws SQLException {
        indexes.close();
    }
}
