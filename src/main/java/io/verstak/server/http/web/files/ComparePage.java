package io.verstak.server.http.web.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.files.FileVersion;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Two versions of a text of a vault, side by side. */
public final class ComparePage {
    private final VaultAccess access;
    private final VaultFiles files;
    private final FileContents contents;

    /** The most changes between two versions that are compared, moves and removals among them. */
    private static final int CHANGES = 100;

    /**
     * The content of the page.
     *
     * @param from the older version
     * @param to the newer one
     * @param comparison null: one of them is no text, is too large, or is lost
     * @param unfolded whether equal lines are shown, too
     */
    public record View(
            VaultView vault,
            String path,
            FileVersion from,
            FileVersion to,
            @Nullable TextComparison comparison,
            boolean unfolded) {

        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        /** Returns the address of this page with all lines. */
        public String all() {
            return vault.compare(path, from.sequence(), to.sequence()) + "&all=1";
        }
    }

    public ComparePage(VaultAccess access, VaultFiles files, FileContents contents) {
        this.access = access;
        this.files = files;
        this.contents = contents;
    }

    /** Fails with {@code NOT_FOUND} unless both are changes of the path that left a content. */
    public Future<Reply> show(Request call, SessionIdentity session) {
        String path = call.parameter("path");
        long from = sequence(call, "from");
        long to = sequence(call, "to");
        if (to <= 0) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return VaultView.of(call, session, access)
                .compose(vault -> files.history(vault.grant().scope(), path, Long.toString(to + 1), CHANGES)
                        .compose(history -> {
                            List<FileVersion> versions = history.rows().stream()
                                    .filter(change -> change.sha256() != null)
                                    .toList();
                            Optional<FileVersion> newer = versions.stream()
                                    .filter(change -> change.sequence() == to)
                                    .findFirst();
                            Optional<FileVersion> older = versions.stream()
                                    .filter(change -> from == 0 ? change.sequence() < to : change.sequence() == from)
                                    .findFirst();
                            return newer.isEmpty() || older.isEmpty()
                                    ? ErrorCode.NOT_FOUND.<Reply>refuse()
                                    : compare(vault, path, older.get(), newer.get(), call.parameter("all"));
                        })
                        .recover(FolderPage.waiting(vault, files)));
    }

    private Future<Reply> compare(VaultView vault, String path, FileVersion from, FileVersion to, String all) {
        boolean unfolded = all.equals("1");
        Future<Optional<String>> before = text(vault.grant().scope(), from);
        Future<Optional<String>> after = text(vault.grant().scope(), to);
        return Future.all(before, after)
                .compose(both -> before.result().isEmpty() || after.result().isEmpty()
                        ? Future.succeededFuture(Optional.<TextComparison>empty())
                        : contents.compare(before.result().get(), after.result().get(), !unfolded))
                .map(comparison -> Reply.page(
                        "files/compare", new View(vault, path, from, to, comparison.orElse(null), unfolded)));
    }

    /** A move gives no content: that of the file is from an op before it. */
    private Future<Optional<String>> text(Scope scope, FileVersion version) {
        return files.entry(scope, version.path(), version.sequence())
                .compose(entry -> files.content(scope, entry.sequence()))
                .compose(content -> contents.whole(scope, content));
    }

    /** Returns the number of a change; 0: there is none; less: it is not a number. */
    private static long sequence(Request call, String name) {
        String typed = call.parameter(name);
        if (typed.isEmpty()) {
            return 0;
        }
        return typed.matches("[0-9]{1,18}") ? Long.parseLong(typed) : -1;
    }
}
