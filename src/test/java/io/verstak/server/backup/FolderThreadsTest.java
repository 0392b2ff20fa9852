package io.verstak.server.backup;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A folder on a network file system that has died: calls on it do not return. */
class FolderThreadsTest {
    private static final int MOST = 3;
    private static final String SILENT = "does not answer";

    private final Vertx vertx = Vertx.vertx();
    private final CountDownLatch alive = new CountDownLatch(1);

    @AfterEach
    void close() {
        alive.countDown();
        await(vertx.close());
    }

    @Test
    void looks_at_a_dead_folder_are_refused_at_once_when_some_wait_and_go_on_when_it_is_back() {
        FolderThreads threads = new FolderThreads(vertx, MOST, Duration.ofMinutes(1));
        List<Future<Boolean>> hanging = new ArrayList<>();
        for (int i = 0; i < MOST; i++) {
            hanging.add(threads.run(this::hang));
        }

        assertThatThrownBy(() -> await(threads.run(() -> 1)))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining(SILENT);

        alive.countDown();
        hanging.forEach(each -> assertThat(await(each)).isTrue());
        assertThat(await(threads.run(() -> 1))).isEqualTo(1);
    }

    @Test
    void a_caller_waits_no_longer_than_its_patience() {
        FolderThreads threads = new FolderThreads(vertx, MOST, Duration.ofMillis(20));

        assertThatThrownBy(() -> await(threads.run(this::hang)))
                .isInstanceOf(ServerException.class)
                .hasMessageContaining(SILENT);
    }

    private boolean hang() throws InterruptedException {
        alive.await();
        return true;
    }
}
