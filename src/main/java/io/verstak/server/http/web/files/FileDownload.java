package io.verstak.server.http.web.files;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.content.BlobDownload;
import io.verstak.server.http.content.Disposition;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;

/**
 * Sends a file of a vault: to be saved, or to be shown if it is a picture or a PDF. No bytes of a vault ever become a page of this
 * server: what is shown has a type that runs no script, a policy that allows nothing, and a browser must not guess another type.
 */
public final class FileDownload {
    private static final String BINARY = "application/octet-stream";

    /** Chromium shows a PDF in no sandbox, and its viewer runs apart from the pages of the server. */
    private static final String NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'";

    private static final String SANDBOX = NOTHING + "; sandbox";

    private final VaultAccess access;
    private final VaultFiles files;
    private final BlobStore blobs;
    private final FileContents contents;

    public FileDownload(VaultAccess access, VaultFiles files, BlobStore blobs, FileContents contents) {
        this.access = access;
        this.files = files;
        this.blobs = blobs;
        this.contents = contents;
    }

    /** Fails with {@code NOT_FOUND}, and {@code BLOB_UNAVAILABLE} when the bytes are lost. */
    public Future<Void> answer(Request call, SessionIdentity session) {
        String path = call.parameter("path");
        boolean show = call.parameter("show").equals("1");
        return VaultView.of(call, session, access)
                .compose(vault -> files.entry(vault.grant().scope(), path, vault.moment())
                        .compose(entry -> entry.kind().isFolder()
                                ? ErrorCode.NOT_FOUND.refuse()
                                : files.content(vault.grant().scope(), entry.sequence())
                                        .compose(content ->
                                                send(call, vault.grant().scope(), entry, content, show))));
    }

    private Future<Void> send(Request call, Scope scope, FileEntry entry, FileContent content, boolean show) {
        HttpServerResponse response = call.noStore().context().response();
        response.putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Content-Security-Policy", SANDBOX);
        BlobReference blob = content.blob();
        if (blob == null) {
            byte[] text = content.text();
            response.putHeader(HttpHeaders.CONTENT_TYPE, BINARY)
                    .putHeader("Content-Disposition", Disposition.attachment(entry.name()));
            return response.end(Buffer.buffer(text == null ? new byte[0] : text));
        }
        return show
                ? contents.beginning(scope, blob, FileTypes.HEAD)
                        .compose(read ->
                                send(call, scope, entry, blob, read.type().orElse(BINARY)))
                : send(call, scope, entry, blob, BINARY);
    }

    private Future<Void> send(Request call, Scope scope, FileEntry entry, BlobReference blob, String type) {
        if (type.equals(FileTypes.PDF)) {
            call.context().response().putHeader("Content-Security-Policy", NOTHING);
        }
        return blobs.find(scope, blob.sha256())
                .compose(found -> new BlobDownload(
                                found,
                                call.context(),
                                type,
                                type.equals(BINARY)
                                        ? Disposition.attachment(entry.name())
                                        : Disposition.inline(entry.name()))
                        .answer());
    }
}
