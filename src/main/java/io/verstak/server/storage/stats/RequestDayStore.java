package io.verstak.server.storage.stats;

import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Requests per day, keyed by days since 1970, by how they ended and how long they took. Several nodes add to the same rows. */
public final class RequestDayStore {
    private static final int KEPT_DAYS = 366;

    private final Database database;

    /**
     * Requests of a day.
     *
     * @param outcome 2: answered, 4: refused, 5: failed
     * @param millis they took no longer; 0: it is not known
     */
    public record Group(long day, int outcome, long millis, long requests) {}

    public RequestDayStore(Database database) {
        this.database = database;
    }

    /** Adds requests, and deletes days over a year old. */
    public Future<Void> add(long day, List<Group> groups) {
        // In one order, so that nodes do not wait for each other in a circle.
        List<Tuple> rows = groups.stream()
                .map(group -> Tuple.of(group.day(), group.outcome(), group.millis(), group.requests()))
                .toList();
        return database.write(connection -> connection
                .preparedQuery("""
                        INSERT INTO request_days (day, outcome, millis, requests) VALUES (?, ?, ?, ?)
                        ON CONFLICT (day, outcome, millis) DO UPDATE SET
                          requests = request_days.requests + excluded.requests""")
                .executeBatch(rows)
                .compose(added -> Rows.run(connection, "DELETE FROM request_days WHERE day < ?", day - KEPT_DAYS)));
    }

    /** Returns the requests since a day, in the order of days. */
    public Future<List<Group>> since(long day) {
        return database.read(connection -> Rows.list(
                connection,
                "SELECT day, outcome, millis, requests FROM request_days WHERE day >= ? ORDER BY day, outcome, millis",
                row -> new Group(
                        row.getLong("day"),
                        row.getLong("outcome").intValue(),
                        row.getLong("millis"),
                        row.getLong("requests")),
                day));
    }
}
