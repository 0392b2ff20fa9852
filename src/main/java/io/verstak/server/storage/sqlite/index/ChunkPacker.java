package io.verstak.server.storage.sqlite.index;

import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkBuilder;
import io.verstak.server.storage.log.ChunkHead;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * Merges the small chunks that pushes of few ops have left into large ones: a page of a pull then reads one row or two instead of a
 * hundred. The ops, their bytes and the chain stay as they are. Works within a transaction.
 */
final class ChunkPacker {
    /** The chunks that are read at once, and their bytes. */
    private static final int MOST = 256;

    private static final int MOST_BYTES = 1 << 20;

    private final PreparedStatement select;
    private final PreparedStatement delete;
    private final ChunkTable chunks;

    ChunkPacker(Connection connection) throws SQLException {
        select = connection.prepareStatement(
                "SELECT id, chain, head, body FROM chunks WHERE id > ? AND id <= ? ORDER BY id LIMIT ?");
        delete = connection.prepareStatement("DELETE FROM chunks WHERE id > ? AND id <= ?");
        chunks = new ChunkTable(connection);
    }

    /** Merges chunks of a scope, as many as are read at once. */
    void pack(ScopeKeys scope) throws SQLException {
        long scopeId = scope.scopeId();
        long above = scope.packedTo();
        ChunkBuilder builder = new ChunkBuilder(scopeId);
        int read = 0;
        int bytes = 0;
        long last = 0;
        select.setLong(1, ChunkIds.of(scopeId, above));
        select.setLong(2, ChunkIds.last(scopeId));
        select.setInt(3, MOST);
        try (ResultSet row = select.executeQuery()) {
            while (bytes < MOST_BYTES && row.next()) {
                last = ChunkIds.sequence(row.getLong(1));
                byte[] body = row.getBytes(4);
                builder.add(new Chunk(scopeId, last, row.getBytes(2), row.getBytes(3), body));
                read++;
                bytes += body.length;
            }
        }
        List<Chunk> packed = builder.take();
        if (packed.isEmpty()) {
            return;
        }
        if (packed.size() < read) {
            delete.setLong(1, ChunkIds.of(scopeId, above));
            delete.setLong(2, ChunkIds.of(scopeId, last));
            delete.executeUpdate();
            chunks.insert(packed);
        }
        Chunk end = packed.get(packed.size() - 1);
        if (!new ChunkHead(end.lastSequence(), end.head()).isSmall()) {
            scope.packed(end.lastSequence(), read, 0);
        } else {
            scope.packed(
                    packed.size() < 2 ? above : packed.get(packed.size() - 2).lastSequence(), read, 1);
        }
    }
}
