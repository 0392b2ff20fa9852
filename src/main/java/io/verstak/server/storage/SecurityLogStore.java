package io.verstak.server.storage;

import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the audit log says of one person, and which of its events the person has been told of. Nothing in it concerns others. */
public final class SecurityLogStore {
    private static final String SELECT = """
            SELECT a.id, a.type, a.address, a.message, a.times, a.created_at, a.administrator, a.subject, a.agent, a.method,
              d.name AS device
            FROM audit_log a LEFT JOIN devices d ON d.id = a.device_id AND d.user_id = a.user_id WHERE\s""";

    /** The events of a user, and what an administrator did. */
    private static final String OF_USER = "a.user_id = ?";

    /** Its index has only entries with one, which a parameter alone does not tell the database. */
    private static final String OF_ADMINISTRATOR = "a.administrator <> '' AND a.administrator = ?";

    private final Database database;

    /**
     * A person.
     *
     * @param administrator whether the key is an administrator's name; otherwise it is a user's id
     */
    public record Person(boolean administrator, String key) {
        String realm() {
            return administrator ? "administrator" : "user";
        }

        private String where() {
            return administrator ? OF_ADMINISTRATOR : OF_USER;
        }
    }

    public SecurityLogStore(Database database) {
        this.database = database;
    }

    /**
     * Returns events, latest first.
     *
     * @param newer whether the page continues towards the latest events
     */
    public Future<List<SecurityEvent>> list(Person person, Position from, boolean newer, int limit) {
        return database.list(
                        page(person, newer), row -> event(row, person), person.key(), from.order(), from.id(), limit)
                .map(found -> {
                    List<SecurityEvent> events = new ArrayList<>(found);
                    if (newer) {
                        Collections.reverse(events);
                    }
                    return List.copyOf(events);
                });
    }

    /** Returns the statement for a page of events, which takes the key of the person, the two parts of a position and a limit. */
    static String page(Person person, boolean newer) {
        String direction = newer ? "ASC" : "DESC";
        return SELECT + person.where() + " AND (a.created_at, a.id) " + (newer ? ">" : "<")
                + " (?, ?) ORDER BY a.created_at " + direction + ", a.id " + direction + " LIMIT ?";
    }

    /** Returns the latest events that the person is told of and has not dismissed, latest first. */
    public Future<List<SecurityEvent>> untold(Person person, long since, int limit) {
        // What an administrator does to a user concerns that user.
        String sql = SELECT + person.where() + (person.administrator() ? " AND a.user_id = ''" : "") + """
                 AND a.told > 0 AND a.created_at > ?
                AND a.created_at > COALESCE((SELECT dismissed_at FROM notices WHERE realm = ? AND owner = ?), 0)
                ORDER BY a.created_at DESC, a.id DESC LIMIT ?""";
        return database.list(sql, row -> event(row, person), person.key(), since, person.realm(), person.key(), limit);
    }

    /** Dismisses all events up to a time, in milliseconds since the epoch. */
    public Future<Void> dismiss(Person person, long upTo) {
        return database.run("""
                        INSERT INTO notices (realm, owner, dismissed_at) VALUES (?, ?, ?)
                        ON CONFLICT (realm, owner) DO UPDATE SET dismissed_at = excluded.dismissed_at
                        WHERE notices.dismissed_at < excluded.dismissed_at""", person.realm(), person.key(), upTo);
    }

    private static SecurityEvent event(Row row, Person person) {
        String message = row.getString("message");
        // Entries of earlier releases name the administrator in their text alone.
        boolean named = message.endsWith(")") && message.contains(". (");
        boolean byAdministrator = !row.getString("administrator").isEmpty();
        String subject = row.getString("subject");
        @Nullable String device = row.getString("device");
        return new SecurityEvent(
                row.getLong("id"),
                row.getString("type"),
                named && !person.administrator() ? message.substring(0, message.indexOf(" (")) : message,
                subject.isEmpty() && device != null ? device : subject,
                BrowserName.of(row.getString("agent")),
                byAdministrator && !person.administrator() ? "" : row.getString("address"),
                row.getString("method"),
                byAdministrator && !person.administrator(),
                row.getLong("times"),
                row.getLong("created_at"));
    }
}
