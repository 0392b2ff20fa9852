package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.UserQuery;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.listing.CataloguedUsers.Entry;
import io.verstak.server.storage.listing.CataloguedUsers.Found;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.lang.ref.SoftReference;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds users by a part of their names when there are too many to search in the database. The first search reads all
 * names after it was answered; every later search first applies the changes since then, so that none misses a user. The
 * columns "last seen" and "devices" change all the time: lists sorted by them are up to five minutes old.
 *
 * <p>Takes about 300 bytes of memory per user and releases them when memory runs short. Safe for any thread; futures
 * complete on the caller's context.
 */
final class UserCatalogue {
    private static final Logger LOG = LoggerFactory.getLogger(UserCatalogue.class);

    /** More users than this would take too much memory: the database searches instead. */
    private static final long MOST_USERS = 250_000;

    private static final int SLICE = 5000;

    /** Above this many changes, reading everything again is less work. */
    private static final int MOST_CHANGES = 500;

    private static final long KEPT_NANOS = TimeUnit.MINUTES.toNanos(5);

    private static final String COLUMNS =
            "SELECT id, username_key, email_key, confirmed, blocked, last_seen, created_at, devices FROM users";

    private final Database database;
    private final long fewestUsers;
    private Future<Void> reading = Future.succeededFuture();
    private volatile SoftReference<Copy> latest = new SoftReference<>(null);

    private record Copy(CataloguedUsers users, long readAtNanos) {}

    /** @param fewestUsers the number of users below which the database searches */
    UserCatalogue(Database database, long fewestUsers) {
        this.database = database;
        this.fewestUsers = fewestUsers;
    }

    /**
     * Returns a page of the users whose name or address contains the text.
     *
     * @return empty when the database must search: there are few users or very many, or their names are not read yet
     */
    Future<Optional<Found>> search(UserQuery query) {
        @Nullable Copy copy = latest.get();
        if (query.order().moves() && copy != null && System.nanoTime() - copy.readAtNanos() > KEPT_NANOS) {
            renew();
        }
        return current(users -> users.search(query));
    }

    /**
     * Returns up to {@code most} ids of users whose name or address contains the text; empty as with {@link #search}.
     */
    Future<Optional<List<String>>> find(String text, int most) {
        return current(users -> users.find(text, most));
    }

    private <T> Future<Optional<T>> current(Function<CataloguedUsers, T> question) {
        return database.read(connection -> {
                    @Nullable Copy copy = latest.get();
                    return copy == null
                            ? renewIfMany(connection).map(begun -> Optional.<CataloguedUsers>empty())
                            : takeOver(connection, copy.users())
                                    .map(current -> Optional.of(copy.users()).filter(users -> current));
                })
                .compose(found -> found.map(users -> database.compute(() -> Optional.of(question.apply(users))))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private Future<Void> renewIfMany(SqlConnection connection) {
        return ListCounts.read(connection).map(counts -> {
            if (counts.users() >= fewestUsers && counts.users() <= MOST_USERS) {
                renew();
            }
            return null;
        });
    }

    /** Returns false when too much has changed. */
    private Future<Boolean> takeOver(SqlConnection connection, CataloguedUsers users) {
        return connection
                .preparedQuery("SELECT seq, user_id FROM user_changes WHERE seq > ? ORDER BY seq LIMIT ?")
                .execute(Tuple.of(users.upTo(), MOST_CHANGES + 1))
                .compose(rows -> {
                    if (rows.size() > MOST_CHANGES) {
                        latest.clear();
                        renew();
                        return Future.succeededFuture(false);
                    }
                    Set<String> changed = new LinkedHashSet<>();
                    long last = 0;
                    for (Row row : rows) {
                        changed.add(row.getString("user_id"));
                        last = row.getLong("seq");
                    }
                    return changed.isEmpty()
                            ? Future.succeededFuture(true)
                            : takeOver(connection, users, List.copyOf(changed), last);
                });
    }

    private Future<Boolean> takeOver(SqlConnection connection, CataloguedUsers users, List<String> changed, long last) {
        return connection
                .preparedQuery(COLUMNS + " WHERE id IN (" + Rows.marks(changed.size()) + ")")
                .execute(Tuple.from(changed))
                .compose(rows -> database.compute(() -> {
                    users.apply(changed, entries(rows), last);
                    return true;
                }));
    }

    /** Completes when no read of the names is running, however it ended. */
    synchronized Future<Void> settled() {
        return reading;
    }

    /** Reads all names again in the background, once at a time. */
    private synchronized void renew() {
        if (!reading.isComplete()) {
            return;
        }
        long begun = System.nanoTime();
        reading = database.read(connection -> Rows.only(
                        connection,
                        "SELECT COALESCE(MAX(seq), 0) AS last FROM user_changes",
                        row -> row.getLong("last")))
                .compose(last -> readAfter("", new ArrayList<>())
                        .compose(all -> database.compute(() -> new CataloguedUsers(all, last))))
                .onSuccess(users -> latest = new SoftReference<>(new Copy(users, begun)))
                .onFailure(failure -> LOG.warn("names could not be read: {}", failure.getMessage()))
                .transform(done -> Future.succeededFuture());
    }

    /** Reads in slices, so that other readers do not wait. */
    private Future<List<Entry>> readAfter(String id, List<Entry> before) {
        return database.read(connection -> connection
                        .preparedQuery(COLUMNS + " WHERE id > ? ORDER BY id LIMIT ?")
                        .execute(Tuple.of(id, SLICE)))
                .map(UserCatalogue::entries)
                .compose(slice -> {
                    before.addAll(slice);
                    return slice.size() < SLICE
                            ? Future.succeededFuture(before)
                            : readAfter(slice.get(SLICE - 1).id(), before);
                });
    }

    private static List<Entry> entries(Iterable<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .map(UserCatalogue::entry)
                .toList();
    }

    private static Entry entry(Row row) {
        @Nullable Long lastSeen = row.getLong("last_seen");
        return new Entry(
                row.getString("id"),
                Entry.names(row.getString("username_key"), row.getString("email_key")),
                row.getString("email_key"),
                row.getInteger("confirmed") != 0,
                row.getInteger("blocked") != 0,
                lastSeen == null ? Entry.NEVER : lastSeen,
                row.getLong("created_at"),
                row.getInteger("devices"));
    }
}
