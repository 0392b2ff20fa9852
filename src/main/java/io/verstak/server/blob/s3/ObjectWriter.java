package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.file.StagedFile;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.blob.UploadParts;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes an upload into parts of an object while its bytes arrive. Each part is a file until the bucket has it: one is sent while the
 * next is written, so an upload has two files at most. What the bucket has is recorded at once, unless the chunk has a checksum that is
 * not verified yet. As described in {@link StagedBlob}.
 */
final class ObjectWriter {
    private final ObjectPlaces places;
    private final WrittenParts log;
    private final long partBytes;
    private final long start;
    private final @Nullable MessageDigest checksum;
    private final List<Part> parts;
    private String key;
    private String multipartId;
    private int recorded;
    private long stored;

    /** The digest of all bytes; null if that of the first ones is not known, and while {@link #file} has all of them. */
    private @Nullable BlobDigest whole;

    private @Nullable StagedFile file;
    private long inFile;
    /** The digest at the end. */
    private Optional<BlobDigest> last = Optional.empty();

    private boolean ended;
    /** Of the part before the one in the file. */
    private Future<Void> sending = Future.succeededFuture();

    /**
     * @param before what the bucket has, without a tail
     * @param start how many bytes there are, those in {@code file} included
     * @param file has the bytes after the parts; null if there are none
     * @param whole the digest of all of them; null if it is not known
     * @param checksum receives all bytes from now on; what it is computed for is recorded at the end
     */
    ObjectWriter(
            ObjectPlaces places,
            WrittenParts log,
            long partBytes,
            UploadParts before,
            long start,
            @Nullable StagedFile file,
            @Nullable BlobDigest whole,
            @Nullable MessageDigest checksum) {
        this.places = places;
        this.log = log;
        this.partBytes = partBytes;
        this.parts = new ArrayList<>(before.parts());
        this.key = before.key();
        this.multipartId = before.multipartId();
        this.recorded = parts.size();
        this.start = start;
        this.stored = start;
        this.file = file;
        this.inFile = start - partsBytes();
        this.whole = whole;
        this.checksum = checksum;
    }

    private long partsBytes() {
        return parts.stream().mapToLong(Part::size).sum();
    }

    /** Returns how many bytes the bucket is known to have. */
    long stored() {
        return stored;
    }

    String key() {
        return key;
    }

    String multipartId() {
        return multipartId;
    }

    Future<Void> append(ByteBuffer[] pieces) {
        long length = Pieces.length(pieces);
        long room = Math.max(0, partBytes - inFile);
        if (length < room) {
            return write(pieces, length);
        }
        ByteBuffer[] rest = Pieces.copy(pieces);
        ByteBuffer[] first = Pieces.split(rest, room);
        return write(first, room)
                .compose(written -> sendFile())
                .compose(sent -> Pieces.length(rest) == 0 ? Future.succeededFuture() : append(rest));
    }

    private Future<Void> write(ByteBuffer[] pieces, long length) {
        StagedFile open = file;
        if (open == null) {
            open = places.staging().stage();
            file = open;
        }
        inFile += length;
        return open.append(pieces, this::digest);
    }

    private void digest(ByteBuffer piece) {
        BlobDigest all = whole;
        if (all != null) {
            all.update(piece.duplicate());
        }
        MessageDigest compared = checksum;
        if (compared != null) {
            compared.update(piece.duplicate());
        }
    }

    /** Begins to send what is in the file as a part, once the part before has been sent. */
    private Future<Void> sendFile() {
        StagedFile full = file;
        if (full == null) {
            return Future.succeededFuture();
        }
        if (parts.isEmpty() && sending.succeeded() && whole == null) {
            whole = full.digest().map(BlobDigest::copy).orElse(null);
        }
        file = null;
        inFile = 0;
        return sending.onFailure(failed -> full.discard()).compose(sent -> {
            sending = send(full);
            return Future.succeededFuture();
        });
    }

    private Future<Void> send(StagedFile full) {
        BlobReference bytes = full.digest().orElseThrow().blob();
        int number = parts.size() + 1;
        return begun().compose(begun -> full.complete())
                .compose(path -> places.bucket()
                        .putPart(
                                key,
                                multipartId,
                                number,
                                S3Bucket.body(path.orElseThrow(), 0, bytes.size()),
                                bytes.sha256()))
                .recover(failure -> Future.failedFuture(S3Failures.ofWrite(failure)))
                .onSuccess(etag -> parts.add(new Part(number, bytes.size(), etag, bytes.sha256())))
                .eventually(() -> full.discard().otherwiseEmpty())
                .compose(added -> checksum == null ? record(Optional.empty()) : Future.succeededFuture());
    }

