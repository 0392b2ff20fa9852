package io.verstak.server.storage.account;

import io.verstak.server.storage.Dialect;
import java.util.List;

/**
 * The op log's tables, which each engine has its own of, for those who count ops or delete a whole log.
 *
 * @param heads selects the heads of the chunks with an op above a position, and their last sequences; the values are the scope, the position,
 *     the scope and the largest number of rows
 * @param deletions statements that each delete some rows of a log; the values are the scope, the scope and the largest number of chunks
 */
public record LogTables(String heads, List<String> deletions) {
    private static final String SKIPS = "DELETE FROM log_skips WHERE scope_id = ? AND until_seq IN"
            + " (SELECT until_seq FROM log_skips WHERE scope_id = ? LIMIT ?)";

    private static final LogTables SQLITE = new LogTables(
            """
            SELECT c.id & ((1 << 40) - 1) AS last, c.head FROM chunks c
            WHERE c.id > (? << 40 | ?) AND c.id < (? + 1) << 40 ORDER BY c.id LIMIT ?""",
            List.of(
                    "DELETE FROM chunks WHERE id IN"
                            + " (SELECT id FROM chunks WHERE id >= ? << 40 AND id < (? + 1) << 40 LIMIT ?)",
                    "DELETE FROM key_parts WHERE ? > 0 AND id IN (SELECT p.id FROM key_runs r"
                            + " JOIN key_parts p ON p.id >= r.id << 24 AND p.id < (r.id + 1) << 24 WHERE r.scope_id = ? LIMIT ?)",
                    "DELETE FROM key_runs WHERE scope_id = ? AND id IN (SELECT id FROM key_runs WHERE scope_id = ? LIMIT ?)",
                    SKIPS));

    private static final LogTables POSTGRESQL = new LogTables(
            """
            SELECT c.last_seq AS last, c.head FROM chunks c
            WHERE c.scope_id = ? AND c.last_seq > ? AND c.scope_id = ? ORDER BY c.last_seq LIMIT ?""",
            List.of(
                    "DELETE FROM chunks WHERE scope_id = ? AND last_seq IN"
                            + " (SELECT last_seq FROM chunks WHERE scope_id = ? ORDER BY last_seq LIMIT ?)",
                    // A chunk has many ops, and the keys of an op are small.
                    "DELETE FROM op_keys WHERE scope_id = ? AND ctid = ANY"
                            + " (ARRAY (SELECT ctid FROM op_keys WHERE scope_id = ? LIMIT 100 * ?))",
                    SKIPS));

    public LogTables {
        deletions = List.copyOf(deletions);
    }

    public static LogTables of(Dialect dialect) {
        return switch (dialect) {
            case SQLITE -> SQLITE;
            case POSTGRESQL -> POSTGRESQL;
        };
    }
}
