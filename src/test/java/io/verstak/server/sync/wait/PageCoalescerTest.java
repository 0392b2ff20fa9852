package io.verstak.server.sync.wait;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Lease;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.SyncLog;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PageCoalescerTest {
    private static final PullRequest REQUEST = new PullRequest(0, 100, 25);
    private static final Scope SCOPE = new Scope(1, "user", "vault");
    private static final DeviceIdentity REVOKED = new DeviceIdentity("revoked", SCOPE);
    private static final DeviceIdentity SOUND = new DeviceIdentity("sound", SCOPE);

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        await(vertx.close());
    }

    @Test
    void a_device_is_not_refused_because_the_page_was_read_for_one_that_has_lost_its_access() {
        PageCoalescer pages = new PageCoalescer(vertx, new OneRevoked());

        Future<LogAnswer> refused = pages.read(REVOKED, REQUEST, 1);
        Future<LogAnswer> served = pages.read(SOUND, REQUEST, 1);

        assertThatThrownBy(() -> await(refused))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.UNAUTHORIZED));
        assertThat(await(served).head()).isEqualTo(1);
    }

    /** A log that another node has taken a device's access to. */
    private static final class OneRevoked implements SyncLog {
        private final FairPool<String> memory = FairPool.of(1 << 20, 1 << 20);

        @Override
        public Future<LogAnswer> pull(DeviceIdentity device, PullRequest request) {
            if (device.equals(REVOKED)) {
                return ErrorCode.UNAUTHORIZED.refuse();
            }
            Lease share = memory.lease("user", 1).orElseThrow();
            return Future.succeededFuture(new LogAnswer(Buffer.buffer("{}"), 1, true, share));
        }

        @Override
        public Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body) {
            return Future.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public Future<LogAnswer> pushAt(DeviceIdentity device, PushRequest request, long head) {
            return Future.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public Future<ExportChunk> lines(Scope scope, long cursor) {
            return Future.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public Future<ExportChunk> line(Scope scope, long cursor) {
            return Future.failedFuture(new UnsupportedOperationException());
        }

        @Override
        public Future<Long> head(DeviceIdentity device) {
            return Future.succeededFuture(1L);
        }
    }
}
