package io.verstak.server.files.restore;

import io.verstak.server.blob.BlobStore;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.files.FileEntry;
import io.verstak.server.domain.files.FileKind;
import io.verstak.server.domain.files.FileVersion.Change;
import io.verstak.server.domain.files.TrashedDeal;
import io.verstak.server.error.Message;
import io.verstak.server.files.Sequentially;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.files.restore.RestorePlan.Kind;
import io.verstak.server.files.restore.RestorePlan.LeftOut;
import io.verstak.server.files.restore.RestorePlan.Reason;
import io.verstak.server.files.restore.RestorePlan.Step;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Compares what was at a path with what is there now. Used on one context. */
final class Planner {
    private static final int PAGE = 500;
    private static final int MOST = 10_000;
    private static final int BLOBS_PER_QUESTION = 1_000;

    private final VaultFiles files;
    private final BlobStore blobs;
    private final Scope scope;
    private final String path;
    private final long moment;
    private final List<Step> steps = new ArrayList<>();
    private final List<LeftOut> leftOut = new ArrayList<>();
    private int unchanged;
    private long head;
    /** What lies below it is not there now; empty: nothing is known to be missing. */
    private String absent = "";
    /** What lies below it cannot come back, or comes back with it. */
    private String occupied = "";

    Planner(VaultFiles files, BlobStore blobs, Scope scope, String path, long moment) {
        this.files = files;
        this.blobs = blobs;
        this.scope = scope;
        this.path = path;
        this.moment = moment;
    }

    /**
     * Fails with {@code NOT_FOUND} if nothing was at the path, with {@code INVALID_REQUEST} if it is too much, and with {@code
     * UNAVAILABLE} while the index is behind.
     */
    Future<RestorePlan> plan() {
        return files.state(scope).compose(state -> {
            if (!state.isComplete()) {
                return Message.FILES_NOT_READY.refuse();
            }
            head = state.head();
            return folders().compose(done -> walk()).compose(done -> withoutLost());
        });
    }

    /** The folders above the path, and what is at the path. */
    private Future<Void> folders() {
        List<String> way = new ArrayList<>();
        for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
            way.add(path.substring(0, end));
        }
        if (!path.isEmpty()) {
            way.add(path);
        }
        return Sequentially.forEach(
                way, each -> files.entry(scope, each, moment).compose(this::compare));
    }

    private Future<Void> walk() {
        return Sequentially.until(Optional.of(""), Optional::isEmpty, after -> walk(after.orElse("")))
                .mapEmpty();
    }

    /** Returns where the next page begins; empty: there is none. */
    private Future<Optional<String>> walk(String after) {
        return files.walk(scope, path, moment, after, PAGE)
                .compose(page -> Sequentially.forEach(
                                // A file that is asked for alone is in its own walk.
                                page.rows().stream()
                                        .filter(entry -> !entry.path().equals(path))
                                        .toList(),
                                this::compare)
                        .compose(done -> steps.size() > MOST
                                ? Message.TOO_MUCH_TO_BRING_BACK.refuse()
                                : Future.succeededFuture(
                                        Optional.of(page.next()).filter(next -> !next.isEmpty()))));
    }

    private Future<Void> compare(FileEntry then) {
        if (isBelow(then.path(), occupied)) {
            // The folder itself is named already.
            return Future.succeededFuture();
        }
        if (isBelow(then.path(), absent)) {
            add(then, Optional.empty());
            return Future.succeededFuture();
        }
        return files.find(scope, then.path(), head).compose(now -> {
            if (then.kind() == FileKind.DEAL && now.isEmpty()) {
                return trashed(then.path()).map(deal -> {
                    deal.ifPresentOrElse(found -> restore(then, found), () -> add(then, now));
                    return null;
                });
            }
            add(then, now);
            return Future.succeededFuture();
        });
    }

    /** What is in it comes with it; the next plan compares that. */
    private void restore(FileEntry then, TrashedDeal deal) {
        occupied = then.path();
        if (deal.inTrash()) {
            steps.add(new Step(Kind.RESTORE_DEAL, then, deal));
        } else {
            leftOut.add(new LeftOut(then.path(), Reason.ELSEWHERE));
        }
    }

    /** Returns the Deal that was put into the trash from a path; empty: what was there is gone in another way. */
    private Future<Optional<TrashedDeal>> trashed(String deal) {
        return files.history(scope, deal, "", 1)
                .compose(last -> last.rows().stream()
                        .filter(change -> change.change() == Change.REMOVED)
                        .findFirst()
                        .map(change -> files.trashed(scope, change.sequence()))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private void add(FileEntry then, Optional<FileEntry> now) {
        boolean folder = then.kind().isFolder();
        if (now.isEmpty()) {
            steps.add(new Step(folder ? Kind.MAKE_FOLDER : Kind.CREATE, then));
            if (folder && !isBelow(then.path(), absent)) {
                absent = then.path();
            }
        } else if (now.get().kind().isFolder() != folder) {
            leftOut.add(new LeftOut(then.path(), Reason.OCCUPIED));
            if (folder) {
                occupied = then.path();
            }
        } else if (!folder && Objects.equals(then.sha256(), now.get().sha256())) {
            unchanged++;
        } else if (!folder) {
            steps.add(new Step(Kind.UPDATE, then));
        }
    }

    private static boolean isBelow(String path, String folder) {
        return !folder.isEmpty() && path.startsWith(folder + "/");
    }

    /** Leaves out files whose blobs cannot be read any more. */
    private Future<RestorePlan> withoutLost() {
        List<Sha256> needed = steps.stream()
                .map(Step::entry)
                .filter(entry -> entry.kind() == FileKind.BLOB)
                .map(FileEntry::sha256)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Set<Sha256> lost = new HashSet<>();
        Future<Void> done = Future.succeededFuture();
        for (int from = 0; from < needed.size(); from += BLOBS_PER_QUESTION) {
            List<Sha256> some = needed.subList(from, Math.min(needed.size(), from + BLOBS_PER_QUESTION));
            done = done.compose(before -> blobs.missing(scope, some)).map(missing -> {
                lost.addAll(missing);
                return null;
            });
        }
        return done.map(asked -> {
            steps.removeIf(step -> {
                boolean gone = step.entry().kind() == FileKind.BLOB
                        && lost.contains(step.entry().sha256());
                if (gone) {
                    leftOut.add(new LeftOut(step.entry().path(), Reason.LOST));
                }
                return gone;
            });
            return new RestorePlan(head, List.copyOf(steps), unchanged, List.copyOf(leftOut));
        });
    }
}
