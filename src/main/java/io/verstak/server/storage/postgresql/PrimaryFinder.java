package io.verstak.server.storage.postgresql;

import io.verstak.server.config.ListenAddress;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds the host that each new connection goes to. With one host there is nothing to find. With several, each is asked whether it
 * is a standby, the last known primary first: a standby that was promoted is found with the next connection. Safe for any thread.
 */
final class PrimaryFinder implements Supplier<Future<SqlConnectOptions>> {
    /** A host that does not answer is passed over. */
    private static final int WAIT_SECONDS = 2;

    private final Vertx vertx;
    private final PostgresAccess access;
    private final List<ListenAddress> hosts;
    private final Map<String, String> settings;
    private volatile int last;

    /** @param settings of each session */
    PrimaryFinder(Vertx vertx, PostgresAccess access, Map<String, String> settings) {
        this.vertx = vertx;
        this.access = access;
        this.hosts = access.address().hosts();
        this.settings = Map.copyOf(settings);
    }

    /** Returns the options of the next connection. Fails with {@link StorageException} if no host is a primary. */
    @Override
    public Future<SqlConnectOptions> get() {
        return hosts.size() == 1
                ? Future.succeededFuture(options(0))
                : look(last, 0, new ArrayList<>(), null).map(this::options);
    }

    /** Returns where the last connection went. */
    ListenAddress host() {
        return hosts.get(last);
    }

    /** Opens a connection outside of a pool. Fails as {@link #get} does, and if the host does not answer. */
    Future<PgConnection> connect() {
        return get().compose(options -> PgConnection.connect(vertx, PgConnectOptions.wrap(options)));
    }

    private PgConnectOptions options(int host) {
        return access.options(hosts.get(host), settings);
    }

    /** @param mayPass why a host could not be asked that may be the primary in a moment; null: all have answered or are gone */
    private Future<Integer> look(int first, int tried, List<String> reasons, @Nullable Throwable mayPass) {
        if (tried == hosts.size()) {
            String message = "database.url: none of the hosts is a primary: " + String.join("; ", reasons);
            return Future.failedFuture(
                    mayPass == null ? new StorageException(message) : new StorageException(message, mayPass));
        }
        int host = (first + tried) % hosts.size();
        return isStandby(host).transform(answer -> {
            if (answer.succeeded() && !answer.result()) {
                last = host;
                return Future.succeededFuture(host);
            }
            reasons.add(hosts.get(host) + ": "
                    + (answer.succeeded() ? "a standby" : PostgresRefusal.reason(access, answer.cause())));
            return look(
                    first,
                    tried + 1,
                    reasons,
                    answer.failed() && PostgresRefusal.mayPass(answer.cause()) ? answer.cause() : mayPass);
        });
    }

    private Future<Boolean> isStandby(int host) {
        Future<PgConnection> connecting = PgConnection.connect(vertx, access.options(hosts.get(host), Map.of()));
        Future<Boolean> answer = connecting.compose(connection -> connection
                .query("SELECT pg_is_in_recovery()")
                .execute()
                .map(rows -> rows.iterator().next().getBoolean(0)));
        // Also what connects too late is closed; nobody waits for that.
        return answer.timeout(WAIT_SECONDS, TimeUnit.SECONDS)
                .onComplete(known -> connecting.onSuccess(SqlConnection::close));
    }
}
