package io.verstak.server.move;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.move.MoveReport.Blobs;
import io.verstak.server.move.MoveReport.Table;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveMark;
import io.verstak.server.storage.move.MoveMark.State;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresMoveEnd;
import io.verstak.server.storage.sqlite.UnusedDatabase;
import io.verstak.server.storage.sqlite.bulk.SqliteMoveEnd;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Moves the data of a server from the embedded database to a PostgreSQL, or back. Ids, sequences, chains and tokens stay, so that
 * devices notice nothing. Whenever it is stopped, the next run continues: rows are added in the order of their keys, each page in a
 * transaction that also says how far the move is. The source stays as it is until everything was compared; then it is given up, and
 * only after that a server starts with the target. Blocks.
 */
public final class Move {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Vertx vertx;
    private final Place from;
    private final Place to;
    private final MoveProgress progress;
    private final Clock clock;
    private final Runnable onFatal;
    private boolean copying;

    /**
     * Where a server has its data.
     *
     * @param root the data directory
     * @param keyFile the file with the key of sealed values
     * @param postgres how its PostgreSQL is reached; empty: its database is in the directory
     * @param bucket names the bucket that blobs are in; empty: they are in the directory
     * @param blobs opens the store of blobs
     */
    public record Place(
            Path root, Path keyFile, Optional<PostgresAccess> postgres, String bucket, BlobStoreOpener blobs) {}

    /** Opens the store of blobs that a configuration names. */
    public interface BlobStoreOpener {
        Future<? extends BlobBackend> open(Vertx vertx, DataDirectory directory, Database database);
    }

    /** @param onFatal runs once when the disk no longer keeps what it is given; it has to end the process */
    public Move(Vertx vertx, Place from, Place to, MoveProgress progress, Clock clock, Runnable onFatal) {
        this.vertx = vertx;
        this.from = from;
        this.to = to;
        this.progress = progress;
        this.clock = clock;
        this.onFatal = onFatal;
    }

    /** @throws StorageException in one line for a person; what was copied stays, and the next run continues */
    public MoveReport run() throws IOException {
        if (from.postgres().isPresent() == to.postgres().isPresent()) {
            throw new StorageException(
                    from.postgres().isPresent()
                            ? "both configurations name a PostgreSQL; to copy one, use pg_dump and pg_restore"
                            : "neither configuration names a PostgreSQL (database.url); to take a data directory elsewhere, stop the server and copy it, or use backup and restore");
        }
        if (!from.bucket().equals(to.bucket())
                && ((!from.bucket().isEmpty() && from.postgres().isEmpty())
                        || (!to.bucket().isEmpty() && to.postgres().isEmpty()))) {
            throw new StorageException(
                    "objects: the two configurations name different stores of blobs; a bucket can be left or filled only beside a PostgreSQL. Move to one with the same store");
        }
        boolean stays = real(from.root()).equals(real(to.root()));
        boolean made = to.postgres().isEmpty() && !Files.exists(to.root().resolve(DataDirectory.UNFINISHED));
        try (DataDirectory source = stays && from.postgres().isPresent() ? target() : source();
                DataDirectory target = stays ? source : target()) {
            try {
                return run(source, target);
            } finally {
                if (made && !copying) {
                    target.abandon();
                }
            }
        }
    }

