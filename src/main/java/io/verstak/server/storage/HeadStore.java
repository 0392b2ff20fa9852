package io.verstak.server.storage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the heads of logs, for what waits for them to move, or follows them. */
public final class HeadStore {
    private static final int SCOPES_PER_QUERY = 500;

    private static final String LOG = "SELECT id, user_id, vault_id, log_id, head FROM scopes ";

    private final Database database;

    /** Receives a head. */
    public interface Reader {
        void head(long scopeId, long head);
    }

    /**
     * A log and how far it goes.
     *
     * @param id changes when a backup is restored
     */
    public record Log(long scopeId, String userId, String vaultId, String id, long head) {}

    public HeadStore(Database database) {
        this.database = database;
    }

    /** Returns a log; empty: its vault is gone. Fails with {@code UNAVAILABLE}. */
    public Future<Optional<Log>> log(long scopeId) {
        return database.first(LOG + "WHERE id = ?", HeadStore::log, scopeId);
    }

    /** Returns logs in the order of their numbers, from behind one. Fails with {@code UNAVAILABLE}. */
    public Future<List<Log>> logsAfter(long scopeId, int limit) {
        return database.list(LOG + "WHERE id > ? ORDER BY id LIMIT ?", HeadStore::log, scopeId, limit);
    }

    private static Log log(Row row) {
        return new Log(
                row.getLong("id"),
                row.getString("user_id"),
                row.getString("vault_id"),
                row.getString("log_id"),
                row.getLong("head"));
    }

    /** Passes on the heads of these scopes but for those of empty logs, some at a time. Fails with {@code UNAVAILABLE}. */
    public Future<Void> read(Collection<Long> scopeIds, Reader reader) {
        return read(List.copyOf(scopeIds), 0, reader);
    }

    private Future<Void> read(List<Long> scopeIds, int from, Reader reader) {
        if (from >= scopeIds.size()) {
            return Future.succeededFuture();
        }
        int to = Math.min(scopeIds.size(), from + SCOPES_PER_QUERY);
        List<Long> some = scopeIds.subList(from, to);
        return database.list(
                        "SELECT id, head FROM scopes WHERE head > 0 AND id IN (" + Rows.marks(some.size()) + ")",
                        row -> Map.entry(row.getLong("id"), row.getLong("head")),
                        some.toArray())
                .compose(heads -> {
                    heads.forEach(head -> reader.head(head.getKey(), head.getValue()));
                    return read(scopeIds, to, reader);
                });
    }
}
