package io.verstak.server.storage;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Reads the heads of logs, for those who wait for them to move. */
public final class HeadStore {
    private static final int SCOPES_PER_QUERY = 500;

    private final Database database;

    /** Receives a head. */
    public interface Reader {
        void head(long scopeId, long head);
    }

    public HeadStore(Database database) {
        this.database = database;
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
