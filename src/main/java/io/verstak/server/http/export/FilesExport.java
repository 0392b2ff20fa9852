package io.verstak.server.http.export;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.FileRemarks;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.content.Disposition;
import io.verstak.server.http.core.Languages;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/** Serves downloads of the files of vaults, as they are or as they were at a moment. */
public final class FilesExport {
    private final VaultAccess access;
    private final VaultFiles files;
    private final BlobStore blobs;
    private final Clock clock;
    private final ExportSlots slots;

    public FilesExport(Vertx vertx, VaultAccess access, VaultFiles files, BlobStore blobs, Clock clock) {
        this.access = access;
        this.files = files;
        this.blobs = blobs;
        this.clock = clock;
        this.slots = new ExportSlots(vertx);
    }

    /** Returns the folder that a page asks for; fails as {@link #send}. */
    public Future<Void> answer(Request call, SessionIdentity session) {
        String at = call.parameter("at");
        if (!at.matches("[0-9]{0,18}")) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
        return access.of(session, call.parameter("vault"), call.parameter("owner"))
                .compose(vault ->
                        send(call, vault, call.parameter("path"), at.isEmpty() ? VaultFiles.HEAD : Long.parseLong(at)));
    }

    /**
     * Sends a folder as it was at a moment. Fails with {@code NOT_FOUND} if there is none, and with {@code UNAVAILABLE} while the index
     * is made, or too many downloads are under way.
     *
     * @param path empty: the vault
     */
    public Future<Void> send(Request call, Grant vault, String path, long moment) {
        Language language = Languages.asked(call.context()).orElse(Language.EN);
        return files.state(vault.scope()).compose(state -> {
            // One moment for all of it, although devices go on pushing.
            long until = Math.min(moment, state.head());
            return files.walk(vault.scope(), path, until, "", 1)
                    .compose(first -> access.exported(vault, call.clientAddress()))
                    .compose(noted ->
                            slots.send(vault.scope().userId(), () -> send(call, vault, path, until, language)));
        });
    }

    private Future<Void> send(Request call, Grant grant, String path, long moment, Language language) {
        String name = path.isEmpty() ? grant.label() : path.substring(path.lastIndexOf('/') + 1);
        HttpServerResponse response = call.download("application/zip", "files.zip")
                .putHeader("Content-Disposition", Disposition.attachment(name + ".zip"))
                .setChunked(true);
        ZipWriter zip = new ZipWriter(LocalDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
        FileRemarks remarks = new FileRemarks(language);
        FilesPart part = new FilesPart(files, blobs, grant.scope(), path, moment, zip, slots.worker(), remarks);
        return new ArchiveSender(new FilesArchive(part, remarks, zip, slots.worker()), response).send();
    }
}
