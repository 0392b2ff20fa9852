package io.verstak.server.storage.sqlite;

import io.verstak.server.domain.ExportChunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.PageJson;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A connection that reads pages. Not safe for several threads. */
final class LogReader implements AutoCloseable {
    private final Connection connection;
    private final PreparedStatement page;
    private final PreparedStatement skipped;

    LogReader(Connection connection) throws SQLException {
        this.connection = connection;
        // One statement reads one snapshot, so that head and page agree.
        page = connection.prepareStatement("""
                SELECT s.head, s.counter, s.last_skip, s.log_id, c.id, c.head, c.body
                FROM scopes s LEFT JOIN chunks c ON c.id > ? AND c.id <= ?
                WHERE s.id = ? ORDER BY c.id LIMIT ?""");
        skipped = connection.prepareStatement(
                "SELECT 1 FROM log_skips WHERE scope_id = ? AND until_seq >= ? AND until_seq < ? LIMIT 1");
    }

    LogPage read(long scopeId, long cursor, int maxOps, int maxBytes) throws SQLException {
        try (ResultSet row = chunksAbove(scopeId, cursor, maxOps + 1)) {
            if (!row.next()) {
                throw new SQLException("no scope " + scopeId);
            }
            long head = row.getLong(1);
            long counter = row.getLong(2);
            long lastSkip = row.getLong(3);
            String logId = row.getString(4);
            PageJson json = new PageJson(maxOps, maxBytes);
            boolean more = row.getLong(5) != 0;
            while (more && json.add(chunkHead(row), row.getBytes(7), cursor)) {
                more = row.next();
            }
            boolean gap = json.ops() > 0 && lastSkip >= cursor && crossesSkip(scopeId, cursor, json.last());
            return LogPage.of(json, cursor, head, counter, logId, more, gap);
        }
    }

    ExportChunk lines(long scopeId, long cursor, int maxBytes) throws SQLException {
        try (ResultSet row = chunksAbove(scopeId, cursor, PageJson.Lines.MAX_CHUNKS)) {
            PageJson.Lines lines = new PageJson.Lines(cursor, maxBytes);
            long head = 0;
            boolean room = true;
            while (room && row.next()) {
                head = row.getLong(1);
                room = row.getLong(5) != 0 && lines.add(chunkHead(row), row.getBytes(7));
            }
            return lines.end(head);
        }
    }

    private ResultSet chunksAbove(long scopeId, long cursor, int most) throws SQLException {
        page.setLong(1, ChunkIds.above(scopeId, cursor));
        page.setLong(2, ChunkIds.last(scopeId));
        page.setLong(3, scopeId);
        page.setInt(4, most);
        return page.executeQuery();
    }

    private static ChunkHead chunkHead(ResultSet row) throws SQLException {
        return new ChunkHead(ChunkIds.sequence(row.getLong(5)), row.getBytes(6));
    }

    private boolean crossesSkip(long scopeId, long cursor, long last) throws SQLException {
        skipped.setLong(1, scopeId);
        skipped.setLong(2, cursor);
        skipped.setLong(3, last);
        try (ResultSet row = skipped.executeQuery()) {
            return row.next();
        }
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
