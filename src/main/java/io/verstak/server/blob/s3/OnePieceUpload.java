package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.StoredObject;
import io.verstak.server.storage.blob.UploadParts;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * An upload in one request: small ones are put at the end, of others the parts go to the bucket as they come. Before anything does, an
 * intent has its key; a crash leaves it for the sweep.
 */
final class OnePieceUpload implements ObjectSource, WrittenParts {
    /** How often a slow upload says that it has not died. */
    private static final long ALIVE_NANOS = TimeUnit.HOURS.toNanos(1);

    private final ObjectPlaces places;
    private final ObjectWriter writer;
    private String key = "";
    private long aliveAt = System.nanoTime();
    private boolean announced;
    private boolean stored;

    OnePieceUpload(ObjectPlaces places) {
        this.places = places;
        this.writer = new ObjectWriter(places, this, places.partBytes(), UploadParts.none(""), 0, null, null, null);
    }

    @Override
    public Future<Void> beginParts(String newKey) {
        key = newKey;
        return places.index().begin(newKey, places.node());
    }

    @Override
    public Future<Void> beginTail(String tailKey) {
        throw new IllegalStateException("an upload in one piece has no tail");
    }

    @Override
    public Future<Void> takeBack(String tailKey) {
        throw new IllegalStateException("an upload in one piece has no tail");
    }

    @Override
    public Future<Void> inParts(String ofKey, String multipartId) {
        return places.index().inParts(ofKey, multipartId);
    }

    @Override
    public Future<Void> record(List<Part> fresh, Optional<Tail> tail, long bytes) {
        long now = System.nanoTime();
        if (now - aliveAt < ALIVE_NANOS) {
            return Future.succeededFuture();
        }
        aliveAt = now;
        return places.index().inParts(writer.key(), writer.multipartId());
    }

    @Override
    public Future<Void> append(ByteBuffer[] pieces) {
        return writer.append(pieces);
    }

    /** Nothing is kept of it before its end. */
    @Override
    public Future<Long> force() {
        return Future.succeededFuture(0L);
    }

    @Override
    public Future<Long> close(boolean keep) {
        return discard().map(0L);
    }

    @Override
    public Optional<BlobDigest> digest() {
        return writer.digest();
    }

    @Override
    public Future<Optional<StoredObject>> announce(Sha256 sha256) {
        return writer.settled().compose(sent -> {
            announced = true;
            if (!key.isEmpty()) {
                return places.index().name(key, sha256);
            }
            key = ObjectPlaces.newKey();
            return places.index().begin(key, sha256, places.node());
        });
    }

    @Override
    public Future<Optional<Stored>> complete(BlobReference blob) {
        return (writer.multipartId().isEmpty() ? put(blob) : writer.join().map(Optional::of))
                .map(etag -> etag.map(tag -> new Stored(key, tag)))
                .onSuccess(done -> stored = done.isPresent());
    }

    private Future<Optional<String>> put(BlobReference blob) {
        return writer.rest()
                .compose(file -> file.isEmpty() && blob.size() > 0
                        ? Future.succeededFuture(Optional.empty())
                        : places.uploads().put(key, file.orElse(null), blob).map(Optional::of));
    }

    @Override
    public Future<Void> forget() {
        return writer.drop().compose(dropped -> ObjectPlaces.later(abort()));
    }

    private Future<Void> abort() {
        return stored ? Future.succeededFuture() : places.abort(key, writer.multipartId());
    }

    @Override
    public Future<Void> ended() {
        return places.end(key);
    }

    /** A request that has failed may still reach the bucket: then the intent stays. */
    @Override
    public Future<Void> discard() {
        return writer.settled()
                .transform(sent -> writer.drop())
                .compose(dropped ->
                        abort().compose(gone -> announced || key.isEmpty() ? Future.succeededFuture() : ended()))
                .transform(ended -> ObjectPlaces.later(
                        ended.failed() ? Future.failedFuture(ended.cause()) : Future.succeededFuture()));
    }
}
