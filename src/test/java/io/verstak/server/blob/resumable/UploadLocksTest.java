package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.resumable.UploadLocks.Lock;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One holder at a time, however long it takes to end. */
class UploadLocksTest {
    private final Vertx vertx = Vertx.vertx();
    private final UploadLocks locks = new UploadLocks(vertx, Optional.empty());

    @AfterEach
    void close() throws Exception {
        vertx.close().await(30, TimeUnit.SECONDS);
    }

    @Test
    void an_upload_that_a_connection_sends_to_is_refused_to_others() {
        locks.take("upload", () -> {});

        assertThat(locks.take("upload", () -> {}).cause())
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.UPLOAD_LOCKED));
        assertThat(locks.take("another", () -> {}).succeeded()).isTrue();
    }

    @Test
    void a_holder_that_is_ending_keeps_its_lock_until_it_has_ended() {
        AtomicBoolean interrupted = new AtomicBoolean();
        Lock ending = locks.take("upload", () -> interrupted.set(true)).result();
        ending.ending();

        Future<Lock> next = locks.take("upload", () -> {});

        assertThat(next.isComplete()).isFalse();
        assertThat(interrupted).isFalse();
        ending.release();
        assertThat(next.succeeded()).isTrue();
    }

    @Test
    void a_removal_closes_the_connection_that_sends_and_waits_for_its_end() {
        AtomicBoolean interrupted = new AtomicBoolean();
        Lock sending = locks.take("upload", () -> interrupted.set(true)).result();

        Future<Lock> removal = locks.seize("upload");

        assertThat(interrupted).isTrue();
        assertThat(removal.isComplete()).isFalse();
        sending.release();
        assertThat(removal.succeeded()).isTrue();
    }
}
