package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.UploadTickets.Ticket;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Back pressure, on a backend that takes nothing until it is told to, and the end of an upload that nobody receives. */
class UploadStreamTest {
    private static final int PIECE = 16 << 10;

    private final SlowStage stage = new SlowStage();
    private final AtomicInteger returned = new AtomicInteger();

    @Test
    void a_disk_that_stands_still_fills_a_stream_with_256_kib_and_drains_it_when_it_goes_on() {
        UploadStream stream = stream();
        AtomicBoolean drained = new AtomicBoolean();

        assertThat(fill(stream)).isEqualTo(256 << 10);
        stream.drainHandler(now -> drained.set(true));
        assertThat(drained).isFalse();
        stage.goOn.complete();

        assertThat(drained).isTrue();
    }

    @Test
    void an_upload_that_nobody_receives_leaves_nothing_and_returns_its_ticket() {
        UploadStream stream = stream();

        stream.close();

        assertThat(stage.discarded).isTrue();
        assertThat(returned).hasValue(1);
    }

    private UploadStream stream() {
        UploadTickets tickets = new UploadTickets() {
            @Override
            public Future<StoredBlob> commit(Ticket ticket, StagedBlob staged, BlobReference blob) {
                throw new AssertionError("nothing is committed here");
            }

            @Override
            public Future<Void> abort(Ticket ticket) {
                returned.incrementAndGet();
                return Future.succeededFuture();
            }
        };
        return new UploadStream(tickets, ticket(), stage, Long.MAX_VALUE, Optional.empty());
    }

    private static int fill(UploadStream stream) {
        int written = 0;
        while (!stream.writeQueueFull()) {
            Future<Void> taken = stream.write(Buffer.buffer(new byte[PIECE]));
            assertThat(taken.succeeded()).isTrue();
            written += PIECE;
        }
        return written;
    }

    private static Ticket ticket() {
        QuotaUsage unbounded = new QuotaUsage(Long.MAX_VALUE, 0);
        return new Ticket(
                new Scope(1, "user", "vault"),
                new QuotaReservation(unbounded, new QuotaUsage(Long.MAX_VALUE, 0)),
                FairPool.of(1, 1).lease("user"));
    }

    private static final class SlowStage implements StagedBlob {
        private final Promise<Void> goOn = Promise.promise();
        private boolean discarded;

        @Override
        public Future<Void> append(ByteBuffer[] pieces) {
            return goOn.future();
        }

        @Override
        public Future<Long> force() {
            throw new AssertionError("too few bytes for that");
        }

        @Override
        public Future<Long> close(boolean keep) {
            throw new AssertionError("an upload in one piece is saved or discarded");
        }

        @Override
        public Future<Void> discard() {
            discarded = true;
            return Future.succeededFuture();
        }

        @Override
        public Optional<BlobDigest> digest() {
            return Optional.of(new BlobDigest());
        }
    }
}
