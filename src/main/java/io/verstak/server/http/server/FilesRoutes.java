package io.verstak.server.http.server;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.export.FilesExport;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.files.FileContents;
import io.verstak.server.http.web.files.FileDownload;
import io.verstak.server.http.web.files.FilePage;
import io.verstak.server.http.web.files.FolderPage;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Vertx;
import java.time.Clock;

/**
 * The routes of the files of vaults.
 *
 * @param shown whether this server has them
 */
record FilesRoutes(boolean shown, FolderPage folder, FilePage file, FileDownload download, FilesExport export) {

    static FilesRoutes of(Vertx vertx, Bus bus, ServerConfig config, Clock clock) {
        VaultAccess access = bus.client(VaultAccess.class);
        VaultFiles files = bus.client(VaultFiles.class);
        BlobStore blobs = bus.client(BlobStore.class);
        FileContents contents = new FileContents(vertx, files, blobs);
        return new FilesRoutes(
                config.web().files(),
                new FolderPage(access, files),
                new FilePage(access, files, contents),
                new FileDownload(access, files, blobs, contents),
                new FilesExport(vertx, access, files, blobs, clock));
    }

    void add(RouteTable table, Pages<SessionIdentity> user) {
        if (shown) {
            table.get("/files", user.show(folder::show))
                    .get("/files/file", user.show(file::show))
                    .get("/files/raw", user.stream(download::answer))
                    .getOnly("/account/files.zip", user.stream(export::answer));
        }
    }
}
