package io.verstak.server.blob.s3;

import io.verstak.server.blob.s3.S3Bucket.Seen;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.storage.blob.UploadParts.Part;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * Makes objects: of a file in one request, or of parts. Each request has the checksum of its bytes, and an object whose answer is lost is
 * looked at: it is complete, or it is not there. Fails as described in {@link S3Failures#ofWrite}.
 */
final class ObjectUpload {
    private final S3Bucket bucket;

    ObjectUpload(S3Bucket bucket) {
        this.bucket = bucket;
    }

    /**
     * Stores a file.
     *
     * @param file null if the blob is empty
     * @return the etag of the object
     */
    Future<String> put(String key, @Nullable Path file, BlobReference blob) {
        AsyncRequestBody body = file == null ? AsyncRequestBody.empty() : S3Bucket.body(file, 0, blob.size());
        return bucket.put(key, body, blob.sha256())
                .recover(failure -> lookAfter(failure, key, blob.size(), S3Bucket.base64(blob.sha256())));
    }

    /**
     * Makes an object of all its parts, also if that was done before. Fails with {@code BLOB_UNAVAILABLE} if the bucket surely has
     * neither them nor the object, and with {@code UNAVAILABLE} if a part is another one than was recorded.
     *
     * @return the etag of the object
     */
    Future<String> join(String key, String multipartId, List<Part> parts) {
        long size = parts.stream().mapToLong(Part::size).sum();
        return bucket.endParts(key, multipartId, parts)
                .recover(failure -> lookAfter(failure, key, size, checksum(parts)));
    }

    /** Returns what a bucket says is the checksum of an object in parts. */
    private static String checksum(List<Part> parts) {
        MessageDigest all = Sha256.newDigest();
        parts.forEach(part -> all.update(HexFormat.of().parseHex(part.sha256().hex())));
        return Base64.getEncoder().encodeToString(all.digest()) + "-" + parts.size();
    }

    /** Returns the etag of an object if it was stored in spite of a failure: the answer was lost. */
    private Future<String> lookAfter(Throwable failure, String key, long size, String checksum) {
        boolean gone = S3Failures.isWithoutParts(failure);
        return (gone ? bucket.surely(key) : bucket.head(key))
                .transform(looked -> looked.succeeded()
                        ? looked.result()
                                .filter(seen -> isComplete(seen, size, checksum))
                                .map(seen -> Future.succeededFuture(seen.etag()))
                                .orElseGet(() -> gone && looked.result().isEmpty()
                                        ? ErrorCode.BLOB_UNAVAILABLE.refuse()
                                        : Future.failedFuture(S3Failures.ofWrite(failure)))
                        : Future.failedFuture(S3Failures.ofWrite(failure)));
    }

    private static boolean isComplete(Seen seen, long size, String checksum) {
        return seen.size() == size
                && (seen.checksum().isEmpty() || seen.checksum().equals(checksum));
    }
}
