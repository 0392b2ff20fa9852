package io.verstak.server.protocol;

import static io.verstak.server.protocol.SentPull.PROMPT;
import static io.verstak.server.protocol.SentPull.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What ends a waiting pull before its time, besides an op. */
class PullCancellationTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("alice")
            .withUser("bob")
            .withUser("carol")
            .withUser("dora");

    @Test
    void s21_a_wait_ends_when_its_device_is_revoked_and_no_other_does() throws IOException {
        Desktop lost = SERVER.pair("bob", "main");
        Desktop other = SERVER.pair("bob", "main");
        try (SentPull pull = SentPull.of(SERVER, lost.token(), 0, 25);
                SentPull beside = SentPull.of(SERVER, other.token(), 0, 25)) {
            assertThat(pull.isWaiting()).isTrue();
            long revoked = System.nanoTime();
            lost.revoke();

            Answer answer = pull.http().read();

            assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(PROMPT);
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.code()).isEqualTo("unauthorized");
            assertThat(beside.isWaiting()).isTrue();
        }
    }

    @Test
    void s21_a_wait_ends_within_a_second_when_a_command_blocks_its_user() throws IOException {
        String carol = SERVER.beside(accounts -> accounts.administration().find("carol"))
                .id();
        Desktop device = SERVER.pair("carol", "main");
        Desktop other = SERVER.pair("alice", "beside");
        try (SentPull pull = SentPull.of(SERVER, device.token(), 0, 25);
                SentPull beside = SentPull.of(SERVER, other.token(), 0, 25)) {
            assertThat(pull.isWaiting()).isTrue();
            long[] blocked = new long[1];
            SERVER.beside(accounts -> accounts.administration()
                    .block(Actor.COMMAND_LINE, carol, Optional.of(true))
                    .onSuccess(done -> blocked[0] = System.nanoTime()));

            Answer answer = pull.http().read();

            assertThat(Duration.ofNanos(System.nanoTime() - blocked[0])).isLessThan(PROMPT);
            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("forbidden");
            assertThat(beside.isWaiting()).isTrue();
        }
    }

    @Test
    void s21_a_wait_ends_when_its_user_is_deleted() throws IOException {
        String dora = SERVER.beside(accounts -> accounts.administration().find("dora"))
                .id();
        Desktop device = SERVER.pair("dora", "main");
        try (SentPull pull = SentPull.of(SERVER, device.token(), 0, 25)) {
            assertThat(pull.isWaiting()).isTrue();
            SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, dora));
            assertThat(pull.http().read().status()).isEqualTo(401);
            assertThat(pull.since()).isLessThan(PROMPT);
        }
    }

    @Test
    void a_stop_ends_waits_quickly_and_sends_clients_away_for_different_times() throws Exception {
        try (TestServer server = TestServer.start().withUser("alice")) {
            Desktop device = server.pair("alice", "main");
            List<Http> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                Http http = Http.connect(server.port());
                http.write(request(device.token(), 0, 25).bytes());
                waiting.add(http);
            }
            // A stop closes a connection whose request it has not read.
            awaitWaiting(server, 20);

            long before = System.nanoTime();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::restart);
            List<String> pauses = new ArrayList<>();
            for (Http http : waiting) {
                Answer answer = http.read();
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.code()).isEqualTo("unavailable");
                assertThat(answer.header("Retry-After")).matches("[1-9]|10");
                pauses.add(answer.header("Retry-After"));
                http.close();
            }
            stopped.join();

            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPT);
            assertThat(pauses.stream().distinct().count()).isGreaterThan(2);
        }
    }

    private static void awaitWaiting(TestServer server, int count) {
        long end = System.nanoTime() + PROMPT.toNanos();
        while (server.waiting() < count) {
            assertThat(System.nanoTime()).as("pulls that wait").isLessThan(end);
        }
    }
}
