package io.verstak.server.storage;

import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.domain.listing.Position;
import io.verstak.server.domain.listing.SecurityEvent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the audit log says of one person, and which of its events the person has been told of. Nothing in it concerns others. */
public final class SecurityLogStore {
    /** An administrator of the same name, who is gone, was somebody else. */
    private static final String SINCE_MADE =
            " AND a.created_at >= COALESCE((SELECT created_at FROM administrators WHERE username_key = ?), 0)";

    private static final String OF_USER = "a.user_id = ?";

    /** Both sign-ins of one person are one event. */
    private static final String ONCE = " AND a.method <> 'same-person'";

    /**
     * What an administrator did to a user concerns that user. The index has only entries with an administrator, which a parameter alone
     * does not tell the database.
     */
    private static final String BY_ADMINISTRATOR =
            "a.administrator <> '' AND a.administrator = ? AND a.user_id = ''" + ONCE + SINCE_MADE;

    /** What others did to an administrator without a user account. */
    private static final String TO_ADMINISTRATOR =
            "a.type IN ('administrator_password_set', 'second_factor_reset') AND a.user_id = '' AND a.subject = ?"
                    + SINCE_MADE;

    private final Database database;

    /**
     * A person.
     *
     * @param user the id of the user account; empty: there is none
     * @param administrator the key of the administrator; empty: the person is none
     */
    public record Person(String user, String administrator) {
        /** The realm of what the person has dismissed. */
        private String realm() {
            return user.isEmpty() ? "administrator" : "user";
        }

        private String owner() {
            return user.isEmpty() ? administrator : user;
        }

        private List<Part> parts() {
            List<Part> parts = new ArrayList<>();
            if (!user.isEmpty()) {
                parts.add(new Part(OF_USER + (administrator.isEmpty() ? "" : ONCE), List.of(user)));
            }
            if (!administrator.isEmpty()) {
                parts.add(new Part(BY_ADMINISTRATOR, List.of(administrator, administrator)));
                parts.add(new Part(TO_ADMINISTRATOR, List.of(administrator, administrator)));
            }
            return parts;
        }
    }

    /** Entries that one index finds, with the values of the condition. */
    private record Part(String where, List<Object> values) {}

    public SecurityLogStore(Database database) {
        this.database = database;
    }

    /** Returns who a session belongs to: one person if an administrator has a user account. */
    public Future<Person> person(boolean administrator, String key) {
        return database.first(
                        "SELECT username_key, user_id FROM administrators WHERE "
                                + (administrator ? "username_key" : "user_id") + " = ?",
                        row -> new Person(
                                Objects.requireNonNullElse(row.getString("user_id"), ""),
                                row.getString("username_key")),
                        key)
                .map(found -> found.orElse(administrator ? new Person("", key) : new Person(key, "")));
    }

    /**
     * Returns events, latest first.
     *
     * @param newer whether the page continues towards the latest events
     */
    public Future<List<SecurityEvent>> list(Person person, Position from, boolean newer, int limit) {
        return database.list(page(person, newer), row -> event(row, person), values(person, from, limit))
                .map(found -> {
                    List<SecurityEvent> events = new ArrayList<>(found);
                    if (newer) {
                        Collections.reverse(events);
                    }
                    return List.copyOf(events);
                });
    }

    /** Returns the statement for a page of events. */
    static String page(Person person, boolean newer) {
        return statement(
                person, " AND (a.created_at, a.id) " + (newer ? ">" : "<") + " (?, ?)", newer ? "ASC" : "DESC");
    }

    /** Returns the values of {@link #page}. */
    static Object[] values(Person person, Position from, int limit) {
        return values(person, List.of(from.order(), from.id()), limit);
    }

    /** Takes as many of each part as of all, so that an index ends each of them. */
    private static String statement(Person person, String condition, String direction) {
        String order = " ORDER BY a.created_at " + direction + ", a.id " + direction + " LIMIT ?";
        return """
                SELECT a.id, a.type, a.address, a.message, a.times, a.created_at, a.administrator, a.subject, a.agent, a.method,
                  a.user_id, d.name AS device
                FROM ("""
                + person.parts().stream()
                        .map(part -> "SELECT * FROM (SELECT a.* FROM audit_log a WHERE " + part.where() + condition
                                + order + ") AS part")
                        .collect(Collectors.joining(" UNION ALL "))
                + """
                ) AS a LEFT JOIN devices d ON d.id = a.device_id AND d.user_id = a.user_id""" + order;
    }

    private static Object[] values(Person person, List<Object> ofCondition, int limit) {
        List<Object> values = new ArrayList<>();
        for (Part part : person.parts()) {
            values.addAll(part.values());
            values.addAll(ofCondition);
            values.add(limit);
        }
        values.add(limit);
        return values.toArray();
    }

    /** Returns the latest events that the person is told of and has not dismissed, latest first. */
    public Future<List<SecurityEvent>> untold(Person person, long since, int limit) {
        String sql = statement(person, """
                 AND a.told > 0 AND a.created_at > ?
                AND a.created_at > COALESCE((SELECT dismissed_at FROM notices WHERE realm = ? AND owner = ?), 0)""", "DESC");
        return database.list(
                sql, row -> event(row, person), values(person, List.of(since, person.realm(), person.owner()), limit));
    }

    /** Dismisses all events up to a time, in milliseconds since the epoch. */
    public Future<Void> dismiss(Person person, long upTo) {
        return database.run("""
                        INSERT INTO notices (realm, owner, dismissed_at) VALUES (?, ?, ?)
                        ON CONFLICT (realm, owner) DO UPDATE SET dismissed_at = excluded.dismissed_at
                        WHERE notices.dismissed_at < excluded.dismissed_at""", person.realm(), person.owner(), upTo);
    }

    private static SecurityEvent event(Row row, Person person) {
        String message = row.getString("message");
        String administrator = row.getString("administrator");
        boolean own = !administrator.isEmpty() && administrator.equals(person.administrator());
        boolean byOther = !administrator.isEmpty() && !own;
        // Entries of earlier releases name the administrator in their text alone.
        boolean named = message.endsWith(")") && message.contains(". (");
        String subject = row.getString("subject");
        @Nullable String device = row.getString("device");
        return new SecurityEvent(
                row.getLong("id"),
                row.getString("type"),
                named && !own ? message.substring(0, message.indexOf(" (")) : message,
                subject.isEmpty() && device != null ? device : byOther && isName(row, person) ? "" : subject,
                BrowserName.of(row.getString("agent")),
                byOther ? "" : row.getString("address"),
                row.getString("method"),
                byOther,
                row.getLong("times"),
                row.getLong("created_at"));
    }

    /** Returns whether the subject is the person's own name. */
    private static boolean isName(Row row, Person person) {
        return row.getString("user_id").isEmpty() && row.getString("subject").equals(person.administrator());
    }
}
