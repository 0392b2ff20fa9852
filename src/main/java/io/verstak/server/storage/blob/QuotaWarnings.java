package io.verstak.server.storage.blob;

import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditEntry.Told;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Warns users of a quota that is nearly used up: once at 80 % and once at 95 %, and again only after the use has dropped 5 % below. The
 * level is stored in the transaction that writes the warning, so that a crash repeats none, and several nodes write one.
 */
public final class QuotaWarnings {
    private static final int HIGH = 95;
    private static final int LOW = 80;
    private static final int HYSTERESIS = 5;
    private static final int PER_SLICE = 500;

    private static final String USED = """
            SELECT u.id, COALESCE(u.quota_bytes, ?) AS quota,
              COALESCE((SELECT SUM(bytes) FROM blob_usage WHERE user_id = u.id), 0) AS used,
              COALESCE((SELECT storage_level FROM notices WHERE realm = 'user' AND owner = u.id), 0) AS level
            FROM users u WHERE\s""";

    private final Database database;

    private record Use(String userId, long quota, long used, int level) {
        private double percent() {
            return quota > 0 ? 100.0 * used / quota : used > 0 ? 100 : 0;
        }

        /** Returns the level that the user has now. */
        int next() {
            double now = percent();
            int reached = now >= HIGH ? HIGH : now >= LOW ? LOW : 0;
            if (reached >= level) {
                return reached;
            }
            int kept = now >= level - HYSTERESIS ? level : LOW;
            return now >= LOW - HYSTERESIS ? kept : 0;
        }
    }

    public QuotaWarnings(Database database) {
        this.database = database;
    }

    /**
     * Looks at the next users, ordered by id, and writes the warnings that are due.
     *
     * @param after the id of the last user of the slice before; empty for the first slice
     * @param serverQuota the quota in bytes of users without an own one
     * @param now milliseconds since the epoch
     * @return the id of the last user of this slice; empty: there are no more
     */
    public Future<String> slice(String after, long serverQuota, long now) {
        return database.list(USED + "u.id > ? ORDER BY u.id LIMIT ?", QuotaWarnings::use, serverQuota, after, PER_SLICE)
                .compose(users -> warn(users, serverQuota, now)
                        .map(
                                users.size() == PER_SLICE
                                        ? users.get(PER_SLICE - 1).userId()
                                        : ""));
    }

    private Future<Void> warn(List<Use> users, long serverQuota, long now) {
        Future<Void> done = Future.succeededFuture();
        for (Use user : users) {
            if (user.next() != user.level()) {
                done = done.compose(before -> database.write(connection -> change(connection, user, serverQuota, now)));
            }
        }
        return done;
    }

    /** Reads again, since the use, or another node, may have changed it meanwhile. */
    private static Future<Void> change(SqlConnection connection, Use read, long serverQuota, long now) {
        return Rows.first(connection, USED + "u.id = ?", QuotaWarnings::use, serverQuota, read.userId())
                .compose(found ->
                        found.isPresent() && found.get().next() != found.get().level()
                                ? store(connection, found.get(), now)
                                : Future.succeededFuture());
    }

    private static Future<Void> store(SqlConnection connection, Use user, long now) {
        int next = user.next();
        return Rows.run(connection, """
                        INSERT INTO notices (realm, owner, storage_level) VALUES ('user', ?, ?)
                        ON CONFLICT (realm, owner) DO UPDATE SET storage_level = excluded.storage_level""", user.userId(), next)
                .compose(stored -> next > user.level()
                        ? AuditStore.add(
                                connection,
                                new AuditEntry(
                                                "storage_low",
                                                user.userId(),
                                                "",
                                                "",
                                                "Most of the quota is used.",
                                                1,
                                                now)
                                        .subject(next + " %")
                                        .told(Told.BY_MAIL))
                        : Future.succeededFuture());
    }

    private static Use use(Row row) {
        @Nullable Long used = row.getLong("used");
        return new Use(row.getString("id"), row.getLong("quota"), used == null ? 0 : used, row.getInteger("level"));
    }
}
