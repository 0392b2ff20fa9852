package io.verstak.server.storage.account;

import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.AuditStore;
import io.verstak.server.storage.Rows;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;

/** Stores which browsers people have signed in with, by the hashes of their cookies. */
public final class BrowserStore {
    /** The most browsers of a person; a new one replaces the one that was not used for longest. */
    private static final int MOST = 100;

    /** How long after its creation the first browser of a user or an administrator tells nothing new. */
    private static final Duration NEW_ACCOUNT = Duration.ofDays(7);

    private static final String DELETE_OLDEST = """
            DELETE FROM browsers WHERE realm = ? AND owner = ? AND browser_hash NOT IN (SELECT browser_hash
              FROM browsers WHERE realm = ? AND owner = ? ORDER BY last_used_at DESC, browser_hash LIMIT ?)""";

    private BrowserStore() {}

    /**
     * A browser that signs in.
     *
     * @param told written if the person has not used this browser before
     */
    public record Sighting(FactorOwner owner, String hash, AuditEntry told) {}

    /** Notes a sign-in in its transaction, and writes the entry if the browser is new. */
    static Future<Void> note(SqlConnection connection, Sighting browser) {
        FactorOwner owner = browser.owner();
        long now = browser.told().at();
        return Rows.update(
                        connection,
                        "UPDATE browsers SET last_used_at = ? WHERE realm = ? AND owner = ? AND browser_hash = ?",
                        now,
                        owner.realm().key(),
                        owner.key(),
                        browser.hash())
                .compose(known -> known > 0
                        ? Future.succeededFuture()
                        : isFirst(connection, owner, now)
                                .compose(first -> add(connection, browser, now)
                                        .compose(added -> first
                                                ? Future.succeededFuture()
                                                : AuditStore.add(connection, browser.told()))));
    }

    private static Future<Void> add(SqlConnection connection, Sighting browser, long now) {
        String realm = browser.owner().realm().key();
        String owner = browser.owner().key();
        return Rows.run(
                        connection,
                        "INSERT INTO browsers (realm, owner, browser_hash, last_used_at) VALUES (?, ?, ?, ?)",
                        realm,
                        owner,
                        browser.hash(),
                        now)
                .compose(added -> Rows.run(connection, DELETE_OLDEST, realm, owner, realm, owner, MOST));
    }

    /** Returns whether this is the first browser of a new account. An account from before there were cookies is not new. */
    private static Future<Boolean> isFirst(SqlConnection connection, FactorOwner owner, long now) {
        return Rows.exist(
                        connection,
                        "SELECT 1 FROM browsers WHERE realm = ? AND owner = ?",
                        owner.realm().key(),
                        owner.key())
                .compose(others -> others
                        ? Future.succeededFuture(false)
                        : Rows.exist(
                                connection,
                                owner.realm() == Realm.ADMINISTRATOR
                                        ? "SELECT 1 FROM administrators WHERE username_key = ? AND created_at > ?"
                                        : "SELECT 1 FROM users WHERE id = ? AND created_at > ?",
                                owner.key(),
                                now - NEW_ACCOUNT.toMillis()));
    }
}
