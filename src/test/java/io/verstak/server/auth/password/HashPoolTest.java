package io.verstak.server.auth.password;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HashPoolTest {
    private static final SecureRandom RANDOM = new SecureRandom();

    @Test
    void s09_a_full_pool_refuses_at_once_with_unavailable_and_a_retry_after() {
        CountDownLatch release = new CountDownLatch(1);
        try (HashPool pool = new HashPool(2, 3)) {
            List<Future<Boolean>> accepted = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                accepted.add(pool.submit(() -> release.await(60, TimeUnit.SECONDS)));
            }

            Future<Boolean> surplus = pool.submit(() -> true);

            assertThat(surplus.isComplete()).isTrue();
            assertThat(surplus.cause()).isInstanceOfSatisfying(ServerException.class, refusal -> {
                assertThat(refusal.code()).isEqualTo(ErrorCode.UNAVAILABLE);
                assertThat(refusal.retryAfterSeconds()).isPositive();
            });
            assertThat(pool.waiting()).isEqualTo(3);
            release.countDown();
            assertThat(await(Future.all(accepted)).succeeded()).isTrue();
        }
    }

    @Test
    void s09_who_hashes_gives_way_to_everybody_else_and_stays() {
        try (HashPool pool = new HashPool(1, 1)) {
            Thread hashing = await(pool.submit(Thread::currentThread));

            assertThat(hashing.getPriority()).isEqualTo(Thread.MIN_PRIORITY);
            assertThat(await(pool.submit(Thread::currentThread))).isSameAs(hashing);
        }
    }

    @Test
    void s09_a_hundred_hashes_leave_little_garbage_behind() {
        byte[] password = "correct horse".getBytes(StandardCharsets.UTF_8);
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (HashPool pool = new HashPool(1, 1)) {
            hash(pool, password);
            long before = await(pool.submit(threads::getCurrentThreadAllocatedBytes));
            for (int i = 0; i < 100; i++) {
                hash(pool, password);
            }
            long each = (await(pool.submit(threads::getCurrentThreadAllocatedBytes)) - before) / 100;

            assertThat(each).isLessThan(512 * 1024);
        }
    }

    @Test
    void a_future_completes_on_the_callers_context() {
        Vertx vertx = Vertx.vertx();
        try (HashPool pool = new HashPool()) {
            Context context = vertx.getOrCreateContext();
            CompletableFuture<Context> completedOn = new CompletableFuture<>();

            context.runOnContext(nothing ->
                    pool.submit(() -> "done").onComplete(result -> completedOn.complete(Vertx.currentContext())));

            assertThat(completedOn.orTimeout(60, TimeUnit.SECONDS).join()).isSameAs(context);
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void work_that_throws_fails_its_future_and_no_other() {
        try (HashPool pool = new HashPool(1, 4)) {
            Future<String> broken = pool.submit(() -> {
                throw new OutOfMemoryError("simulated");
            });
            Future<String> next = pool.submit(() -> "fine");

            assertThatThrownBy(() -> await(broken)).isInstanceOf(OutOfMemoryError.class);
            assertThat(await(next)).isEqualTo("fine");
        }
    }

    @Test
    void a_closed_pool_finishes_what_waits_and_refuses_the_rest() {
        CountDownLatch release = new CountDownLatch(1);
        HashPool pool = new HashPool(1, 4);
        Future<Boolean> running = pool.submit(() -> release.await(60, TimeUnit.SECONDS));
        Future<String> waiting = pool.submit(() -> "waited");

        pool.close();

        assertThatThrownBy(() -> await(pool.submit(() -> "late"))).isInstanceOf(ServerException.class);
        release.countDown();
        assertThat(await(running)).isTrue();
        assertThat(await(waiting)).isEqualTo("waited");
    }

    private static void hash(HashPool pool, byte[] password) {
        assertThat(await(pool.submit(() -> Argon2Hash.create(password, RANDOM).encoded())))
                .startsWith("$argon2id$");
    }
}
