package io.verstak.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.config.RateLimitsConfig.Budget;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ServerException;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.net.InetAddress;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an administrator sets while the server runs. */
class ServerSettingsTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start(Map.of("web.serverName", "Configured"));

    @Test
    void a_change_by_another_process_holds_without_a_restart_and_outlives_one() {
        change(Name.SERVER_NAME, Optional.of("  Our <house> "));
        change(Name.REGISTRATION, Optional.of("closed"));

        waitFor("Our &lt;house&gt;");
        waitUntil(() -> register() == 404);
        SERVER.restart();
        assertThat(page()).contains("Our &lt;house&gt;");
        assertThat(register()).isEqualTo(404);
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'settings_changed'"))
                .contains(
                        "The settings were changed. (root: server_name)",
                        "The settings were changed. (root: registration)");
    }

    @Test
    void what_is_cleared_is_as_the_configuration_has_it() {
        change(Name.SERVER_NAME, Optional.of("Another"));
        waitFor("Another");
        change(Name.SERVER_NAME, Optional.empty());
        waitFor("Configured");
    }

    @Test
    void limits_that_are_set_hold_until_they_are_cleared() {
        SERVER.beside(accounts -> {
            ServerSettings settings = accounts.settings();
            Actor root = new Actor("root", InetAddress.getLoopbackAddress());
            return settings.change(
                            Map.of(
                                    Name.USER_QUOTA, Optional.of("1073741824"),
                                    Name.LOGIN_LIMIT, Optional.of("7/90")),
                            root)
                    .compose(set -> {
                        assertThat(settings.now().limits().maxUserBlobBytes()).isEqualTo(1L << 30);
                        assertThat(settings.now().rateLimits().login()).isEqualTo(new Budget(7, 90));
                        assertThat(settings.isStored(Name.LOGIN_LIMIT)).isTrue();
                        return settings.change(
                                Map.of(Name.USER_QUOTA, Optional.empty(), Name.LOGIN_LIMIT, Optional.empty()), root);
                    })
                    .map(cleared -> {
                        ServerConfig configured = ServerConfig.defaults();
                        assertThat(settings.now().limits()).isEqualTo(configured.limits());
                        assertThat(settings.now().rateLimits().login())
                                .isEqualTo(configured.rateLimits().login());
                        return null;
                    });
        });
    }

    @ParameterizedTest
    @CsvSource({
        "USER_QUOTA, 1e9",
        "USER_QUOTA, -1",
        "LOGIN_LIMIT, 0/60",
        "LOGIN_LIMIT, 10/86401",
        "BEARER_LIMIT, 10",
        "SERVER_NAME, '  '",
        "SERVER_NAME, 'two\nlines'",
        "LANGUAGE, de",
        "REGISTRATION, sometimes",
        "REGISTRATION, domains",
        "REGISTRATION_DOMAINS, 'no domain!'",
        "PUBLIC_URL, javascript:alert(1)",
        "PUBLIC_URL, 'https://example.org/ x'"
    })
    void what_is_not_allowed_changes_nothing(Name name, String value) {
        assertThatThrownBy(() -> change(name, Optional.of(value))).isInstanceOf(ServerException.class);
        assertThat(SERVER.rows("SELECT value FROM settings")).doesNotContain(value);
    }

    private static void change(Name name, Optional<String> value) {
        SERVER.beside(accounts ->
                accounts.settings().change(Map.of(name, value), new Actor("root", InetAddress.getLoopbackAddress())));
    }

    private static int register() {
        return new Web(SERVER)
                .register("anna", "anna@example.org", TestServer.PASSWORD)
                .status();
    }

    private static String page() {
        return SERVER.send(Request.get("/nowhere")).text();
    }

    private static void waitFor(String text) {
        waitUntil(() -> page().contains(text));
    }

    private static void waitUntil(BooleanSupplier seen) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!seen.getAsBoolean()) {
            assertThat(System.nanoTime()).as("the server notices").isLessThan(deadline);
        }
    }
}
