package io.verstak.server.http.server;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.files.restore.Restoration;
import io.verstak.server.http.api.FilesApi;
import io.verstak.server.http.content.FileAnswer;
import io.verstak.server.http.export.FilesExport;
import io.verstak.server.http.server.Endpoints.Endpoint;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.files.BringBackPage;
import io.verstak.server.http.web.files.ComparePage;
import io.verstak.server.http.web.files.FileContents;
import io.verstak.server.http.web.files.FileDownload;
import io.verstak.server.http.web.files.FilePage;
import io.verstak.server.http.web.files.FolderPage;
import io.verstak.server.http.web.files.UploadPage;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.vault.VaultAccess;
import io.verstak.server.vault.VaultAccess.Grant;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import java.time.Clock;
import java.util.function.Supplier;

/**
 * The routes of the files of vaults.
 *
 * @param shown whether this server has them
 */
record FilesRoutes(
        boolean shown,
        VaultAccess access,
        FolderPage folder,
        FilePage file,
        FileDownload download,
        ComparePage compare,
        FilesExport export,
        BringBackPage bringBack,
        UploadPage upload,
        FilesApi api) {
    private static final String VAULT = FilesApi.VAULTS + ":" + FilesApi.VAULT;

    static FilesRoutes of(Vertx vertx, Bus bus, ServerConfig config, Supplier<LimitsConfig> limits, Clock clock) {
        VaultAccess access = bus.client(VaultAccess.class);
        VaultFiles files = bus.client(VaultFiles.class);
        BlobStore blobs = bus.client(BlobStore.class);
        FileContents contents = new FileContents(vertx, files, blobs);
        FileAnswer answer = new FileAnswer(files, blobs);
        Restoration restoration = new Restoration(
                files, blobs, bus.client(SyncLog.class), () -> limits.get().maxPushOperations(), clock);
        FilesExport export = new FilesExport(vertx, access, files, blobs, clock);
        return new FilesRoutes(
                config.web().files(),
                access,
                new FolderPage(access, files),
                new FilePage(access, files, contents),
                new FileDownload(access, files, contents, answer),
                new ComparePage(access, files, contents),
                export,
                new BringBackPage(access, files, restoration),
                new UploadPage(access, restoration, blobs, () -> limits.get().maxBlobBytes()),
                new FilesApi(files, answer, export));
    }

    void add(RouteTable table, Pages<SessionIdentity> user, Endpoints endpoints) {
        if (!shown) {
            return;
        }
        Endpoint<Grant> vault = endpoints.vault(access);
        table.get("/files", user.show(folder::show))
                .get("/files/file", user.show(file::show))
                .get("/files/compare", user.show(compare::show))
                .get("/files/raw", user.stream(download::answer))
                .getOnly("/account/files.zip", user.stream(export::answer))
                .get("/files/bring-back", user.show(bringBack::show))
                .post("/files/bring-back", user.form(bringBack::bringBack))
                .get("/files/note", user.show(bringBack::note))
                .post("/files/note", user.form(bringBack::addNote))
                .get("/files/upload", user.show(upload::show))
                .post("/files/upload", user.file(upload::upload))
                .get(VAULT + "/files", vault.answer(api::list))
                .verbatim(HttpMethod.GET, VAULT + "/files/*", vault.stream(api::content))
                .verbatim(HttpMethod.HEAD, VAULT + "/files/*", vault.stream(api::content))
                .get(VAULT + "/history", vault.answer(api::history))
                .getOnly(VAULT + "/snapshot", vault.stream(api::snapshot));
    }
}
