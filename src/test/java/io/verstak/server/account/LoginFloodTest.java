package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passwords cost much to check: what that means to everybody else. */
class LoginFloodTest {
    private static final int LOGINS = 100;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final Web web = new Web(SERVER);

    @Test
    void s09_of_100_logins_at_once_the_surplus_gets_503_and_pushes_go_on() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(LOGINS);
        try (Desktop desktop = SERVER.pair("alice", "main")) {
            desktop.make(OutboxOp.note("warm", "up")).push();
            List<Future<Answer>> logins = new ArrayList<>();
            for (int i = 0; i < LOGINS; i++) {
                logins.add(threads.submit(() -> web.login("alice", TestServer.PASSWORD)));
            }
            int pushes = 0;
            long slowest = 0;
            while (logins.stream().anyMatch(login -> !login.isDone())) {
                long start = System.nanoTime();
                desktop.make(OutboxOp.note("n" + pushes++, "text")).push();
                slowest = Math.max(slowest, System.nanoTime() - start);
            }
            int done = 0;
            for (Future<Answer> login : logins) {
                Answer answer = login.get();
                assertThat(answer.status()).isIn(200, 503);
                done += answer.status() == 200 ? 1 : 0;
                if (answer.status() == 503) {
                    assertThat(answer.header("Retry-After")).matches("[1-9][0-9]*");
                }
            }
            // What the pool holds is done: two at once and what may wait for them.
            assertThat(done).isBetween(HashPool.DEFAULT_THREADS + HashPool.DEFAULT_QUEUE, LOGINS - 1);
            // A push that waited for the hashes before it would take as long as all of them, two seconds or more.
            assertThat(pushes).isGreaterThan(5);
            assertThat(TimeUnit.NANOSECONDS.toMillis(slowest)).isLessThan(1000);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void s08_imported_bcrypt_signs_in_once_and_is_argon2id_from_then_on() {
        SERVER.addUser("imported");
        TestDatabase.execute(
                SERVER.database(),
                "UPDATE users SET password_hash = '"
                        + BCrypt.withDefaults().hashToString(10, "correct horse".toCharArray())
                        + "' WHERE username = 'imported'");

        assertThat(web.login("imported", "wrong password").status()).isEqualTo(401);
        assertThat(hash()).startsWith("$2a$10$");
        assertThat(web.login("imported", "correct horse").status()).isEqualTo(200);
        assertThat(hash()).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$.+");
        assertThat(web.login("imported", "correct horse").status()).isEqualTo(200);
    }

    private static String hash() {
        return TestDatabase.rows(SERVER.database(), "SELECT password_hash FROM users WHERE username = 'imported'")
                .get(0);
    }
}
