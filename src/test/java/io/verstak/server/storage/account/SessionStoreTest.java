package io.verstak.server.storage.account;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.account.BrowserStore.Sighting;
import io.verstak.server.storage.account.SessionStore.NewSession;
import io.verstak.server.storage.account.SessionStore.Realm;
import io.verstak.server.storage.account.SessionStore.Session;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.testkit.TestEngine;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Sessions of those whose account changes while they sign in. */
@ParameterizedClass
@EnumSource
class SessionStoreTest {
    private static final long EPOCH = 5;

    private final TestEngine.Store store;

    SessionStoreTest(TestEngine engine) {
        store = engine.open();
    }

    @BeforeEach
    void addUser() {
        User alice = new User("a1", "alice", "alice@example.org", "", true, false, EPOCH, "", null, 1);
        await(new UserStore(store.database()).add(alice, entry("alice")));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void who_was_given_another_password_meanwhile_gets_no_session_and_no_entry_tells_of_one() {
        SessionStore sessions = new SessionStore(store.database());

        assertThatThrownBy(() -> await(sessions.add(session("late", EPOCH - 1), browser(), List.of(entry("late")))))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHORIZED));
        await(sessions.add(session("in time", EPOCH), browser(), List.of(entry("in time"))));

        assertThat(rows("SELECT token_hash FROM sessions")).isEqualTo("in time");
        assertThat(rows("SELECT message FROM audit_log WHERE message LIKE '%late%' OR message LIKE '%time%'"))
                .isEqualTo("in time");
    }

    private static Sighting browser() {
        return new Sighting(FactorOwner.user("a1"), "b1", entry("new browser"));
    }

    private static NewSession session(String token, long epoch) {
        return new NewSession(
                new Session(token, token, "a1", "127.0.0.1", "", 1, 1, 2, 1, false, ""), Realm.USER, epoch);
    }

    private static AuditEntry entry(String text) {
        return new AuditEntry("login", "", "", "127.0.0.1", text, 1, 1);
    }

    private String rows(String sql) {
        return String.join("\n", store.rows(sql));
    }
}