    private MoveReport run(DataDirectory source, DataDirectory target) throws IOException {
        try (MoveEnd sourceEnd = from.postgres()
                        .<MoveEnd>map(access -> PostgresMoveEnd.source(vertx, access, clock))
                        .orElseGet(() -> SqliteMoveEnd.source(source, clock));
                MoveEnd targetEnd = to.postgres()
                        .<MoveEnd>map(access -> PostgresMoveEnd.target(vertx, access, clock))
                        .orElseGet(() -> SqliteMoveEnd.target(target, clock))) {
            return run(sourceEnd, targetEnd, source, target);
        }
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThere) {
            return path.toAbsolutePath().normalize();
        }
    }

    private DataDirectory source() {
        if (from.postgres().isPresent() || SqliteMoveEnd.isLeft(from.root())) {
            return DataDirectory.openBeside(from.root());
        }
        // Without a database nothing is made: a mistyped path is not to become a data directory.
        DataDirectory.openReadOnly(from.root());
        return DataDirectory.open(from.root());
    }

    private DataDirectory target() {
        return to.postgres().isPresent()
                ? DataDirectory.openBeside(to.root())
                : DataDirectory.openUnfinished(to.root(), UnusedDatabase::require);
    }

    private MoveReport run(MoveEnd source, MoveEnd target, DataDirectory sourceDirectory, DataDirectory targetDirectory)
            throws IOException {
        long begun = System.nanoTime();
        ServerKey key = new ServerKey(from.keyFile());
        Optional<MoveMark> found = target.mark();
        if (source.isLeft()) {
            return end(source, target, requireCompared(found, key, source), begun);
        }
        source.requireIdle();
        source.settle();
        target.requireIdle();
        if (found.filter(MoveMark::isUnfinished).isPresent()) {
            requireOwn(found.get(), key, target);
        } else {
            target.requireUnused();
        }
        boolean sameStore = from.bucket().equals(to.bucket());
        RowsMove rows = new RowsMove(source, target, sameStore, to.postgres().isEmpty(), progress);
        key.requireNoOther(to.keyFile());
        if (sameStore) {
            return copy(source, target, rows, key, found, files(source, sourceDirectory, targetDirectory), begun);
        }
        // Before the rows are copied, which takes long: a wrong bucket is found at once.
        try (BlobStorePair stores = BlobStorePair.open(
                vertx, from.postgres().or(to::postgres).orElseThrow(), from, sourceDirectory, to, targetDirectory)) {
            BlobsCopy blobs = () -> stored(source, stores, sourceDirectory, targetDirectory);
            return copy(source, target, rows, key, found, blobs, begun);
        }
    }

    private MoveReport copy(
            MoveEnd source,
            MoveEnd target,
            RowsMove rows,
            ServerKey key,
            Optional<MoveMark> found,
            BlobsCopy blobs,
            long begun)
            throws IOException {
        key.bringTo(to.keyFile());
        // What was copied stays from here on, for the next run.
        copying = true;
        progress.part("looking", 0);
        boolean continued = found.filter(MoveMark::isUnfinished).isPresent();
        MoveMark mark = new MoveMark(
                State.COPYING, key.server(), rows.fingerprint(), source.place(), target.place(), "", List.of());
        if (continued && found.get().fingerprint().equals(mark.fingerprint())) {
            mark = found.get();
        } else {
            target.begin(rows.tables(), mark);
        }
        List<Table> tables = List.of();
        if (mark.state() != State.COMPARED) {
            rows.copy(mark);
            MoveMark again = changed(mark);
            tables = rows.compare(() -> target.mark(again));
            progress.part("index", source.count(scopes(source)));
            target.prepare(progress::advance);
            mark = mark.in(State.COMPARED);
            target.mark(mark);
        }
        Copied copied = blobs.run();
        source.requireIdle();
        give(source, target, mark);
        return new MoveReport(
                source.place(),
                target.place(),
                tables,
                rows.operations(),
                rows.replaced(),
                copied.blobs(),
                copied.missing(),
                continued,
                seconds(begun));
    }

    /** Blobs that were copied, and those that were damaged or missing. */
    private record Copied(Blobs blobs, List<String> missing) {}

    /** Copies what the target's store of blobs does not have yet. */
    private interface BlobsCopy {
        Copied run() throws IOException;
    }

    /** Blobs stay in the same bucket, or in folders. */
    private BlobsCopy files(MoveEnd source, DataDirectory sourceDirectory, DataDirectory targetDirectory) {
        if (sourceDirectory == targetDirectory) {
            return () -> new Copied(Blobs.NONE, List.of());
        }
        BlobsMove files = new BlobsMove(source, sourceDirectory, targetDirectory, progress);
        return () -> new Copied(
                from.bucket().isEmpty() ? files.run(onFatal) : new Blobs(0, 0, files.uploads()), files.missing());
    }

    private Copied stored(
            MoveEnd source, BlobStorePair stores, DataDirectory sourceDirectory, DataDirectory targetDirectory)
            throws IOException {
        long uploads = sourceDirectory == targetDirectory
                ? 0
                : new BlobsMove(source, sourceDirectory, targetDirectory, progress).uploads();
        StoredBlobsMove stored = new StoredBlobsMove(
                source,
                stores.from(),
                stores.to(),
                from.bucket().isEmpty() ? to.bucket() : from.bucket(),
                to.bucket().isEmpty() ? Optional.of(targetDirectory.blobs()) : Optional.empty(),
                progress);
        Blobs copied = stored.run();
        return new Copied(new Blobs(copied.count(), copied.bytes(), uploads), stored.missing());
    }

    /** Returns a mark that the next run does not continue: it begins again. */
    private static MoveMark changed(MoveMark mark) {
        return new MoveMark(mark.state(), mark.server(), "", mark.from(), mark.to(), "", List.of());
    }

    private static MoveTable scopes(MoveEnd source) {
        return source.tables().stream()
                .filter(table -> table.name().equals("scopes"))
                .findFirst()
                .orElseThrow();
    }

    private static MoveMark requireCompared(Optional<MoveMark> found, ServerKey key, MoveEnd source) {
        return found.filter(
                        mark -> mark.state() == State.COMPARED && mark.server().equals(key.server()))
                .orElseThrow(() -> new StorageException(
                        "%s: the data was moved away before; there is nothing left to move. Start the server with the configuration that names its new place"
                                .formatted(source.place())));
    }

    private static void requireOwn(MoveMark mark, ServerKey key, MoveEnd target) {
        if (!mark.server().equals(key.server())) {
            throw new StorageException(
                    "%s: holds an unfinished move of another server (from %s); name an empty database"
                            .formatted(target.place(), mark.from()));
        }
    }

    private MoveReport end(MoveEnd source, MoveEnd target, MoveMark mark, long begun) {
        give(source, target, mark);
        return new MoveReport(
                source.place(), target.place(), List.of(), 0, List.of(), Blobs.NONE, List.of(), true, seconds(begun));
    }

    /** In this order: at no time two servers can start. A kill in between leaves none, and the next run ends it. */
    private static void give(MoveEnd source, MoveEnd target, MoveMark mark) {
        source.leave(mark);
        target.complete(mark);
    }

    private static double seconds(long begun) {
        return (System.nanoTime() - begun) / NANOS;
    }
}
