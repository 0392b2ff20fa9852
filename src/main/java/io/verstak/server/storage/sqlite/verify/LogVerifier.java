package io.verstak.server.storage.sqlite.verify;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.DecodedOp;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import io.verstak.server.storage.sqlite.index.RunCheck;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;

/**
 * Reads the log of one scope in one snapshot and recomputes everything that was computed when it was written: sequences, the chain,
 * keys, the runs of keys. Keeps nothing of an op that it has read. Changes nothing.
 */
final class LogVerifier implements AutoCloseable {
    private final Connection connection;
    private final long scopeId;
    private final VerificationListener findings;
    private final MessageDigest sha256 = Sha256.newDigest();
    private final OpCodec form = new OpCodec();
    private final BlobCheck blobs;
    private final RunCheck runs = new RunCheck(this::indexDamage);

    private long last;
    private byte[] chain = new byte[Sha256.BYTES];
    private long ops;
    private long logDamages;
    private long indexDamages;

    LogVerifier(Connection connection, long scopeId, VerificationListener findings) throws SQLException {
        this.connection = connection;
        this.scopeId = scopeId;
        this.findings = findings;
        this.blobs = new BlobCheck(connection, scopeId, this::report);
    }

    /** Returns whether the log is sound and its index is not, so that the index can be made of the log again. */
    boolean check() throws SQLException {
        connection.setAutoCommit(false);
        try {
            readRuns();
            readChunks();
            checkHead();
            runs.finish();
        } finally {
            connection.setAutoCommit(true);
        }
        return logDamages == 0 && indexDamages > 0;
    }

    private void readRuns() throws SQLException {
        try {
            runs.read(connection, scopeId);
        } catch (SQLException unreadable) {
            indexDamage("run", 0, "the runs of keys cannot be read on: " + unreadable.getMessage());
        }
    }

    private void readChunks() throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT id, chain, head, body FROM chunks WHERE id >= ? AND id <= ? ORDER BY id")) {
            statement.setLong(1, ChunkIds.of(scopeId, 0));
            statement.setLong(2, ChunkIds.last(scopeId));
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    long end = ChunkIds.sequence(row.getLong(1));
                    checkChunk(new Chunk(scopeId, end, row.getBytes(2), row.getBytes(3), row.getBytes(4)));
                    last = end;
                    chain = row.getBytes(2);
                }
            }
        }
    }

    private void checkChunk(Chunk chunk) throws SQLException {
        long end = chunk.lastSequence();
        if (!ChunkHead.isOne(chunk.head())) {
            damage("content", end, "its head has %s bytes".formatted(chunk.head().length));
            return;
        }
        ChunkHead head = new ChunkHead(end, chunk.head());
        ops += head.ops();
        findings.advance(head.ops());
        if (!head.ascends() || head.sequence(0) <= last) {
            damage("sequence", end, "the sequences of its head do not ascend to it from %s".formatted(last));
            return;
        }
        for (int i = 0; i < head.ops(); i++) {
            runs.op(head.sequence(i), head.opKey(i), head.entityKey(i), head.deviceKey(i));
            if (head.sequence(i) != last + 1) {
                checkGap(last, head.sequence(i) - 1);
            }
            last = head.sequence(i);
        }
        int misplaced = head.firstMisplaced(chunk.body());
        if (misplaced >= 0) {
            damage("content", head.sequence(misplaced), "its text is not where its head says");
            return;
        }
        byte[] link = chain;
        for (int i = 0; i < head.ops(); i++) {
            StoredOp op = StoredOp.of(head, i, chunk.body());
            link = ScopeTail.link(sha256, link, scopeId, op.sequence(), op.deviceKey(), op.members());
            checkContent(head, i, op.members());
        }
        if (!Arrays.equals(link, chunk.chain())) {
            damage(
                    "chain",
                    end,
                    "the operations from %s to it, or the row before them, are not those that were stored"
                            .formatted(head.sequence(0)));
        }
    }

    private void checkContent(ChunkHead head, int index, byte[] members) throws SQLException {
        long sequence = head.sequence(index);
        DecodedOp op;
        EncodedOp formed;
        try {
            op = DecodedOp.parse(members);
            formed = op.formed(form);
        } catch (RuntimeException unreadable) {
            damage("content", sequence, "its text is no operation");
            return;
        }
        if (OpCodec.deviceKey(op.deviceId()) != head.deviceKey(index)) {
            damage("content", sequence, "it names another device than its head");
        }
        if (formed.opKey() != head.opKey(index) || formed.entityKey() != head.entityKey(index)) {
            damage("content", sequence, "its text has other keys than its head");
        }
        BlobReference blob = formed.blob();
        if (blob != null) {
            blobs.check(sequence, blob);
        }
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
                    damage("sequence", until, "it and the operations from %s to it are missing".formatted(after + 1));
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
                if (!Arrays.equals(row.getBytes(3), chain)) {
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
        logDamages++;
        report(kind, sequence, text);
    }

    private void indexDamage(String kind, long sequence, String text) {
        indexDamages++;
        report(kind, sequence, text);
    }

    private void report(String kind, long sequence, String text) {
        findings.damage(kind, "vault %s, sequence %s: %s".formatted(scopeId, sequence, text));
    }

    @Override
    public void close() throws SQLException {
        blobs.close();
    }
}
