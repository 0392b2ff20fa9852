package io.verstak.server.storage.postgresql;

import io.verstak.server.storage.StorageException;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/**
 * How a PostgreSQL is reached.
 *
 * @param url {@code postgresql://host:port/database}
 * @param password empty: none is sent
 * @param node the name of this node, as {@code pg_stat_activity} shows it
 */
public record PostgresAccess(String url, String user, String password, String node) {

    /**
     * Returns the options of a connection.
     *
     * @param settings of the session
     * @throws StorageException in one line for a person, if the address cannot be understood
     */
    PgConnectOptions options(Map<String, String> settings) {
        PgConnectOptions options;
        try {
            options = PgConnectOptions.fromUri(url);
        } catch (RuntimeException malformed) {
            throw new StorageException(
                    "database.url: \"%s\" is no address like postgresql://host:5432/verstak".formatted(url));
        }
        options.setUser(user);
        if (!password.isEmpty()) {
            options.setPassword(password);
        }
        options.setCachePreparedStatements(true).setPreparedStatementCacheMaxSize(256);
        options.addProperty("application_name", node.isEmpty() ? "verstak-server" : "verstak-server " + node);
        settings.forEach(options::addProperty);
        return options;
    }
}
