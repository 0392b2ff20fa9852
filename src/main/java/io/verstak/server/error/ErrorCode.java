package io.verstak.server.error;

import io.vertx.core.Future;
import java.util.Locale;

/**
 * Every refusal of the server: its stable code on the wire, its HTTP status and its text for people.
 *
 * <p>Codes and statuses belong to the wire contract. Clients branch on them, so neither ever changes.
 */
public enum ErrorCode {
    INVALID_REQUEST(400, "The request is not valid."),
    INVALID_JSON(400, "The body is not the JSON that this call takes."),
    TRAILING_JSON(400, "The body holds more than one JSON value."),
    FIELD_TOO_LONG(400, "A field is longer than allowed."),
    INVALID_OPERATION(400, "An operation lacks a required field or has one with an impossible value."),
    INVALID_PAYLOAD(400, "payload_json is neither empty nor valid JSON."),
    INVALID_BLOB_REFERENCE(400, "The blob reference is malformed or does not match the stored blob."),
    BLOB_NOT_OWNED(400, "The referenced blob was not uploaded to this vault; upload it first."),
    INLINE_BINARY_FORBIDDEN(400, "File contents must be uploaded as a blob, not sent inside an operation."),
    INVALID_MULTIPART(400, "The body must be multipart/form-data with exactly one part, a file named \"file\"."),
    INVALID_BLOB_HASH(400, "A blob is named by the 64 lower-case hexadecimal digits of its SHA-256."),
    UNAUTHORIZED(401, "Sign in, or pair this device again."),
    FORBIDDEN(403, "This is not allowed."),
    READ_ONLY(403, "This vault is shared with you for reading only."),
    CSRF_INVALID(403, "The form has expired; reload the page and try again."),
    NOT_FOUND(404, "There is nothing here."),
    BLOB_NOT_FOUND(404, "This vault holds no such blob."),
    METHOD_NOT_ALLOWED(405, "This address does not take that method."),
    CONFLICT(409, "This is taken or has changed meanwhile."),
    OP_ID_CONFLICT(409, "An operation with this op_id and other content is stored already."),
    GONE(410, "This is no longer here."),
    PRECONDITION_FAILED(412, "What is stored is not what If-Match asks for."),
    REQUEST_TOO_LARGE(413, "The request is larger than allowed."),
    TOO_MANY_OPERATIONS(413, "Too many operations in one push; send fewer at a time."),
    PAYLOAD_TOO_LARGE(413, "The payload of an operation is larger than allowed."),
    BLOB_TOO_LARGE(413, "The file is larger than this server accepts."),
    QUOTA_EXCEEDED(413, "The storage quota is used up; delete files or ask the administrator for more."),
    UNSUPPORTED_MEDIA_TYPE(415, "Compressed request bodies are not accepted; send the body as it is."),
    RANGE_NOT_SATISFIABLE(416, "The range lies outside of the file."),
    IDEMPOTENCY_KEY_REUSED(422, "This idempotency_key was used for another request."),
    HASH_MISMATCH(422, "The bytes do not have the SHA-256 under which they were sent."),
    UPLOAD_LOCKED(423, "Another connection is sending to this upload; try again shortly."),
    RATE_LIMITED(429, "Too many attempts; wait and try again."),
    CHECKSUM_MISMATCH(460, "The bytes of this part do not have the checksum under which they were sent."),
    INTERNAL_ERROR(500, "Something went wrong on the server; try again later."),
    BLOB_UNAVAILABLE(500, "The stored file is damaged or missing; upload it again to repair it."),
    UNAVAILABLE(503, "The server is busy or temporarily unavailable; try again shortly."),
    STORAGE_FULL(507, "The server's disk is full; nothing was stored. Tell its administrator.");

    private final int status;
    private final String text;

    ErrorCode(int status, String text) {
        this.status = status;
        this.text = text;
    }

    /** Returns the HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** Returns the code on the wire, such as {@code op_id_conflict}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the default text for people. */
    public String text() {
        return text;
    }

    /** Returns a future that has failed with this code. */
    public <T> Future<T> refuse() {
        return Future.failedFuture(new ServerException(this));
    }
}
