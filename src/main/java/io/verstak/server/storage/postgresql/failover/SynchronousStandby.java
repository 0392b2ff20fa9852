package io.verstak.server.storage.postgresql.failover;

import io.verstak.server.storage.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.Optional;

/** Whether what is committed now would be on another machine, too. */
public final class SynchronousStandby {
    private static final String STATE = """
            SELECT current_user::text AS name, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS allowed,
              current_setting('synchronous_commit') AS mode,
              (SELECT count(*) FROM pg_stat_replication
                WHERE state = 'streaming' AND sync_state IN ('sync', 'quorum')) AS standbys""";

    private final Database database;

    public SynchronousStandby(Database database) {
        this.database = database;
    }

    /** Returns what is missing, for a person. What is not known counts as missing. */
    public Future<Optional<String>> problem() {
        return database.only(STATE, SynchronousStandby::problem)
                .otherwise(Optional.of(
                        "it is not known whether a synchronous standby is connected: PostgreSQL does not say"));
    }

    private static Optional<String> problem(Row row) {
        String mode = row.getString("mode");
        if (!row.getBoolean("allowed")) {
            return Optional.of(
                    "database.requireSynchronousStandby: the user may not see the standbys; run GRANT pg_read_all_stats TO "
                            + row.getString("name"));
        }
        if (mode.equals("off") || mode.equals("local")) {
            return Optional.of("synchronous_commit is %s, so that nothing waits for a standby".formatted(mode));
        }
        return row.getLong("standbys") > 0
                ? Optional.empty()
                : Optional.of("no synchronous standby of PostgreSQL is connected (synchronous_standby_names)");
    }
}
