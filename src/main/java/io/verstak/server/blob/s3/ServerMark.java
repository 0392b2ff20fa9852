package io.verstak.server.blob.s3;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.blob.ObjectIndex;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import software.amazon.awssdk.core.async.AsyncRequestBody;

/**
 * An object that says to which server a bucket, or a prefix of it, belongs. The database has the same name: a server
 * that is started with another one's bucket would take its blobs for lost, or delete them.
 */
final class ServerMark {
    static final String KEY = ".verstak-server";

    private static final int RANDOM_BYTES = 16;

    private final S3Bucket bucket;
    private final ObjectIndex index;
    private final S3Access access;

    ServerMark(S3Bucket bucket, ObjectIndex index, S3Access access) {
        this.bucket = bucket;
        this.index = index;
        this.access = access;
    }

    /** Returns a name that was never used, in hexadecimal digits. */
    static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** Fails with {@code StorageException} when the bucket is another server's, or does not have what the database names. */
    Future<Void> require(long now) {
        return index.server(random(), now)
                .compose(server -> read().compose(mark -> {
                    if (mark.isEmpty()) {
                        return index.count()
                                .compose(objects -> objects == 0 ? put(server) : refuse(missing(server, objects)));
                    }
                    return mark.get().equals(server) ? Future.succeededFuture() : refuse(foreign());
                }));
    }

    private Future<Optional<String>> read() {
        return bucket.small(KEY)
                .map(bytes -> Optional.of(new String(bytes, StandardCharsets.UTF_8).strip()))
                .recover(failure -> S3Failures.isMissing(failure)
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    private Future<Void> put(String server) {
        return put(KEY, server.getBytes(StandardCharsets.UTF_8));
    }

    private Future<Void> put(String key, byte[] bytes) {
        return bucket.put(key, AsyncRequestBody.fromBytes(bytes), Sha256.of(bytes))
                .mapEmpty();
    }

    private static Future<Void> refuse(String text) {
        return Future.failedFuture(new StorageException(text));
    }

    private String foreign() {
        return "objects.bucket: %s belongs to another server, says its object %s. Use another bucket or objects.prefix"
                .formatted(place(), access.keyPrefix() + KEY);
    }

    private String missing(String server, long objects) {
        return "objects.bucket: %s has no object %s, but the database names %s blobs in it: it is another bucket, or it was emptied. If it is the right one: printf %s | aws --endpoint-url %s s3 cp - s3://%s"
                .formatted(place(), access.keyPrefix() + KEY, objects, server, access.endpoint(), place() + KEY);
    }

    private String place() {
        return access.bucket() + "/" + access.keyPrefix();
    }

    /** Fails when the bucket does not store, return and delete an object. */
    Future<Void> probe() {
        String key = ".probe-" + random();
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return put(key, bytes)
                .compose(stored -> bucket.small(key))
                .compose(read -> Arrays.equals(read, bytes)
                        ? bucket.delete(key)
                        : Future.failedFuture(new StorageException(
                                "objects.bucket: %s returns other bytes than it was given".formatted(place()))));
    }

    /** Returns the message for an operator whose bucket cannot be used. */
    StorageException cannotBeUsed(Throwable failure) {
        return failure instanceof StorageException refusal
                ? refusal
                : new StorageException(
                        "objects.bucket %s at %s cannot be used: %s"
                                .formatted(access.bucket(), access.endpoint(), S3Failures.reason(failure)),
                        failure);
    }
}
