package io.verstak.server.storage.listing;

import io.verstak.server.domain.listing.AdministratorSummary;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.IdentityStore;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Lists administrators, of whom there are few. */
public final class AdministratorListing {
    /** The second factors of an administrator who is a user, too, are the user's. */
    private static final String HAS = "EXISTS (SELECT 1 FROM %s WHERE (realm = 'user' AND owner = a.user_id)"
            + " OR (realm = 'administrator' AND owner = a.username_key))";

    private static final String FACTORS = HAS.formatted("totp_secrets") + " OR " + HAS.formatted("passkeys");

    private static final String ALL = """
            SELECT a.username_key, a.username, a.created_at, a.last_seen, a.user_id, a.granted_by, u.username AS user_name,
              COALESCE(u.blocked, 0) AS blocked, CASE WHEN %s THEN 1 ELSE 0 END AS factors
            FROM administrators a LEFT JOIN users u ON u.id = a.user_id ORDER BY a.username_key""".formatted(FACTORS);

    private static final Set<String> NOT_BY_A_GROUP = Set.of("", IdentityStore.BY_ADMINISTRATOR);

    private final Database database;

    public AdministratorListing(Database database) {
        this.database = database;
    }

    /** Returns all administrators by name. */
    public Future<List<AdministratorSummary>> list() {
        return database.list(ALL, AdministratorListing::administrator);
    }

    private static AdministratorSummary administrator(Row row) {
        return new AdministratorSummary(
                row.getString("username_key"),
                row.getString("username"),
                row.getLong("created_at"),
                row.getLong("last_seen"),
                row.getInteger("blocked") != 0,
                row.getInteger("factors") != 0,
                Objects.requireNonNullElse(row.getString("user_id"), ""),
                Objects.requireNonNullElse(row.getString("user_name"), ""),
                !NOT_BY_A_GROUP.contains(row.getString("granted_by")));
    }
}
