package io.verstak.server.http.web.files;

import io.verstak.server.domain.Scope;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.vault.VaultAccess;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Two versions of a text of a vault, side by side. */
public final class ComparePage {
    private final VaultAccess access;
    private final VaultFiles files;
    private final FileContents contents;

    /**
     * The content of the page.
     *
     * @param from the sequence of the op that made the older version
     * @param to that of the newer one
     * @param comparison null: one of them is no text, or too large
     * @param unfolded whether equal lines are shown, too
     */
    public record View(
            VaultView vault,
            String path,
            long from,
            long to,
            @Nullable TextComparison comparison,
            boolean unfolded) {

        public String name() {
            return path.substring(path.lastIndexOf('/') + 1);
        }

        /** Returns the address of this page with all lines. */
        public String all() {
            return vault.compare(path, from, to) + "&all=1";
        }
    }

    public ComparePage(VaultAccess access, VaultFiles files, FileContents contents) {
        this.access = access;
        this.files = files;
        this.contents = contents;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        long from = sequence(call, "from");
        long to = sequence(call, "to");
        boolean all = call.parameter("all").equals("1");
        if (from <= 0 || to <= 0) {
            return ErrorCode.NOT_FOUND.refuse();
        }
        return VaultView.of(call, session, access).compose(vault -> {
            Scope scope = vault.grant().scope();
            Future<Optional<String>> before =
                    files.content(scope, from).compose(content -> contents.whole(scope, content));
            Future<Optional<String>> after =
                    files.content(scope, to).compose(content -> contents.whole(scope, content));
            return Future.all(before, after)
                    .compose(both -> before.result().isEmpty() || after.result().isEmpty()
                            ? Future.succeededFuture(Optional.<TextComparison>empty())
                            : contents.compare(
                                    before.result().get(), after.result().get(), !all))
                    .map(comparison -> Reply.page(
                            "files/compare",
                            new View(vault, call.parameter("path"), from, to, comparison.orElse(null), all)))
                    .recover(FolderPage.waiting(vault, files));
        });
    }

    private static long sequence(Request call, String name) {
        String typed = call.parameter(name);
        return typed.matches("[0-9]{1,18}") ? Long.parseLong(typed) : 0;
    }
}
