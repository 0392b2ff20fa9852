package io.verstak.server.blob.s3;

import io.verstak.server.storage.blob.UploadParts.Part;
import io.verstak.server.storage.blob.UploadParts.Tail;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** Where an {@link ObjectWriter} records what it has sent. What is begun and not recorded is removed after a day. */
interface WrittenParts {

    /** Says that an object in parts will have this key. */
    Future<Void> beginParts(String key);

    /** Says that a tail will have this key. */
    Future<Void> beginTail(String key);

    /** Says that a tail which the bucket has is not recorded. */
    Future<Void> takeBack(String tailKey);

    /** Says what the bucket calls the parts of an object. */
    Future<Void> inParts(String key, String multipartId);

    /**
     * Records bytes that the bucket has got.
     *
     * @param fresh parts that were not recorded
     * @param stored how many bytes of the upload the bucket has with them
     */
    Future<Void> record(List<Part> fresh, Optional<Tail> tail, long stored);
}
