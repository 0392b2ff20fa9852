package io.verstak.server.storage.listing;

import io.verstak.server.domain.Usernames;
import io.verstak.server.domain.listing.AuditEvent;
import io.verstak.server.domain.listing.AuditQuery;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The audit log for administrators: latest first, paged along an index, however long it is. */
public final class AuditListing {
    private final Database database;

    public AuditListing(Database database) {
        this.database = database;
    }

    /** Returns the entries, latest first. */
    public Future<List<AuditEvent>> list(AuditQuery query) {
        return database.read(
                connection -> whom(connection, query.user()).compose(userId -> list(connection, query, userId)));
    }

    /** Returns the id of the user with this id, name or address; the text itself when there is none. */
    private static Future<String> whom(SqlConnection connection, String user) {
        if (user.isEmpty()) {
            return Future.succeededFuture("");
        }
        String key = Usernames.key(user);
        String exact = Usernames.exactKey(user);
        String sql = """
                        SELECT id FROM users WHERE id = ? OR username_key IN (?, ?) OR email_key IN (?, ?)
                        ORDER BY CASE WHEN id = ? THEN 0 WHEN ? IN (username_key, email_key) THEN 1
                          WHEN email_key = ? THEN 2 ELSE 3 END LIMIT 1""";
        return Rows.first(connection, sql, row -> row.getString("id"), user, key, exact, key, exact, user, exact, key)
                .map(found -> found.orElse(user));
    }

    private static Future<List<AuditEvent>> list(SqlConnection connection, AuditQuery query, String userId) {
        List<Object> values = new ArrayList<>();
        StringBuilder where = new StringBuilder();
        where.append("(a.created_at, a.id) ").append(query.newer() ? ">" : "<").append(" (?, ?)");
        values.add(query.from().order());
        values.add(query.from().id());
        if (query.since() > 0) {
            where.append(" AND a.created_at >= ?");
            values.add(query.since());
        }
        if (!query.type().isEmpty()) {
            where.append(" AND a.type = ?");
            values.add(query.type());
        }
        if (!userId.isEmpty()) {
            where.append(" AND a.user_id = ?");
            values.add(userId);
        }
        // Its index has only entries with one, which a parameter alone does not tell the database.
        if (!query.address().isEmpty()) {
            where.append(" AND a.address <> '' AND a.address = ?");
            values.add(query.address());
        }
        if (!query.device().isEmpty()) {
            where.append(" AND a.device_id <> '' AND a.device_id = ?");
            values.add(query.device());
        }
        values.add(query.limit());
        String direction = query.newer() ? "ASC" : "DESC";
        String sql = """
                SELECT a.id, a.type, a.user_id, a.device_id, a.address, a.message, a.administrator, a.subject, a.agent,
                  a.method, a.times, a.created_at, u.username
                FROM audit_log a LEFT JOIN users u ON u.id = a.user_id
                WHERE %s ORDER BY a.created_at %s, a.id %s LIMIT ?""".formatted(where, direction, direction);
        return Rows.list(connection, sql, AuditListing::event, values.toArray())
                .map(events -> events.stream().sorted((a, b) -> order(b, a)).toList());
    }

    private static int order(AuditEvent a, AuditEvent b) {
        int byTime = Long.compare(a.at(), b.at());
        return byTime == 0 ? Long.compare(a.id(), b.id()) : byTime;
    }

    private static AuditEvent event(Row row) {
        @Nullable String username = row.getString("username");
        return new AuditEvent(
                row.getLong("id"),
                row.getString("type"),
                row.getString("user_id"),
                username == null ? "" : username,
                row.getString("device_id"),
                row.getString("address"),
                row.getString("message"),
                row.getString("administrator"),
                row.getString("subject"),
                row.getString("agent"),
                row.getString("method"),
                row.getLong("times"),
                row.getLong("created_at"));
    }
}
