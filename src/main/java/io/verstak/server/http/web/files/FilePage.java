package io.verstak.server.http.web.files;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.files.FolderPage.Crumb;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A file of a vault: what is in it, and what became of it. */
public final class FilePage {
    private static final int VERSIONS = 50;

    private final VaultAccess access;
    private final VaultFiles files;
    private final FileContents contents;

    /**
     * The content of the page.
     *
     * @param entry null: it is not there at this moment
     * @param preview null: there is nothing to be shown
     * @param devices names by ids
     * @param older the address of the page with earlier changes; empty: there are none
     */
    public record View(
            VaultView vault,
            String path,
            List<Crumb> crumbs,
            @Nullable FileEntry entry,
            @Nullable FilePreview preview,
            List<FileVersion> history,
            Map<String, String> devices,
            String older) {

        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        public String folder() {
            return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "";
        }
    }

    public FilePage(VaultAccess access, VaultFiles files, FileContents contents) {
        this.access = access;
        this.files = files;
        this.contents = contents;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        String path = call.parameter("path");
        return VaultView.of(call, session, access)
                .compose(vault -> files.find(vault.grant().scope(), path, vault.moment())
                        .compose(entry ->
                                entry.filter(found -> found.kind().isFolder()).isPresent()
                                        ? Future.succeededFuture(Reply.to(vault.folder(path)))
                                        : page(call, vault, path, entry))
                        .recover(FolderPage.waiting(vault, files)));
    }

    /** @param entry empty: a file that is not there may have a history */
    private Future<Reply> page(Request call, VaultView vault, String path, Optional<FileEntry> entry) {
        Future<Page<FileVersion>> history =
                files.history(vault.grant().scope(), path, call.parameter("before"), VERSIONS);
        Future<Optional<FilePreview>> preview = entry.map(
                        found -> contents.preview(vault.grant().scope(), found))
                .orElseGet(() -> Future.succeededFuture(Optional.empty()));
        return Future.all(history, preview).compose(all -> {
            List<FileVersion> rows = history.result().rows();
            if (entry.isEmpty() && rows.isEmpty()) {
                return ErrorCode.NOT_FOUND.refuse();
            }
            String next = history.result().next();
            return access.deviceNames(
                            vault.grant().scope(),
                            rows.stream().map(FileVersion::deviceId).distinct().toList())
                    .map(devices -> Reply.page(
                            "files/file",
                            new View(
                                    vault,
                                    path,
                                    FolderPage.crumbs(path),
                                    entry.orElse(null),
                                    preview.result().orElse(null),
                                    rows,
                                    devices,
                                    next.isEmpty() ? "" : vault.file(path) + "&before=" + next)));
        });
    }
}
