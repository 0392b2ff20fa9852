package io.verstak.server.blob.s3;

import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.blob.UploadPartStore;
import io.vertx.core.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the uploads to a bucket share.
 *
 * @param staging has the bytes of a part until the bucket has them
 * @param partBytes how large parts are, but for the last one
 * @param node the name of this process
 */
record ObjectPlaces(
        S3Bucket bucket,
        ObjectUpload uploads,
        ObjectIndex index,
        UploadPartStore parts,
        StagedFiles staging,
        long partBytes,
        String node) {
    private static final Logger LOG = LoggerFactory.getLogger(ObjectPlaces.class);

    /** Returns a key that was never used. */
    static String newKey() {
        String random = ServerMark.random();
        return random.substring(0, 2) + "/" + random.substring(2, 4) + "/" + random;
    }

    /** Drops the parts of an upload, if it still has any. */
    Future<Void> abort(String key, String multipartId) {
        return multipartId.isEmpty()
                ? Future.succeededFuture()
                : bucket.abortParts(key, multipartId)
                        .recover(failure -> S3Failures.isMissing(failure)
                                ? Future.succeededFuture()
                                : Future.failedFuture(failure));
    }

    /** Ends the intent of an upload. Never fails. */
    Future<Void> end(String key) {
        return later(index.end(key));
    }

    /** Lets something fail that the sweep does again. */
    static Future<Void> later(Future<Void> work) {
        return work.onFailure(
                        failure -> LOG.warn("what an upload has left is removed later: {}", S3Failures.text(failure)))
                .otherwiseEmpty();
    }
}
