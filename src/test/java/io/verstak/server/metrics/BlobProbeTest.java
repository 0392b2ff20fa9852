package io.verstak.server.metrics;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.MutableClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlobProbeTest {
    @Test
    void a_bucket_that_keeps_nothing_makes_the_server_unfit_and_is_asked_every_ten_seconds(@TempDir Path root)
            throws Exception {
        Vertx vertx = Vertx.vertx();
        MutableClock clock = new MutableClock();
        AtomicInteger asked = new AtomicInteger();
        AtomicReference<Future<Void>> answer = new AtomicReference<>(Future.succeededFuture());
        try (DataDirectory directory = DataDirectory.open(root)) {
            SqliteDatabase database = SqliteDatabase.open(vertx, directory, 1, () -> {});
            Health health = new Health(
                    vertx,
                    database,
                    directory,
                    () -> {
                        asked.incrementAndGet();
                        return answer.get();
                    },
                    () -> true,
                    NodeState.ALONE,
                    clock);

            assertThat(await(health.report()).fit()).isTrue();
            answer.set(Future.failedFuture("no such bucket"));
            clock.advance(Duration.ofSeconds(5));
            assertThat(await(health.report()).fit()).isTrue();
            clock.advance(Duration.ofSeconds(6));
            assertThat(await(health.report()).fit()).isFalse();
            answer.set(Future.succeededFuture());
            clock.advance(Duration.ofSeconds(11));
            assertThat(await(health.report()).fit()).isTrue();

            assertThat(asked).hasValue(3);
            await(database.close());
        } finally {
            await(vertx.close());
        }
    }
}
