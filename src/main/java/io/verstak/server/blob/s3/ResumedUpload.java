package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.ResumePoint;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.file.StagedFile;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.blob.ObjectIndex.Intent;
import io.verstak.server.storage.blob.UploadParts;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A chunk of a resumable upload on its way to the bucket, which has all before it, whichever node has sent that. What is recorded is
 * fenced by the generation of the upload's lock.
 */
final class ResumedUpload implements StagedBlob, WrittenParts {
    private static final Logger LOG = LoggerFactory.getLogger(ResumedUpload.class);
    private static final int MOST_PARTS = 10_000;
    private static final int READ_BYTES = 512 << 10;

    private final ObjectPlaces places;
    private final ResumePoint point;
    private final ObjectWriter writer;
    private Optional<Tail> recordedTail;
    private boolean closed;

    private ResumedUpload(ObjectPlaces places, ResumePoint point, UploadParts parts, @Nullable StagedFile tail) {
        this.places = places;
        this.point = point;
        this.recordedTail = parts.tail();
        this.writer = new ObjectWriter(
                places,
                this,
                partBytes(places, point, parts),
                parts,
                point.start(),
                tail,
                parts.parts().isEmpty()
                        ? null
                        : point.known().map(BlobDigest::copy).orElse(null),
                point.checksum().orElse(null));
    }

    /** Parts stay as large as the first one, whatever the configuration says now. A tail fits into one. */
    private static long partBytes(ObjectPlaces places, ResumePoint point, UploadParts parts) {
        long fresh = Math.max(places.partBytes(), (point.length() + MOST_PARTS - 1) / MOST_PARTS);
        long first = parts.parts().isEmpty() ? fresh : parts.parts().get(0).size();
        return Math.max(first, parts.tail().map(Tail::size).orElse(0L));
    }

    /** Opens an upload. Fails with {@code NOT_FOUND} if the bucket does not have its first bytes. */
    static Future<StagedBlob> open(ObjectPlaces places, ResumePoint point) {
        return places.parts().find(point.uploadId()).compose(found -> {
            UploadParts parts = found.orElseGet(() -> UploadParts.none(point.uploadId()));
            if (parts.size() != point.start()) {
                return ErrorCode.NOT_FOUND.refuse();
            }
            return parts.tail()
                    .map(tail -> fetch(places, tail))
                    .orElseGet(() -> Future.succeededFuture(Optional.empty()))
                    .map(file -> new ResumedUpload(places, point, parts, file.orElse(null)));
        });
    }

    /** Brings the tail here: it becomes the beginning of the next part. */
    private static Future<Optional<StagedFile>> fetch(ObjectPlaces places, Tail tail) {
        StagedFile file = places.staging().stage();
        return fetch(places, tail, 0, file)
                .compose(done -> file.digest()
                                .filter(digest -> digest.blob().sha256().equals(tail.sha256()))
                                .isPresent()
                        ? Future.succeededFuture(Optional.of(file))
                        : isLost(places, tail))
                .recover(failure -> file.discard()
                        .transform(gone -> S3Failures.isMissing(failure) ? isLost(places, tail) : unread(failure)));
    }

    private static Future<Void> fetch(ObjectPlaces places, Tail tail, long from, StagedFile file) {
        if (from == tail.size()) {
            return Future.succeededFuture();
        }
        return places.bucket()
                .range(tail.key(), from, Math.min(READ_BYTES, tail.size() - from))
                .compose(bytes -> file.append(new ByteBuffer[] {ByteBuffer.wrap(bytes)})
                        .compose(written -> fetch(places, tail, from + bytes.length, file)));
    }

    /** Fails with {@code NOT_FOUND} if the tail is surely missing or another one: what was acknowledged does not end for less. */
    private static Future<Optional<StagedFile>> isLost(ObjectPlaces places, Tail tail) {
        return places.bucket()
                .surely(tail.key())
                .compose(
                        seen -> {
                            if (seen.isPresent() && seen.get().etag().equals(tail.etag())) {
                                return ErrorCode.UNAVAILABLE.refuse();
                            }
                            LOG.error("the bucket has lost bytes of an upload, which begins again");
                            return ErrorCode.NOT_FOUND.refuse();
                        },
                        ResumedUpload::unread);
    }

    private static <T> Future<T> unread(Throwable failure) {
        return Future.failedFuture(S3Failures.ofWrite(failure));
    }

    /** The row of the upload names its parts. */
    @Override
    public Future<Void> beginParts(String key) {
        return Future.succeededFuture();
    }

    @Override
    public Future<Void> beginTail(String tailKey) {
        return places.index().begin(tailKey, places.node());
    }

    @Override
    public Future<Void> takeBack(String tailKey) {
        return places.index().abandon(new Intent(tailKey, "", places.node()));
    }

    @Override
    public Future<Void> inParts(String key, String multipartId) {
        return places.parts().begin(point.uploadId(), point.generation(), key, multipartId);
    }

    @Override
    public Future<Void> record(List<Part> fresh, Optional<Tail> tail, long stored) {
        return places.parts()
                .record(point.uploadId(), point.generation(), fresh, tail, stored)
                .compose(recorded -> {
                    Optional<Tail> replaced = recordedTail;
                    recordedTail = tail;
                    return replaced.map(this::delete).orElseGet(Future::succeededFuture);
                });
    }

    /** Deletes a tail whose bytes are in what was recorded. Never fails: it is queued. */
    private Future<Void> delete(Tail replaced) {
        return ObjectPlaces.later(places.bucket()
                .delete(replaced.key())
                .compose(gone -> places.index().deleted(replaced.key())));
    }

    @Override
    public Future<Void> append(ByteBuffer[] pieces) {
        return writer.append(pieces);
    }

    /** Full parts are recorded as the bucket gets them. The rest would be sent again and again. */
    @Override
    public Future<Long> force() {
        return Future.succeededFuture(writer.stored());
    }

    @Override
    public Future<Long> close(boolean keep) {
        if (closed) {
            return Future.succeededFuture(writer.stored());
        }
        closed = true;
        return keep ? writer.keep(point.length()) : dropped().map(point.start());
    }

    /** Deletes what is on this node, once nothing is being sent. */
    private Future<Void> dropped() {
        return writer.settled().transform(sent -> writer.drop());
    }

    @Override
    public Future<Void> discard() {
        closed = true;
        return dropped().compose(gone -> new StoredParts(places, point.uploadId()).discard());
    }

    @Override
    public Optional<BlobDigest> digest() {
        return writer.digest();
    }
}
