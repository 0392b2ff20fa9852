package io.verstak.server.blob;

import io.verstak.server.domain.Scope;
import io.vertx.core.Future;

/**
 * Blobs that come in parts and go on after a break, also after one of the server. What an answer has acknowledged is never
 * asked for again, and the scope is given the blob exactly once. May be called on any context; the futures complete there.
 *
 * <p>An upload that its scope does not know, or no longer, is {@code NOT_FOUND}.
 */
public interface ResumableUploads {
    /** The most unfinished uploads of one device. */
    int MAX_OPEN_PER_DEVICE = 100;

    /**
     * Makes an upload, which is finished at once when the scope has what was announced. {@code BLOB_TOO_LARGE}, {@code
     * QUOTA_EXCEEDED} for the whole length; {@code HASH_MISMATCH} when what was announced is known and has another size;
     * {@code RATE_LIMITED} when the device has too many open.
     */
    Future<UploadStatus> create(NewUpload upload);

    /** How far an upload is. One whose last bytes came before a crash is finished by the question. */
    Future<UploadStatus> find(Scope scope, String id);

    /**
     * Opens an upload for its next bytes. {@code CONFLICT} when it is not where the part begins, {@code UPLOAD_LOCKED} while
     * another connection sends to it, {@code REQUEST_TOO_LARGE} when it has not that much left, {@code UNAVAILABLE} when as
     * many uploads as allowed are open.
     */
    Future<PartUpload> append(Scope scope, String id, NewPart part);

    /** Forgets an upload and its bytes, unless they are a blob of the scope by now. */
    Future<Void> remove(Scope scope, String id);
}
