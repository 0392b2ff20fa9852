package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.blob.BlobRepository;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Deletes blobs that no scope holds, in two phases: such a blob is marked, and deleted if it is not uploaded again
 * within the grace period. Work on one blob is serialized with its uploads, so that an ending upload either comes first
 * and keeps the file, or comes later and stores its own. May be used from any context.
 */
public final class BlobGarbageCollector {
    private static final int PAGE = 1000;
    private static final int SLICE = 100;

    private final BlobDisposal disposal;
    private final BlobBackend backend;
    private final BlobRepository repository;

    /** A slice of work: the number of changed blobs, and where the next slice begins; empty when there is none. */
    public record Progress(int changed, String next) {}

    public BlobGarbageCollector(BlobDisposal disposal, BlobBackend backend, BlobRepository repository) {
        this.disposal = disposal;
        this.backend = backend;
        this.repository = repository;
    }

    /** Marks the blobs of a page that no scope holds. */
    public Future<Progress> markUnreferenced(String after, long now) {
        return repository
                .pageOfUnreferenced(after, PAGE)
                .compose(page -> repository
                        .markUnreferenced(
                                page.blobs().stream().map(BlobReference::sha256).toList(), now)
                        .map(marked -> new Progress(marked, page.last())));
    }

    /** Deletes some of the blobs that were marked before a time and still are. */
    public Future<Integer> reclaim(long markedBefore) {
        return repository
                .unreferencedSince(markedBefore, SLICE)
                .compose(blobs -> eachInTurn(blobs, blob -> disposal.reclaim(blob.sha256(), markedBefore)));
    }

    /**
     * Deletes blobs of one part that have no row: a crash has left them.
     *
     * @param after the number of the part; empty for the first
     * @param olderThan blobs modified later are kept, since their row may still be written
     */
    public Future<Progress> dropStrays(String after, long olderThan) {
        int part = after.isEmpty() ? 0 : Integer.parseInt(after);
        String next = part + 1 < BlobBackend.PARTS ? Integer.toString(part + 1) : "";
        return backend.olderThan(part, olderThan)
                .compose(files -> unknown(files, new ArrayList<>()))
                .compose(strays -> eachInTurn(strays, disposal::dropStray))
                .map(dropped -> new Progress(dropped, next));
    }

    private Future<List<Sha256>> unknown(List<Sha256> files, List<Sha256> unknown) {
        if (files.isEmpty()) {
            return Future.succeededFuture(unknown);
        }
        List<Sha256> some = files.subList(0, Math.min(PAGE, files.size()));
        return repository.known(some).compose(known -> {
            addUnknown(some, known, unknown);
            return unknown(files.subList(some.size(), files.size()), unknown);
        });
    }

    private static void addUnknown(List<Sha256> some, Set<Sha256> known, List<Sha256> unknown) {
        for (Sha256 file : some) {
            if (!known.contains(file)) {
                unknown.add(file);
            }
        }
    }

    /** Deletes leftovers of broken uploads from before a time. */
    public Future<Integer> dropTemporary(long olderThan) {
        return backend.dropStaged(olderThan);
    }

    /** Deletes some of the bytes that were to be deleted later. Returns how many; none are left for now if it is 0. */
    public Future<Integer> sweep() {
        return backend.sweep();
    }

    /** Returns the number of temporary files of uploads in progress and of broken ones. */
    public Future<Integer> temporary() {
        return backend.countStaged();
    }

    private static <T> Future<Integer> eachInTurn(List<T> all, Function<T, Future<Boolean>> work) {
        Future<Integer> done = Future.succeededFuture(0);
        for (T one : all) {
            done = done.compose(count -> work.apply(one).map(changed -> changed ? count + 1 : count));
        }
        return done;
    }
}
