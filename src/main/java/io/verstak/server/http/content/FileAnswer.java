package io.verstak.server.http.content;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/**
 * Answers with a file of a vault, to be saved or shown. No bytes of a vault ever become a page of this server: a browser must not guess a type,
 * and a policy allows nothing.
 */
public final class FileAnswer {
    /** Of a file that is saved. */
    private static final String BINARY = "application/octet-stream";

    private static final String SANDBOX =
            "default-src 'none'; base-uri 'none'; form-action 'none'; sandbox; frame-ancestors ";

    private static final String IN_NO_FRAME = SANDBOX + "'none'";
    private static final String IN_A_PAGE = SANDBOX + "'self'";

    private final VaultFiles files;
    private final BlobStore blobs;

    public FileAnswer(VaultFiles files, BlobStore blobs) {
        this.files = files;
        this.blobs = blobs;
    }

    /** Fails with {@code NOT_FOUND}, and with {@code BLOB_NOT_FOUND} or {@code BLOB_UNAVAILABLE} when the bytes are lost. */
    public Future<Void> save(Request call, Scope scope, FileEntry entry) {
        if (entry.kind().isFolder()) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return files.content(scope, entry.sequence()).compose(content -> {
            BlobReference blob = content.blob();
            byte[] text = content.text();
            guarded(call, IN_NO_FRAME);
            return blob == null
                    ? send(call, entry, text == null ? new byte[0] : text)
                    : send(call, scope, blob, BINARY, Disposition.attachment(entry.name()));
        });
    }

    private static Future<Void> send(Request call, FileEntry entry, byte[] text) {
        return call.context()
                .response()
                .putHeader(HttpHeaders.CONTENT_TYPE, BINARY)
                .putHeader("Content-Disposition", Disposition.attachment(entry.name()))
                .end(Buffer.buffer(text));
    }

    /**
     * Shows a blob as a file of a type, whole or in part.
     *
     * @param framed whether a page of this server may hold it in a frame
     */
    public Future<Void> show(
            Request call, Scope scope, FileEntry entry, BlobReference blob, String type, boolean framed) {
        guarded(call, framed ? IN_A_PAGE : IN_NO_FRAME);
        return send(call, scope, blob, type, Disposition.inline(entry.name()));
    }

    private Future<Void> send(Request call, Scope scope, BlobReference blob, String type, String disposition) {
        return blobs.find(scope, blob.sha256())
                .compose(found -> new BlobDownload(found, call.context(), type, disposition).answer());
    }

    private static void guarded(Request call, String policy) {
        call.noStore()
                .context()
                .response()
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Content-Security-Policy", policy);
    }
}
