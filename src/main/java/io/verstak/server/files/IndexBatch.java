package io.verstak.server.files;

import io.verstak.server.files.format.FileChange;
import io.verstak.server.files.format.FileChange.DealChange;
import io.verstak.server.files.format.FileChange.MakeFolder;
import io.verstak.server.files.format.FileChange.Move;
import io.verstak.server.files.format.FileChange.PutFile;
import io.verstak.server.files.format.FileChange.Remove;
import io.verstak.server.files.format.VaultOp;
import io.verstak.server.files.format.VaultPath;
import io.verstak.server.storage.files.FileIndexStore;
import io.verstak.server.storage.files.Place;
import io.vertx.core.Future;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Applies the ops of a batch to a tree, in their order. The names that a run of them needs are asked for together, a level of the tree
 * at a time. An op that moves something ends a run: the paths of the ops after it lead elsewhere.
 */
final class IndexBatch {
    private final FileIndexStore store;
    private final long scopeId;
    private final FileTree tree;
    private final List<VaultOp> ops;
    private long otherChanges;

    IndexBatch(FileIndexStore store, long scopeId, FileTree tree, List<VaultOp> ops) {
        this.store = store;
        this.scopeId = scopeId;
        this.tree = tree;
        this.ops = ops;
    }

    /** Returns the number of ops that change no file. */
    Future<Long> apply() {
        return Sequentially.until(0, from -> from == ops.size(), this::step).map(end -> otherChanges);
    }

    /** Applies the ops of a run if all that they need is known. Otherwise asks for the next names, and stays where it is. */
    private Future<Integer> step(int from) {
        List<VaultOp> run = ops.subList(from, endOfRun(from));
        Set<Place.Key> unknown = unknown(run);
        if (!unknown.isEmpty()) {
            return store.open(scopeId, unknown).map(found -> {
                tree.learn(unknown, found);
                return from;
            });
        }
        Future<Void> ready =
                run.get(0).change() instanceof DealChange deal ? prepareDeal(deal.id()) : Future.succeededFuture();
        return ready.map(known -> {
            run.forEach(this::applyOne);
            return from + run.size();
        });
    }

    private int endOfRun(int from) {
        int to = from;
        while (to < ops.size() && !isMove(ops.get(to).change())) {
            to++;
        }
        return Math.max(to, from + 1);
    }

    private static boolean isMove(FileChange change) {
        return change instanceof Move || change instanceof DealChange;
    }

    /** Returns the names that have to be asked for next; empty: all that the run needs is known. */
    private Set<Place.Key> unknown(List<VaultOp> run) {
        Set<Place.Key> unknown = new HashSet<>();
        for (VaultOp op : run) {
            paths(op.change()).map(tree::unknown).flatMap(Optional::stream).forEach(unknown::add);
        }
        return unknown;
    }

    private static Stream<VaultPath> paths(FileChange change) {
        if (change instanceof MakeFolder folder) {
            return Stream.of(folder.path());
        } else if (change instanceof PutFile file) {
            return Stream.of(file.path());
        } else if (change instanceof Remove removed) {
            return Stream.of(removed.path());
        } else if (change instanceof Move move) {
            return Stream.of(move.from(), move.to());
        } else if (change instanceof DealChange deal) {
            return Stream.concat(Stream.of(deal.path()), deal.before().stream());
        }
        return Stream.empty();
    }

    private Future<Void> prepareDeal(String id) {
        Long known = tree.deal(id);
        Future<Optional<Long>> node =
                known == null ? store.deal(scopeId, id) : Future.succeededFuture(Optional.of(known));
        return node.compose(found -> {
            if (found.isEmpty()) {
                return Future.succeededFuture();
            }
            tree.learnDeal(id, found.get());
            return tree.changed(found.get()).isPresent()
                    ? Future.succeededFuture()
                    : store.last(scopeId, found.get()).map(place -> {
                        stored = place.orElse(null);
                        return null;
                    });
        });
    }

    /** Where the node of the Deal that is prepared was last, before this batch. */
    private @Nullable Place stored;

    private void applyOne(VaultOp op) {
        if (!changes(op)) {
            otherChanges++;
        }
    }

    private boolean changes(VaultOp op) {
        FileChange change = op.change();
        if (change instanceof MakeFolder folder) {
            tree.makeFolder(op, folder.path());
            return true;
        } else if (change instanceof PutFile file) {
            tree.putFile(op, file);
            return true;
        } else if (change instanceof Remove removed) {
            return tree.remove(op, removed.path());
        } else if (change instanceof Move move) {
            return tree.move(op, move.from(), move.to());
        }
        return change instanceof DealChange deal && changes(op, deal);
    }

    private boolean changes(VaultOp op, DealChange deal) {
        Optional<Place> place = place(deal);
        return switch (deal.step()) {
            case CREATE -> make(op, deal);
            case RENAME -> place.isPresent() ? moveTo(op, deal, place.get()) : make(op, deal);
            case TRASH -> place.filter(Place::isOpen).isPresent() && trash(op, deal, place.get());
            case RESTORE -> place.isPresent() ? restore(op, deal, place.get()) : make(op, deal);
        };
    }

    /** Returns where a Deal is, or was last: by its id, or by the path that it had. */
    private Optional<Place> place(DealChange deal) {
        Long node = tree.deal(deal.id());
        if (node != null) {
            return tree.changed(node).or(() -> Optional.ofNullable(stored));
        }
        return tree.find(deal.before().orElse(deal.path())).filter(place -> !place.file());
    }

    private boolean make(VaultOp op, DealChange deal) {
        tree.becomeDeal(op, tree.makeFolder(op, deal.path()), deal.id());
        return true;
    }

    private boolean trash(VaultOp op, DealChange deal, Place place) {
        tree.nameDeal(deal.id(), place.node());
        return tree.remove(op, place);
    }

    private boolean moveTo(VaultOp op, DealChange deal, Place place) {
        if (!place.isOpen() || isAt(place, deal.path())) {
            return false;
        }
        tree.place(op, place, deal.path());
        tree.becomeDeal(op, place.node(), deal.id());
        return true;
    }

    /** One that is there already may have another path now. What has taken its name meanwhile stays. */
    private boolean restore(VaultOp op, DealChange deal, Place place) {
        if (place.isOpen()) {
            return moveTo(op, deal, place);
        }
        if (tree.find(deal.path()).isPresent()) {
            return false;
        }
        tree.place(op, place, deal.path());
        return true;
    }

    private boolean isAt(Place place, VaultPath path) {
        return tree.find(path).filter(place::equals).isPresent();
    }
}
