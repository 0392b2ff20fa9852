package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.ConfigLoader;
import io.verstak.server.storage.StorageException;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OldDirectory;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A server whose database takes long to upgrade. */
class UpgradeTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    private Path folder;

    @Test
    void while_the_database_is_upgraded_the_process_lives_and_everything_else_is_to_come_again() throws Exception {
        int port = FreePort.any();
        VerstakServer server = server(port);
        List<Answer> answers = new CopyOnWriteArrayList<>();

        server.start(Optional.empty(), percent -> {
            if (answers.isEmpty()) {
                for (Request request : List.of(
                        Request.get("/livez"),
                        Request.get("/readyz"),
                        Request.get("/api/v1/health"),
                        Request.post("/api/v1/sync/push", "{}"),
                        Request.get("/account"))) {
                    answers.add(send(port, request));
                }
            }
        });

        try {
            assertThat(answers).extracting(Answer::status).containsExactly(200, 503, 503, 503, 503);
            assertThat(answers.subList(1, 5))
                    .allSatisfy(
                            answer -> assertThat(answer.header("Retry-After")).isEqualTo("10"));
            assertThat(answers.get(1).json().required("status").textValue()).isEqualTo("migrating");
            assertThat(answers.get(1).json().required("schema_version").intValue())
                    .isEqualTo(20);
            assertThat(answers.get(1).json().required("progress_percent").intValue())
                    .isBetween(1, 99);
            assertThat(answers.get(3).code()).isEqualTo("unavailable");
            assertThat(answers.get(4).text()).contains("upgrading its database");
            assertThat(LOG.lines()).anyMatch(line -> line.matches("server.db is being upgraded: \\d+ %"));
            assertThat(send(server.port(), Request.get("/readyz")).status()).isEqualTo(200);
        } finally {
            server.stop();
        }
    }

    @Test
    void an_upgrade_that_is_told_to_stop_stops_and_the_next_start_continues_it() throws Exception {
        VerstakServer server = server(0);
        CompletableFuture<Void> stopping = new CompletableFuture<>();

        assertThatThrownBy(() -> server.start(Optional.empty(), percent -> {
                    Thread stop = new Thread(() -> {
                        try {
                            server.stop();
                            stopping.complete(null);
                        } catch (Exception failure) {
                            stopping.completeExceptionally(failure);
                        }
                    });
                    stop.start();
                    // It waits for the upgrade then.
                    while (stop.getState() != Thread.State.WAITING) {
                        Thread.onSpinWait();
                    }
                }))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the next start continues it");

        stopping.get(60, TimeUnit.SECONDS);
        VerstakServer next = server(0);
        next.start(Optional.empty(), percent -> {});
        try {
            assertThat(send(next.port(), Request.get("/readyz")).status()).isEqualTo(200);
        } finally {
            next.stop();
        }
    }

    private VerstakServer server(int port) throws IOException {
        Path data = folder.resolve("data");
        if (!data.toFile().exists()) {
            OldDirectory.unpack(folder);
        }
        return new VerstakServer(
                ConfigLoader.load(
                        Optional.empty(),
                        Map.of(),
                        Map.of(
                                "http.listen",
                                "127.0.0.1:" + port,
                                "storage.dataDir",
                                data.toString(),
                                "metrics.enabled",
                                "false")),
                OldDirectory.hurriedClock(Duration.ofMinutes(1)),
                () -> {
                    throw new AssertionError("the disk failed");
                });
    }

    private static Answer send(int port, Request request) {
        try {
            return Http.once(port, request);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
