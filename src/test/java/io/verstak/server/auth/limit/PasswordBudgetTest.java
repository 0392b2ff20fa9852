package io.verstak.server.auth.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guesses run out, whichever call they are made with. */
class PasswordBudgetTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(
                    CLOCK,
                    Map.of(
                            "rateLimits.enabled", "true",
                            "rateLimits.login.attempts", "3",
                            "rateLimits.login.windowSeconds", "60"))
            .withUser("alice");

    @Test
    void s11_failures_of_all_password_calls_share_one_budget_and_end_in_429_with_a_wait() {
        assertThat(guess("/api/client/pair", "login").status()).isEqualTo(401);
        assertThat(guess("/api/auth/test", "username").status()).isEqualTo(401);
        assertThat(guess("/api/v1/device/register", "username").status()).isEqualTo(401);

        for (Answer answer : new Answer[] {
            guess("/api/client/pair", "login"),
            guess("/api/auth/test", "username"),
            guess("/api/v1/device/register", "username")
        }) {
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.code()).isEqualTo("rate_limited");
            assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
        }
        CLOCK.advance(Duration.ofMinutes(2));
        assertThat(guess("/api/client/pair", "login").status()).isEqualTo(401);
    }

    private static Answer guess(String path, String field) {
        return SERVER.send(Request.post(path, "{\"%s\":\"alice\",\"password\":\"wrong password\"}".formatted(field)));
    }
}
