package io.verstak.server.auth.password;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Passwords cost much to check: what that means to everybody else. */
@OneEngine("hashes of passwords know no engine")
class LoginFloodTest {
    private static final int LOGINS = 100;
    private static final byte[] LOGIN = Request.post(
                    "/api/v1/auth/login",
                    Web.json()
                            .put("username", "alice")
                            .put("password", TestServer.PASSWORD)
                            .toString())
            .bytes();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    /** This server has hashed nothing yet. */
    static final Set<Thread> OF_OTHERS = hashingThreads();

    private final Web web = new Web(SERVER);

    @Test
    void s09_of_100_logins_at_once_the_surplus_gets_503_and_pushes_go_on() throws Exception {
        List<Http> connections = new ArrayList<>();
        try (Desktop desktop = SERVER.pair("alice", "main")) {
            for (int i = 0; i < LOGINS; i++) {
                connections.add(Http.connect(SERVER.port()));
                connections.get(i).write(LOGIN, 0, LOGIN.length - 1);
            }
            for (Http connection : connections) {
                connection.write(LOGIN, LOGIN.length - 1, 1);
            }
            CompletableFuture<List<Answer>> answers = CompletableFuture.supplyAsync(() -> answers(connections));
            int pushes = 0;
            while (!answers.isDone()) {
                desktop.make(OutboxOp.note("n" + pushes++, "text")).push();
                Set<Thread> hashing = hashingThreads();
                hashing.removeAll(OF_OTHERS);
                assertThat(hashing).hasSizeLessThanOrEqualTo(HashPool.DEFAULT_THREADS);
            }

            // What the pool holds is done, and nothing that finds it full waits: a push behind all hashes would come
            // last, and be the only one.
            assertThat(pushes).isGreaterThan(2);
            assertThat(answers.join()).extracting(Answer::status).containsOnly(200, 503);
            List<Answer> refused = answers.join().stream()
                    .filter(answer -> answer.status() == 503)
                    .toList();
            assertThat(LOGINS - refused.size())
                    .isGreaterThanOrEqualTo(HashPool.DEFAULT_THREADS + HashPool.DEFAULT_QUEUE);
            assertThat(refused)
                    .allMatch(answer -> answer.code().equals("unavailable"))
                    .allMatch(answer -> answer.header("Retry-After").matches("[1-9][0-9]*"));
        } finally {
            for (Http connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void s09_all_hashes_at_once_stay_within_40_mebibytes() {
        assertThat(HashPool.DEFAULT_THREADS * Argon2id.CURRENT.memoryKib()).isLessThanOrEqualTo(40 << 10);
    }

    private static List<Answer> answers(List<Http> connections) {
        List<Answer> answers = new ArrayList<>();
        try {
            for (Http connection : connections) {
                answers.add(connection.read());
            }
            return answers;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Set<Thread> hashingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("password-hash-"))
                .collect(Collectors.toSet());
    }

    @Test
    void s08_imported_bcrypt_signs_in_once_and_is_argon2id_from_then_on() {
        SERVER.addUser("imported");
        SERVER.execute("UPDATE users SET password_hash = '"
                + BCrypt.withDefaults().hashToString(10, "correct horse".toCharArray())
                + "' WHERE username = 'imported'");

        assertThat(web.login("imported", "wrong password").status()).isEqualTo(401);
        assertThat(hash()).startsWith("$2a$10$");
        assertThat(web.login("imported", "correct horse").status()).isEqualTo(200);
        assertThat(hash()).matches("\\$argon2id\\$v=19\\$m=19456,t=2,p=1\\$.+");
        assertThat(web.login("imported", "correct horse").status()).isEqualTo(200);
    }

    private static String hash() {
        return SERVER.rows("SELECT password_hash FROM users WHERE username = 'imported'")
                .get(0);
    }
}
