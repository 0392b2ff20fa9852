package io.verstak.server.storage.sqlite.index;

import io.verstak.server.storage.log.Chunk;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Adds rows to {@code chunks}, within the transaction of its connection. */
public final class ChunkTable implements AutoCloseable {
    private final PreparedStatement insert;

    public ChunkTable(Connection connection) throws SQLException {
        insert = connection.prepareStatement("INSERT INTO chunks (id, chain, head, body) VALUES (?, ?, ?, ?)");
    }

    public void insert(List<Chunk> chunks) throws SQLException {
        for (Chunk chunk : chunks) {
            insert.setLong(1, ChunkIds.of(chunk.scopeId(), chunk.lastSequence()));
            insert.setBytes(2, chunk.chain());
            insert.setBytes(3, chunk.head());
            insert.setBytes(4, chunk.body());
            insert.executeUpdate();
        }
    }

    @Override
    public void close() throws SQLException {
        insert.close();
    }
}
