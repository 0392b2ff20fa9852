package io.verstak.server.blob.s3;

import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.UploadPartStore.Open;
import io.verstak.server.storage.blob.UploadParts;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the bucket the bytes of resumable uploads that are on this node alone: a move has brought them from a server without a bucket. */
final class LocalUploads {
    private static final Logger LOG = LoggerFactory.getLogger(LocalUploads.class);
    private static final int PIECE_BYTES = 256 << 10;

    private final ObjectPlaces places;
    private final WorkerExecutor threads;

    /** @param threads for what blocks */
    LocalUploads(ObjectPlaces places, WorkerExecutor threads) {
        this.places = places;
        this.threads = threads;
    }

    /**
     * Takes in these uploads, one after another, and returns them. If the bucket fails, the file stays for the next start, and until then
     * no node goes on with its upload. If the file is too short, the client begins again.
     */
    Future<Set<String>> take(Set<String> uploadIds) {
        Future<Void> all = Future.succeededFuture();
        for (String id : uploadIds) {
            all = all.compose(before -> takeOnce(id)
                    .compose(done -> places.parts().onDiskOf(id, ""))
                    .compose(known -> places.staging().staged(id).discard())
                    .recover(failure -> {
                        LOG.warn("upload {} waits for the next start: {}", id, S3Failures.text(failure));
                        return Future.succeededFuture();
                    }));
        }
        return all.map(uploadIds);
    }

    private Future<Void> takeOnce(String id) {
        return places.parts().find(id).compose(there -> {
            if (there.map(UploadParts::size).orElse(0L) > 0) {
                return Future.succeededFuture();
            }
            return places.parts()
                    .onDiskOf(id, places.node())
                    .compose(known -> take(id))
                    .recover(failure -> {
                        if (!(failure instanceof EOFException)) {
                            return Future.failedFuture(failure);
                        }
                        LOG.warn("upload {} has to begin again: {}", id, failure.getMessage());
                        return Future.succeededFuture();
                    });
        });
    }

    private Future<Void> take(String id) {
        return places.parts().open(id).compose(open -> open.map(this::take).orElseGet(Future::succeededFuture));
    }

    /** All is recorded at the end, as if it had a checksum: the row says already that it is there. */
    private Future<Void> take(Open open) {
        ResumePoint point = new ResumePoint(
                open.uploadId(),
                open.length(),
                0,
                open.generation(),
                Optional.empty(),
                Optional.of(Sha256.newDigest()));
        return places.staging()
                .staged(open.uploadId())
                .complete()
                .compose(file -> ResumedUpload.open(places, point)
                        .compose(to -> copy(file.orElseThrow(), 0, open.stored(), to)
                                .compose(
                                        copied -> to.close(true),
                                        failure -> to.close(false).transform(closed -> Future.failedFuture(failure)))
                                .mapEmpty()));
    }

    private Future<Void> copy(Path file, long from, long end, StagedBlob to) {
        if (from == end) {
            return Future.succeededFuture();
        }
        return threads.executeBlocking(() -> read(file, from, end), false)
                .compose(piece -> to.append(new ByteBuffer[] {piece}).map(piece.limit()))
                .compose(length -> copy(file, from + length, end, to));
    }

    private static ByteBuffer read(Path file, long from, long end) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, end - from));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (piece.hasRemaining()) {
                if (channel.read(piece, from + piece.position()) < 0) {
                    throw new EOFException("its file is too short");
                }
            }
        }
        return piece.flip();
    }
}
