package io.verstak.server.storage.sqlite.conversion;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a converted log beside the old rows. Each op must be there, byte for byte, under its keys, and the new chain must be that of
 * what is read. The old chain is checked on the way: what was damaged before is reported. Changes nothing.
 */
final class ConversionCheck implements AutoCloseable {
    private final UpgradeProgress progress;
    private final Statement scopes;
    private final PreparedStatement chunks;
    private final PreparedStatement oldOps;
    private final PreparedStatement scope;
    private final OpCodec codec = new OpCodec();
    private final MessageDigest sha256 = Sha256.newDigest();
    private final List<LogDamage> damage = new ArrayList<>();

    private byte[] chain = new byte[0];
    private byte[] oldChain = new byte[0];
    private long ops;
    private long last;
    private long faults;
    private long firstFault;

    ConversionCheck(Connection connection, UpgradeProgress progress) throws SQLException {
        this.progress = progress;
        scopes = connection.createStatement();
        chunks = connection.prepareStatement(
                "SELECT id, chain, head, body FROM chunks WHERE id >= ? AND id <= ? ORDER BY id");
        oldOps = connection.prepareStatement("SELECT seq, device_key, prev, prev_other, content, chain, json FROM ops"
                + " WHERE scope_id = ? ORDER BY seq");
        scope = connection.prepareStatement(
                "SELECT s.head, s.operations, s.chain, u.id FROM scopes s LEFT JOIN users u ON u.id = s.user_id WHERE s.id = ?");
    }

    /**
     * Checks all logs. Returns what was damaged before.
     *
     * @throws IllegalStateException if a log is not the same
     */
    List<LogDamage> run() throws SQLException {
        try (ResultSet row = scopes.executeQuery("""
                WITH RECURSIVE found (scope_id) AS (
                  SELECT MIN(scope_id) FROM (SELECT MIN(scope_id) AS scope_id FROM ops
                    UNION ALL SELECT MIN(id) FROM scopes UNION ALL SELECT MIN(id) >> 40 FROM chunks)
                  UNION ALL
                  SELECT (SELECT MIN(scope_id) FROM (SELECT (SELECT MIN(o.scope_id) FROM ops o WHERE o.scope_id > found.scope_id) AS scope_id
                    UNION ALL SELECT (SELECT MIN(s.id) FROM scopes s WHERE s.id > found.scope_id)
                    UNION ALL SELECT (SELECT MIN(c.id) >> 40 FROM chunks c WHERE c.id >= (found.scope_id + 1) << 40)))
                  FROM found WHERE found.scope_id IS NOT NULL)
                SELECT scope_id FROM found WHERE scope_id IS NOT NULL""")) {
            while (row.next()) {
                check(row.getLong(1));
            }
        }
        return damage;
    }

    private void check(long scopeId) throws SQLException {
        chain = new byte[Sha256.BYTES];
        oldChain = new byte[Sha256.BYTES];
        ops = 0;
        last = 0;
        faults = 0;
        chunks.setLong(1, ChunkIds.of(scopeId, 0));
        chunks.setLong(2, ChunkIds.last(scopeId));
        oldOps.setLong(1, scopeId);
        try (ResultSet chunk = chunks.executeQuery();
                ResultSet old = oldOps.executeQuery()) {
            while (chunk.next()) {
                checkChunk(scopeId, chunk, old);
            }
            require(!old.next(), scopeId, "is missing after");
        }
        checkScope(scopeId);
    }

    private void checkChunk(long scopeId, ResultSet chunk, ResultSet old) throws SQLException {
        ChunkHead head = new ChunkHead(ChunkIds.sequence(chunk.getLong(1)), chunk.getBytes(3));
        byte[] body = chunk.getBytes(4);
        require(head.firstMisplaced(body) < 0, scopeId, "is not at its place after");
        for (int i = 0; i < head.ops(); i++) {
            require(old.next(), scopeId, "is too many after");
            last = old.getLong(1);
            require(head.sequence(i) == last, scopeId, "is not at its place:");
            StoredOp op = StoredOp.of(head, i, body);
            byte[] json = LogConversion.bytes(old, 7);
            require(op.deviceKey() == old.getLong(2) && Arrays.equals(op.members(), json), scopeId, "differs:");
            LogConversion.Keys keys = LogConversion.Keys.of(codec, op.members());
            require(head.opKey(i) == keys.op() && head.entityKey(i) == keys.entity(), scopeId, "has other keys:");
            chain = ScopeTail.link(sha256, chain, scopeId, last, op.deviceKey(), op.members());
            checkOldChain(scopeId, old, json);
            ops++;
        }
        require(Arrays.equals(chain, chunk.getBytes(2)), scopeId, "has another digest:");
        progress.advance(head.ops());
    }

    /** The digest of a row of schema 19. */
    private void checkOldChain(long scopeId, ResultSet old, byte[] json) throws SQLException {
        byte[] stored = LogConversion.bytes(old, 6);
        sha256.update(oldChain);
        sha256.update(ByteBuffer.allocate(5 * Long.BYTES)
                .putLong(scopeId)
                .putLong(last)
                .putLong(old.getLong(2))
                .putLong(old.getLong(3))
                .putLong(old.getLong(4))
                .flip());
        sha256.update(LogConversion.bytes(old, 5));
        if (!Arrays.equals(sha256.digest(json), stored)) {
            firstFault = faults == 0 ? last : firstFault;
            faults++;
        }
        oldChain = stored;
    }

    private void checkScope(long scopeId) throws SQLException {
        scope.setLong(1, scopeId);
        try (ResultSet row = scope.executeQuery()) {
            String userId = row.next() ? row.getString(4) : "";
            if (userId == null) {
                return; // The vault of a deleted user is being removed, slice by slice.
            }
            if (userId.isEmpty()) {
                damage.add(new LogDamage(
                        "", "vault %s, sequence %s: a log whose vault does not exist".formatted(scopeId, last)));
                return;
            }
            List<String> found = new ArrayList<>();
            if (faults > 0) {
                found.add("sequence %s: this operation, or the one before it, is not the one that was stored%s"
                        .formatted(firstFault, faults > 1 ? " (and %s more)".formatted(faults - 1) : ""));
            }
            if (row.getLong(1) != last) {
                found.add("sequence %s: is the head, but the last operation is %s".formatted(row.getLong(1), last));
            } else if (!Arrays.equals(row.getBytes(3), oldChain)) {
                found.add("sequence %s: the log does not end as it was left".formatted(last));
            }
            if (row.getLong(2) != ops) {
                found.add("%s operations are counted, %s are there".formatted(row.getLong(2), ops));
            }
            if (!found.isEmpty()) {
                damage.add(new LogDamage(userId, "vault %s, %s".formatted(scopeId, String.join("; ", found))));
            }
        }
    }

    private void require(boolean same, long scopeId, String what) {
        if (!same) {
            throw new IllegalStateException("vault %s, an operation %s sequence %s".formatted(scopeId, what, last));
        }
    }

    @Override
    public void close() throws SQLException {
        for (Statement statement : List.of(scopes, chunks, oldOps, scope)) {
            statement.close();
        }
    }
}
