package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.blob.StoredObject;
import io.verstak.server.storage.blob.UploadParts;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Function;

/**
 * What a bucket has of a resumable upload, whichever node has sent it: to make an object of it, or to delete it. Parts are joined; without
 * any, the tail is the object already.
 */
final class StoredParts implements ObjectSource {
    private final ObjectPlaces places;
    private final String uploadId;
    private UploadParts found;
    private String key = "";
    private boolean joined;
    private boolean forgotten;

    StoredParts(ObjectPlaces places, String uploadId) {
        this.places = places;
        this.uploadId = uploadId;
        this.found = UploadParts.none(uploadId);
    }

    private Future<UploadParts> find() {
        return places.parts().find(uploadId).map(parts -> {
            found = parts.orElse(found);
            return found;
        });
    }

    @Override
    public Future<Optional<StoredObject>> announce(Sha256 sha256) {
        return find().compose(parts -> {
            key = parts.parts().isEmpty() ? parts.tail().map(Tail::key).orElseGet(ObjectPlaces::newKey) : parts.key();
            return places.index().begin(key, sha256, places.node());
        });
    }

    @Override
    public Future<Optional<Stored>> complete(BlobReference blob) {
        if (blob.size() == 0) {
            return places.uploads().put(key, null, blob).map(etag -> Optional.of(new Stored(key, etag)));
        }
        if (found.size() != blob.size()) {
            return Future.succeededFuture(Optional.empty());
        }
        return join().map(Optional::of);
    }

    /** Makes an object of what was found, which is all of the upload. */
    private Future<Stored> join() {
        if (found.parts().isEmpty()) {
            Tail tail = found.tail().orElseThrow();
            return places.bucket()
                    .surely(tail.key())
                    .recover(failure -> Future.failedFuture(S3Failures.ofWrite(failure)))
                    .compose(seen ->
                            seen.filter(object -> object.size() == tail.size()).isPresent()
                                    ? Future.succeededFuture(new Stored(tail.key(), tail.etag()))
                                    : ErrorCode.BLOB_UNAVAILABLE.refuse());
        }
        return places.uploads()
                .join(found.key(), found.multipartId(), found.parts())
                .map(etag -> {
                    joined = true;
                    return new Stored(found.key(), etag);
                });
    }

    /**
     * Returns the digest of all bytes. Fails with {@code BLOB_UNAVAILABLE} if there are not so many.
     *
     * @param reader returns the digest of the object with this key
     */
    Future<Sha256> read(long length, Function<String, Future<Sha256>> reader) {
        return find().compose(parts -> {
            if (parts.size() != length) {
                return ErrorCode.BLOB_UNAVAILABLE.refuse();
            }
            return parts.parts().isEmpty()
                    ? Future.succeededFuture(parts.tail().orElseThrow().sha256())
                    : join().compose(stored -> reader.apply(stored.key()));
        });
    }

    @Override
    public Future<Void> forget() {
        forgotten = true;
        return ObjectPlaces.later(remove());
    }

    private Future<Void> remove() {
        return (joined ? Future.<Void>succeededFuture() : places.abort(found.key(), found.multipartId()))
                .compose(aborted -> places.parts().end(uploadId));
    }

    /** Of an upload that was not finished another node may use the same intent: the sweep ends it. */
    @Override
    public Future<Void> ended() {
        return forgotten ? places.end(key) : Future.succeededFuture();
    }

    @Override
    public Future<Void> discard() {
        return ObjectPlaces.later(find().compose(parts -> remove()));
    }

    @Override
    public Future<Void> append(ByteBuffer[] pieces) {
        throw new IllegalStateException("the upload is closed");
    }

    @Override
    public Future<Long> force() {
        throw new IllegalStateException("the upload is closed");
    }

    @Override
    public Future<Long> close(boolean keep) {
        return find().map(UploadParts::size);
    }

    @Override
    public Optional<BlobDigest> digest() {
        return Optional.empty();
    }
}
