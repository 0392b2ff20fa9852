package io.verstak.server.storage.postgresql;

import io.verstak.server.config.ConfigException;
import io.verstak.server.config.DatabaseConfig;
import io.verstak.server.config.ListenAddress;
import io.verstak.server.config.SecretFile;
import io.verstak.server.storage.StorageException;
import io.vertx.pgclient.PgConnectOptions;
import java.util.Map;

/**
 * How a PostgreSQL is reached.
 *
 * @param url {@code postgresql://host:port/database}, or several hosts with commas between
 * @param password empty: none is sent
 * @param node the name of this node, as {@code pg_stat_activity} shows it
 * @param failoverSkips whether logs leave out numbers once the database is found to be another one than before
 */
public record PostgresAccess(
        String url, String user, String password, PostgresTls tls, String node, boolean failoverSkips) {
    /** Enough for a group of pushes and a page of each kind. */
    private static final int CACHED_STATEMENTS = 256;

    /** Reaches a PostgreSQL without encryption. */
    public PostgresAccess(String url, String user, String password, String node) {
        this(url, user, password, PostgresTls.DISABLED, node, true);
    }

    /**
     * Reads the files that the configuration names. Blocks.
     *
     * @throws StorageException in one line for a person, if one of them cannot be used
     */
    public static PostgresAccess of(DatabaseConfig config, String node) {
        try {
            String password = config.passwordFile().isEmpty()
                    ? ""
                    : SecretFile.read("database.passwordFile", config.passwordFile());
            return new PostgresAccess(
                    config.url(),
                    config.user(),
                    password,
                    PostgresTls.of(config.tls(), config.caFile()),
                    node,
                    config.skipsAfterFailover());
        } catch (ConfigException unreadable) {
            throw new StorageException(String.join("; ", unreadable.lines()));
        }
    }

    /**
     * Returns where the database is.
     *
     * @throws StorageException in one line for a person, if the address cannot be understood
     */
    DatabaseConfig.Address address() {
        try {
            return DatabaseConfig.Address.parse(url);
        } catch (ConfigException malformed) {
            throw new StorageException(String.join("; ", malformed.lines()));
        }
    }

    /**
     * Returns the options of a connection.
     *
     * @param settings of the session
     */
    PgConnectOptions options(ListenAddress host, Map<String, String> settings) {
        PgConnectOptions options = new PgConnectOptions();
        options.setHost(host.host())
                .setPort(host.port())
                .setDatabase(address().name())
                .setUser(user)
                .setPassword(password);
        options.setCachePreparedStatements(true).setPreparedStatementCacheMaxSize(CACHED_STATEMENTS);
        options.addProperty("application_name", node.isEmpty() ? "verstak-server" : "verstak-server " + node);
        settings.forEach(options::addProperty);
        tls.applyTo(options);
        return options;
    }

    /** Without the password: it would end up in logs. */
    @Override
    public String toString() {
        return "PostgresAccess[%s, %s, %s]".formatted(url, user, tls);
    }
}
