package io.verstak.server.http.web.files;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileIndexState;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.domain.listing.Page;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** The folders of a vault, now and at any moment, and what a search by name finds. */
public final class FolderPage {
    private static final int ROWS = 200;
    private static final int LONGEST_SEARCH = 200;

    private final VaultAccess access;
    private final VaultFiles files;

    /** A folder on the way to the one that is shown. */
    public record Crumb(String name, String path) {}

    /**
     * The content of the page.
     *
     * @param path of the folder; empty: the vault
     * @param search the text that is looked for; empty: the folder is shown
     * @param removed whether what was removed is shown, too
     * @param next the address of the next page; empty: there is none
     * @param time of the moment, in milliseconds since the epoch; 0: the vault was empty, or it is the latest
     */
    public record View(
            VaultView vault,
            String path,
            List<Crumb> crumbs,
            String search,
            boolean removed,
            FileIndexState state,
            List<FileEntry> rows,
            String next,
            long time) {

        /** Returns what a vault without a name could be called: as its newest Deal, or else its first folder; empty: there is no need. */
        public String suggestedName() {
            boolean named = !vault.label().equals(vault.grant().scope().vaultId());
            if (named || vault.grant().role() != Role.OWNER || !path.isEmpty() || !search.isEmpty()) {
                return "";
            }
            return rows.stream()
                    .filter(row -> row.kind() == FileKind.DEAL && row.deletedBy() == 0)
                    .max(Comparator.comparingLong(FileEntry::sequence))
                    .or(() -> rows.stream()
                            .filter(row -> row.kind() == FileKind.FOLDER && row.deletedBy() == 0)
                            .findFirst())
                    .map(FileEntry::name)
                    .orElse("");
        }

        /** Returns the address of this folder with or without what was removed. */
        public String withRemoved(boolean shown) {
            return vault.folder(path) + (shown ? "&removed=1" : "");
        }
    }

    /** What is shown while the index of the vault is made. */
    public record Waiting(VaultView vault, FileIndexState state) {}

    public FolderPage(VaultAccess access, VaultFiles files) {
        this.access = access;
        this.files = files;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return VaultView.of(call, session, access)
                .compose(vault -> call.parameter("when").isEmpty()
                        ? folder(call, vault).recover(waiting(vault, files))
                        : at(call, vault));
    }

    private Future<Reply> folder(Request call, VaultView vault) {
        String path = call.parameter("path");
        String typed = call.parameter("q").strip();
        String search = typed.substring(0, Math.min(typed.length(), LONGEST_SEARCH));
        boolean removed = call.parameter("removed").equals("1");
        String after = call.parameter("after");
        return files.state(vault.grant().scope()).compose(state -> {
            if (!vault.at().isEmpty() && vault.moment() > state.head()) {
                return Future.succeededFuture(Reply.to(vault.folderAt(path, "")));
            }
            if (state.indexed() < Math.min(vault.moment(), state.head())) {
                return Future.succeededFuture(Reply.page("files/waiting", new Waiting(vault, state)));
            }
            Future<Page<FileEntry>> page = search.isEmpty()
                    ? files.list(vault.grant().scope(), path, vault.moment(), removed, after, ROWS)
                    : files.search(vault.grant().scope(), search, vault.moment(), after, ROWS);
            Future<Long> time = vault.at().isEmpty()
                    ? Future.succeededFuture(0L)
                    : files.timeAt(vault.grant().scope(), vault.moment());
            return Future.all(page, time)
                    .map(all -> Reply.page(
                            "files/folder",
                            new View(
                                    vault,
                                    path,
                                    crumbs(path),
                                    search,
                                    removed,
                                    state,
                                    page.result().rows(),
                                    next(
                                            vault,
                                            path,
                                            search,
                                            removed,
                                            page.result().next()),
                                    time.result())));
        });
    }

    private static String next(VaultView vault, String path, String search, boolean removed, String after) {
        return after.isEmpty()
                ? ""
                : vault.folder(path)
                        + (search.isEmpty() ? "" : "&q=" + VaultView.encoded(search))
                        + (removed ? "&removed=1" : "")
                        + "&after="
                        + VaultView.encoded(after);
    }

    static List<Crumb> crumbs(String path) {
        List<Crumb> crumbs = new ArrayList<>();
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            crumbs.add(crumb(path.substring(0, end)));
        }
        if (!path.isEmpty()) {
            crumbs.add(crumb(path));
        }
        return crumbs;
    }

    private static Crumb crumb(String path) {
        return new Crumb(path.substring(path.lastIndexOf('/') + 1), path);
    }

    /** Leads from a time to the moment of the last op before it; without a distance from UTC, in minutes, the time is UTC. */
    private Future<Reply> at(Request call, VaultView vault) {
        long time;
        try {
            String offset = call.parameter("offset");
            ZoneOffset zone = offset.isEmpty()
                    ? ZoneOffset.UTC
                    : ZoneOffset.ofTotalSeconds(Math.multiplyExact(60, Integer.parseInt(offset)));
            time = LocalDateTime.parse(call.parameter("when")).toInstant(zone).toEpochMilli();
        } catch (DateTimeException | ArithmeticException | NumberFormatException none) {
            return ErrorCode.INVALID_REQUEST.refuse();
        }
        return files.momentAt(vault.grant().scope(), time)
                .map(moment -> Reply.to(vault.folderAt(call.parameter("path"), Long.toString(moment))))
                .recover(waiting(vault, files));
    }

    /** Shows how far the index is, if that is what a page has to wait for. */
    static Function<Throwable, Future<Reply>> waiting(VaultView vault, VaultFiles files) {
        return failure -> Message.FILES_NOT_READY.isReasonOf(failure)
                ? files.state(vault.grant().scope())
                        .map(state -> Reply.page("files/waiting", new Waiting(vault, state)))
                : Future.failedFuture(failure);
    }
}
