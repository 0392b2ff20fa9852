package io.verstak.server.blob.s3;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.s3.S3Bucket.Part;
import io.verstak.server.blob.s3.S3Bucket.Seen;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * Stores the bytes of a file as an object: small ones in one request, others in parts of equal size, one after another.
 * Each request has the checksum of its bytes, and an object whose answer is lost is looked at: it is complete, or it is not there.
 */
final class ObjectUpload {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectUpload.class);
    private static final int MOST_PARTS = 10_000;
    private static final int BUFFER_BYTES = 128 << 10;

    private final S3Bucket bucket;
    private final WorkerExecutor threads;
    private final long partBytes;

    private record Parts(String key, String uploadId, Path file, BlobReference blob, long partBytes) {}

    /** @param threads for what blocks */
    ObjectUpload(S3Bucket bucket, WorkerExecutor threads, long partBytes) {
        this.bucket = bucket;
        this.threads = threads;
        this.partBytes = partBytes;
    }

    /**
     * Stores a file.
     *
     * @param file null if the blob is empty
     * @param inParts records the id of an upload in parts
     * @return the etag of the object
     */
    Future<String> store(String key, @Nullable Path file, BlobReference blob, Function<String, Future<Void>> inParts) {
        if (file == null || blob.size() <= partBytes) {
            AsyncRequestBody body = file == null ? AsyncRequestBody.empty() : S3Bucket.body(file, 0, blob.size());
            return bucket.put(key, body, blob.sha256())
                    .recover(failure -> lookAfter(failure, key, blob.size(), S3Bucket.base64(blob.sha256())));
        }
        long bytes = Math.max(partBytes, (blob.size() + MOST_PARTS - 1) / MOST_PARTS);
        return bucket.beginParts(key)
                .compose(id -> inParts.apply(id).compose(recorded -> store(new Parts(key, id, file, blob, bytes))));
    }

    private Future<String> store(Parts parts) {
        BlobDigest whole = new BlobDigest();
        return putFrom(parts, whole, new ArrayList<>())
                .compose(stored -> whole.blob().equals(parts.blob())
                        ? Future.succeededFuture(stored)
                        : Future.failedFuture(new IOException("the staged bytes have changed")))
                .onFailure(failure -> abort(parts))
                .compose(stored -> bucket.endParts(parts.key(), parts.uploadId(), stored)
                        .recover(failure ->
                                lookAfter(failure, parts.key(), parts.blob().size(), checksum(stored))));
    }

    private Future<List<Part>> putFrom(Parts parts, BlobDigest whole, List<Part> stored) {
        long from = stored.size() * parts.partBytes();
        long length = Math.min(parts.partBytes(), parts.blob().size() - from);
        if (length <= 0) {
            return Future.succeededFuture(stored);
        }
        return threads.executeBlocking(() -> digest(parts.file(), from, length, whole), false)
                .compose(checksum -> bucket.putPart(
                        parts.key(),
                        parts.uploadId(),
                        stored.size() + 1,
                        S3Bucket.body(parts.file(), from, length),
                        checksum))
                .compose(part -> {
                    stored.add(part);
                    return putFrom(parts, whole, stored);
                });
    }

    /** Blocks. */
    private static Sha256 digest(Path file, long from, long length, BlobDigest whole) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            for (long left = length; left > 0; ) {
                buffer.clear().limit((int) Math.min(left, BUFFER_BYTES));
                int read = channel.read(buffer, from + length - left);
                if (read < 0) {
                    throw new EOFException("the staged bytes are too few");
                }
                left -= read;
                digest.update(buffer.flip().duplicate());
                whole.update(buffer);
            }
        }
        return Sha256.ofDigest(digest.digest());
    }

    /** Returns what a bucket says is the checksum of an object in parts. */
    private static String checksum(List<Part> parts) {
        MessageDigest all = Sha256.newDigest();
        parts.forEach(part -> all.update(HexFormat.of().parseHex(part.checksum().hex())));
        return Base64.getEncoder().encodeToString(all.digest()) + "-" + parts.size();
    }

    private void abort(Parts parts) {
        bucket.abortParts(parts.key(), parts.uploadId())
                .onFailure(failure ->
                        LOG.warn("the parts of an upload stay in the bucket for a day: {}", S3Failures.text(failure)));
    }

    /** Returns the etag of an object if it was stored in spite of a failure: the answer was lost. */
    private Future<String> lookAfter(Throwable failure, String key, long size, String checksum) {
        return bucket.head(key)
                .transform(looked -> looked.succeeded()
                        ? looked.result()
                                .filter(seen -> isComplete(seen, size, checksum))
                                .map(seen -> Future.succeededFuture(seen.etag()))
                                .orElseGet(() -> Future.failedFuture(failure))
                        : Future.failedFuture(failure));
    }

    private static boolean isComplete(Seen seen, long size, String checksum) {
        return seen.size() == size
                && (seen.checksum().isEmpty() || seen.checksum().equals(checksum));
    }
}