    private Future<Void> begun() {
        if (!multipartId.isEmpty()) {
            return Future.succeededFuture();
        }
        if (key.isEmpty()) {
            key = ObjectPlaces.newKey();
        }
        return log.beginParts(key)
                .compose(begun -> places.bucket().beginParts(key))
                .compose(id -> log.inParts(key, id)
                        .onSuccess(recorded -> multipartId = id)
                        .recover(failure -> isLocked(failure)
                                ? places.abort(key, id).transform(gone -> Future.failedFuture(failure))
                                : Future.failedFuture(failure)));
    }

    private Future<Void> record(Optional<Tail> tail) {
        List<Part> fresh = List.copyOf(parts.subList(recorded, parts.size()));
        long bytes = partsBytes() + tail.map(Tail::size).orElse(0L);
        if (fresh.isEmpty() && tail.isEmpty()) {
            return Future.succeededFuture();
        }
        return log.record(fresh, tail, bytes).onSuccess(done -> {
            recorded += fresh.size();
            stored = bytes;
        });
    }

    /** Waits until all full parts are sent. Completes on the context of the caller, which may not be the one that appends. */
    Future<Void> settled() {
        return places.bucket().here(sending);
    }

    /**
     * Sends the rest, and records all.
     *
     * @param length of the whole upload: its last bytes become a part, others a tail
     * @return the number of bytes that are recorded
     */
    Future<Long> keep(long length) {
        return settled().transform(sent -> {
            last = digest();
            ended = true;
            boolean sound = file == null || file.digest().isPresent();
            boolean fresh = sound && partsBytes() + inFile > start;
            Future<Void> rest = sent.succeeded() && fresh ? sendRest(length) : Future.succeededFuture();
            return rest.recover(failure -> record(Optional.empty()).transform(kept -> Future.failedFuture(failure)))
                    .compose(done -> record(Optional.empty()))
                    .eventually(this::drop)
                    .onComplete(done -> last = last.filter(digest -> digest.length() == stored))
                    .compose(done ->
                            sent.succeeded() ? Future.succeededFuture(stored) : Future.failedFuture(sent.cause()));
        });
    }

    private Future<Void> sendRest(long length) {
        StagedFile rest = file;
        if (rest == null || inFile == 0) {
            return Future.succeededFuture();
        }
        return parts.isEmpty() || partsBytes() + inFile < length
                ? sendTail(rest)
                : sendFile().compose(sent -> sending);
    }

    private Future<Void> sendTail(StagedFile rest) {
        String tailKey = ObjectPlaces.newKey();
        BlobReference bytes = rest.digest().orElseThrow().blob();
        return log.beginTail(tailKey)
                .compose(begun -> rest.complete())
                .compose(path -> places.uploads().put(tailKey, path.orElseThrow(), bytes))
                .compose(etag -> record(Optional.of(new Tail(tailKey, bytes.size(), etag, bytes.sha256()))))
                .recover(failure -> isLocked(failure)
                        ? log.takeBack(tailKey).transform(gone -> Future.failedFuture(failure))
                        : Future.failedFuture(failure));
    }

    /** Returns whether another node has the upload: nothing is on its way to the bucket. */
    private static boolean isLocked(Throwable failure) {
        return failure instanceof ServerException refusal && refusal.code() == ErrorCode.UPLOAD_LOCKED;
    }

    /** Sends the rest as the last part, and makes an object of all. Returns its etag. */
    Future<String> join() {
        return settled()
                .compose(sent ->
                        inFile == 0 ? Future.succeededFuture() : sendFile().compose(begun -> sending))
                .compose(sent -> places.uploads().join(key, multipartId, parts));
    }

    /** Returns the file with the bytes after the last part, to be read. */
    Future<Optional<Path>> rest() {
        return file == null ? Future.succeededFuture(Optional.empty()) : file.complete();
    }

    /** Deletes the file. Never fails. */
    Future<Void> drop() {
        StagedFile open = file;
        file = null;
        inFile = 0;
        return open == null ? Future.succeededFuture() : open.discard().otherwiseEmpty();
    }

    Optional<BlobDigest> digest() {
        if (ended) {
            return last;
        }
        StagedFile open = file;
        if (open != null && open.digest().isEmpty()) {
            return Optional.empty();
        }
        if (whole != null || !parts.isEmpty()) {
            return Optional.ofNullable(whole);
        }
        return open == null ? Optional.of(new BlobDigest()) : open.digest();
    }
}
