package io.verstak.server.http.web.files;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileContent;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.files.restore.Restoration;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Adds a file from the browser to a folder. The body of the form is the file and nothing else, so that it is stored while it comes; what else
 * the form says stands in its address.
 */
public final class UploadPage {
    private static final String TEMPLATE = "files/upload";

    /** A text up to this size stands in its op, whose payload it cannot make too large: JSON writes a byte as six at most. */
    private static final int MAX_TEXT = 40 << 10;

    private final VaultAccess access;
    private final Restoration restoration;
    private final BlobStore blobs;
    private final LongSupplier maxBlobBytes;

    /**
     * The content of the page.
     *
     * @param folder empty: the vault
     */
    public record View(VaultView vault, String folder) {}

    public UploadPage(VaultAccess access, Restoration restoration, BlobStore blobs, LongSupplier maxBlobBytes) {
        this.access = access;
        this.restoration = restoration;
        this.blobs = blobs;
        this.maxBlobBytes = maxBlobBytes;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return VaultView.of(call, session, access)
                .compose(vault -> vault.grant().mayWrite()
                        ? Future.succeededFuture(Reply.page(TEMPLATE, new View(vault, call.parameter("path"))))
                        : Message.VAULT_READ_ONLY.refuse());
    }

    public Future<Reply> upload(Request call, SessionIdentity session) {
        String folder = call.parameter("path");
        boolean replaces = call.parameter("replace").equals("1");
        return VaultView.of(call, session, access)
                .compose(vault -> access.webDevice(session, vault.grant())
                        .compose(device -> add(call, device, folder, replaces))
                        .compose(added -> access.changed(session, vault.grant(), call.clientAddress()))
                        .map(noted -> Reply.to(vault.folderAt(folder, "")).flash("file-added"))
                        .recover(Reply.again(TEMPLATE, new View(vault, folder))));
    }

    private Future<Void> add(Request call, DeviceIdentity device, String folder, boolean replaces) {
        @Nullable String length = call.context().request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && Long.parseLong(length) > maxBlobBytes.getAsLong() + MAX_TEXT) {
            return ErrorCode.BLOB_TOO_LARGE.refuse();
        }
        return UploadedFile.open(call.context().request(), MAX_TEXT)
                .compose(file -> restoration
                        .requireRoom(device.scope(), folder, file.name(), replaces)
                        .compose(free -> content(device, file))
                        .compose(content -> restoration.addFile(device, folder, file.name(), content, replaces)));
    }

    private Future<FileContent> content(DeviceIdentity device, UploadedFile file) {
        byte[] beginning = file.beginning();
        boolean text = file.isSmall()
                && FileTypes.shown(beginning).isEmpty()
                && FileContents.text(beginning, false).isPresent();
        return text
                ? Future.succeededFuture(new FileContent(beginning, null))
                : blobs.begin(device.scope(), Optional.empty())
                        .compose(file::store)
                        .map(stored -> new FileContent(null, stored.blob()));
    }
}
