package io.verstak.server.storage.listing;

import io.verstak.server.domain.Usernames;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.util.List;

/**
 * Finds users by a substring of name or address, case-insensitively. Uses a trigram index, FTS5 in SQLite and pg_trgm
 * in PostgreSQL; a text of one or two characters scans all names. Returns a few matches as ids. If there are more, returns patterns for the caller's query,
 * which fills a page quickly by scanning in its own order.
 *
 * @see <a href="https://www.sqlite.org/fts5.html#the_trigram_tokenizer">The trigram tokenizer of FTS5</a>
 * @see <a href="https://www.postgresql.org/docs/current/pgtrgm.html#PGTRGM-INDEX">Index support of pg_trgm</a>
 */
final class UserSearch {
    /** The most matches that are returned as ids. */
    static final int FEW = 1000;

    /** The shortest substring that the index can match. */
    private static final int TRIGRAM = 3;

    private UserSearch() {}

    /**
     * The result of a search.
     *
     * @param few whether {@code values} are ids; otherwise they are patterns
     */
    record Found(Dialect dialect, boolean few, List<Object> values) {

        /** Returns an SQL condition: on the column with the user's id, or on the table alias {@code u} if there are many. */
        String on(String column) {
            return !few
                    ? matches(dialect)
                    : values.isEmpty() ? "1 = 0" : column + " IN (" + Rows.marks(values.size()) + ")";
        }
    }

    static Future<Found> find(Dialect dialect, SqlConnection connection, String text) {
        String key = Usernames.key(text);
        if (key.indexOf('\0') >= 0) {
            return Future.succeededFuture(new Found(dialect, true, List.of()));
        }
        return ids(dialect, connection, key)
                .map(ids ->
                        ids.size() > FEW ? new Found(dialect, false, patterns(key)) : new Found(dialect, true, ids));
    }

    private static Future<List<Object>> ids(Dialect dialect, SqlConnection connection, String key) {
        return dialect == Dialect.POSTGRESQL || key.codePointCount(0, key.length()) < TRIGRAM
                ? Rows.list(
                        connection,
                        "SELECT u.id FROM users u WHERE " + matches(dialect) + " LIMIT " + (FEW + 1),
                        row -> row.getValue("id"),
                        patterns(key).toArray())
                : Rows.list(
                        connection,
                        "SELECT n.user_id FROM user_name_parts p JOIN user_names n ON n.number = p.rowid"
                                + " WHERE user_name_parts MATCH ? LIMIT " + (FEW + 1),
                        row -> row.getValue("user_id"),
                        phrase(key));
    }

    private static String matches(Dialect dialect) {
        return "(u.username_key %1$s ? ESCAPE '!' OR u.email_key %1$s ? ESCAPE '!')".formatted(dialect.like());
    }

    /** Quotes the key as an FTS5 phrase. */
    private static String phrase(String key) {
        return '"' + key.replace("\"", "\"\"") + '"';
    }

    private static List<Object> patterns(String key) {
        String pattern = "%" + key.replaceAll("[!%_]", "!$0") + "%";
        return List.of(pattern, pattern);
    }
}
