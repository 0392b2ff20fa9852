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
 * Adds a file from the browser to a folder. The body of the request holds nothing but the file, so that the file is stored while it arrives; the
 * other fields of the form are in the URL.
 */
public final class UploadPage {
    private static final String TEMPLATE = "files/upload";

    /** A text up to this size stands in its op, whose payload it cannot make too large: JSON writes a byte as six at most. */
    private static final int MAX_TEXT = 40 << 10;

    /** Of files with one name that are kept side by side. */
    private static final int MOST_NUMBERS = 100;

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
        return VaultView.of(call, session, access)
                .compose(vault -> access.webDevice(session, vault.grant())
                        .compose(device -> add(call, device, folder))
                        .compose(added -> access.changed(session, vault.grant(), call.clientAddress()))
                        .map(noted -> Reply.to(vault.folderAt(folder, "")).flash("file-added"))
                        .recover(Reply.again(TEMPLATE, new View(vault, folder))));
    }

    private Future<Void> add(Request call, DeviceIdentity device, String folder) {
        @Nullable String length = call.context().request().getHeader(HttpHeaders.CONTENT_LENGTH);
        if (length != null && Long.parseLong(length) > maxBlobBytes.getAsLong() + MAX_TEXT) {
            return ErrorCode.BLOB_TOO_LARGE.refuse();
        }
        boolean replaces = call.parameter("replace").equals("1");
        boolean keeps = call.parameter("keep").equals("1");
        return UploadedFile.open(call.context().request(), MAX_TEXT)
                .compose(file -> keeps
                        ? free(device, folder, file.name(), 1).compose(name -> add(device, folder, name, file, false))
                        : restoration
                                .requireRoom(device.scope(), folder, file.name(), replaces)
                                .compose(room -> add(device, folder, file.name(), file, replaces)));
    }

    private Future<Void> add(DeviceIdentity device, String folder, String name, UploadedFile file, boolean replaces) {
        return content(device, file).compose(content -> restoration.addFile(device, folder, name, content, replaces));
    }

    /** Returns the first name that is free now: that of the file, or one with a number. */
    private Future<String> free(DeviceIdentity device, String folder, String name, int number) {
        String numbered = numbered(name, number);
        return restoration
                .requireRoom(device.scope(), folder, numbered, false)
                .map(numbered)
                .recover(failure -> number < MOST_NUMBERS && Message.FILE_EXISTS.isReasonOf(failure)
                        ? free(device, folder, name, number + 1)
                        : Future.failedFuture(failure));
    }

    private static String numbered(String name, int number) {
        if (number == 1) {
            return name;
        }
        int dot = name.lastIndexOf('.');
        int end = dot > 0 ? dot : name.length();
        return name.substring(0, end) + " (" + number + ")" + name.substring(end);
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
