package io.verstak.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.account.module.AccountModule;
import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.TestServer;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Somebody can always administer the server, and nobody whom a block keeps out. */
class LastAdministratorTest {
    private static final String LAST = "This is the last administrator who can sign in; create another one first.";

    private final TestServer server = TestServer.start().withAdministrator("root");
    private String anna = "";

    @BeforeEach
    void makeOnePerson() {
        anna = server.addUser("anna");
        server.execute("UPDATE administrators SET user_id = '" + anna + "'");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_user_who_is_the_last_administrator_is_not_blocked() {
        refused(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.of(true)));
        refused(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.empty()));
        refused(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.of(true)));
        assertThat(rows("SELECT blocked FROM users")).containsExactly("0");
        assertThat(rows("SELECT COUNT(*) FROM audit_log WHERE type LIKE '%blocked'"))
                .containsExactly("0");

        server.withAdministrator("second");
        server.beside(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.of(true)));
        assertThat(rows("SELECT blocked FROM users")).containsExactly("1");
    }

    @Test
    void an_administrator_who_is_blocked_does_not_count() {
        server.withAdministrator("second");
        server.beside(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.of(true)));

        refused(accounts -> accounts.administrators().delete(Actor.COMMAND_LINE, "second"));
        server.beside(accounts -> accounts.administrators().delete(Actor.COMMAND_LINE, "root"));
        assertThat(rows("SELECT username FROM administrators")).containsExactly("second");
    }

    @Test
    void a_blocked_administrator_does_not_get_in_again_by_the_deletion_of_the_user() {
        server.withAdministrator("second");
        server.beside(accounts -> accounts.administration().block(Actor.COMMAND_LINE, anna, Optional.of(true)));

        server.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, anna));

        assertThat(rows("SELECT username FROM administrators")).containsExactly("second");
        assertThat(rows("SELECT type FROM audit_log ORDER BY id DESC LIMIT 2"))
                .containsExactlyInAnyOrder("administrator_deleted", "user_deleted");
    }

    private void refused(Function<AccountModule, Future<?>> change) {
        assertThatThrownBy(
                        () -> server.beside(accounts -> change.apply(accounts).mapEmpty()))
                .hasMessageContaining(LAST);
    }

    private List<String> rows(String sql) {
        return server.rows(sql);
    }
}
