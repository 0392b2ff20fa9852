package io.verstak.server.storage.postgresql;

import io.verstak.server.config.ListenAddress;
import io.verstak.server.storage.Database.Condition;
import io.verstak.server.storage.Database.Product;
import io.verstak.server.storage.Dialect;
import io.verstak.server.storage.StorageException;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a PostgreSQL must be before anything is written to it.
 *
 * @param version as {@code server_version_num} has it
 * @param versionName the same for a person
 * @param synchronousCommit the mode of sessions of this user in this database
 * @param ownSession whether the session has the settings that it was begun with
 * @param schema the one that tables are created in; empty: none
 * @param others whether there are tables in it that are not a server's own
 */
record PostgresRequirements(
        int version,
        String versionName,
        String encoding,
        String synchronousCommit,
        boolean fsync,
        boolean ownSession,
        boolean standby,
        String schema,
        boolean mayCreate,
        boolean others,
        boolean trigrams,
        boolean trigramsInstallable,
        boolean mayCreateExtensions) {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresRequirements.class);
    private static final int OLDEST = 130000;

    /** What {@link #condition(Row)} reads. */
    static final String CONDITION = """
            SELECT pg_is_in_recovery() AS standby, current_setting('synchronous_commit') AS synchronous_commit,
                   (SELECT oldest_reader FROM schema_version) AS schema, EXISTS (SELECT 1 FROM users) AS used""";

    /** What {@link #product} reads. */
    static final String PRODUCT = "SELECT current_setting('server_version') AS version";

    /** The tables of extensions are no program's. */
    private static final String FACTS = """
            WITH found AS (
                SELECT c.relname
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
                  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e'))
            SELECT current_setting('server_version_num')::int AS version,
                   current_setting('server_version') AS version_name,
                   current_setting('server_encoding') AS encoding,
                   current_setting('synchronous_commit') AS synchronous_commit,
                   current_setting('fsync') = 'on' AS fsync,
                   current_setting('lock_timeout') AS lock_timeout,
                   pg_is_in_recovery() AS standby,
                   coalesce(current_schema()::text, '') AS schema,
                   coalesce(has_schema_privilege(current_schema()::text, 'CREATE'), false) AS may_create,
                   EXISTS (SELECT 1 FROM found)
                       AND (SELECT count(*) FROM found WHERE relname IN ('schema_version', 'scopes', 'users', 'devices')) < 4 AS others,
                   EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') AS trigrams,
                   EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm') AS trigrams_installable,
                   has_database_privilege(current_database(), 'CREATE') AS may_create_extensions""";

    /**
     * Looks at the database that a connection is for, and changes nothing. Fails with {@link StorageException}, in one line for a
     * person, if the server cannot keep its data there.
     */
    static Future<Void> check(SqlConnection connection, PostgresAccess access) {
        return connection
                .query(FACTS)
                .execute()
                .map(rows -> of(rows.iterator().next()))
                .compose(facts -> {
                    Optional<String> problem = facts.problem(access.user());
                    if (problem.isPresent()) {
                        return Future.failedFuture(
                                new StorageException("database.url %s: %s".formatted(access.url(), problem.get())));
                    }
                    if (!facts.fsync()) {
                        LOG.warn("PostgreSQL runs with fsync = off: a power cut there loses what was acknowledged");
                    }
                    return Future.succeededFuture();
                });
    }

    private static PostgresRequirements of(Row row) {
        return new PostgresRequirements(
                row.getInteger("version"),
                row.getString("version_name"),
                row.getString("encoding"),
                row.getString("synchronous_commit"),
                row.getBoolean("fsync"),
                row.getString("lock_timeout").equals(PostgresDatabase.LOCK_TIMEOUT),
                row.getBoolean("standby"),
                row.getString("schema"),
                row.getBoolean("may_create"),
                row.getBoolean("others"),
                row.getBoolean("trigrams"),
                row.getBoolean("trigrams_installable"),
                row.getBoolean("may_create_extensions"));
    }

    /** Returns which database answers, without what a distribution adds to the version. */
    static Product product(Row row, ListenAddress host, PostgresAccess access) {
        return new Product(
                Dialect.POSTGRESQL.product(),
                row.getString("version").replaceFirst(" .*", ""),
                host + "/" + access.address().name());
    }

    /** Returns whether a database that was fit at the start still is. */
    static Condition condition(Row row) {
        if (row.getBoolean("standby")) {
            return Condition.READ_ONLY;
        }
        if (row.getInteger("schema") > PostgresSchema.CURRENT) {
            return Condition.NEWER_SCHEMA;
        }
        return row.getString("synchronous_commit").equals("off") ? Condition.NOT_DURABLE : Condition.FIT;
    }

    /** Returns what is missing, in words for a person. */
    Optional<String> problem(String user) {
        if (!ownSession) {
            return Optional.of(PostgresRefusal.POOLER);
        }
        if (version < OLDEST) {
            return Optional.of("PostgreSQL %s is too old; version 13 or newer is needed".formatted(versionName));
        }
        if (standby) {
            return Optional.of(
                    "this is a standby, which cannot be written to; name the primary, or all hosts with commas between");
        }
        if (!encoding.equals("UTF8")) {
            return Optional.of("the database stores text as %s; create one with ENCODING 'UTF8'".formatted(encoding));
        }
        if (synchronousCommit.equals("off")) {
            return Optional.of(
                    "synchronous_commit is off: a crash would lose what was acknowledged; switch it on for user "
                            + user);
        }
        if (schema.isEmpty()) {
            return Optional.of("no schema of the search_path exists for user %s; run CREATE SCHEMA %s AUTHORIZATION %s"
                    .formatted(user, user, user));
        }
        if (others) {
            return Optional.of("schema %s has tables of another program; name an empty database".formatted(schema));
        }
        if (!mayCreate) {
            return Optional.of(
                    "user %s may not create tables; run GRANT CREATE ON SCHEMA %s TO %s, or make the user the owner of the"
                                    .formatted(user, schema, user)
                            + " database");
        }
        return trigrams ? Optional.empty() : extensionProblem(user);
    }

    private Optional<String> extensionProblem(String user) {
        if (!trigramsInstallable) {
            return Optional.of(
                    "the extension pg_trgm is not installed on the machine of PostgreSQL; it is part of PostgreSQL's contrib"
                            + " modules");
        }
        return mayCreateExtensions
                ? Optional.empty()
                : Optional.of(
                        "user %s may not create the extension pg_trgm; run CREATE EXTENSION pg_trgm there as a superuser"
                                .formatted(user));
    }
}
