package io.verstak.server.storage.account;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.account.SessionStore.NewSession;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Vertx;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sessions of those whose account changes while they sign in. */
class SessionStoreTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    static final Vertx VERTX = Vertx.vertx();
    static Database database;

    @BeforeAll
    static void open() {
        database = SqliteDatabase.open(VERTX, DataDirectory.openShared(SERVER.data(), true), 1, () -> {});
    }

    @AfterAll
    static void close() {
        await(database.close());
        await(VERTX.close());
    }

    @Test
    void who_was_given_another_password_meanwhile_gets_no_session_and_no_entry_tells_of_one() {
        SessionStore sessions = new SessionStore(database);
        long epoch = Long.parseLong(rows("SELECT epoch FROM users"));

        assertThatThrownBy(() -> await(sessions.add(session("late", epoch - 1), entry("late"))))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHORIZED));
        await(sessions.add(session("in time", epoch), entry("in time")));

        assertThat(rows("SELECT token_hash FROM sessions")).isEqualTo("in time");
        assertThat(rows("SELECT message FROM audit_log WHERE message LIKE '%late%' OR message LIKE '%time%'"))
                .isEqualTo("in time");
    }

    private static NewSession session(String token, long epoch) {
        String alice = rows("SELECT id FROM users");
        return new NewSession(new Session(token, token, alice, "127.0.0.1", "", 1, 1, 2), Realm.USER, epoch);
    }

    private static AuditEntry entry(String text) {
        return new AuditEntry("login", "", "", "127.0.0.1", text, 1, 1);
    }

    private static String rows(String sql) {
        return String.join("\n", TestDatabase.rows(SERVER.database(), sql));
    }
}
