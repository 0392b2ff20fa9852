package io.verstak.server.move;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.move.Move.Place;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletionException;

/**
 * The stores of blobs at both ends of a move, one of which is a bucket, and the PostgreSQL that says which object holds which blob.
 * Opening and closing block.
 */
record BlobStorePair(PostgresDatabase database, BlobBackend from, BlobBackend to) implements AutoCloseable {
    private static final int READERS = 2;

    /** @throws StorageException in one line for a person, if the bucket cannot be used */
    static BlobStorePair open(
            Vertx vertx,
            PostgresAccess access,
            Place from,
            DataDirectory sourceDirectory,
            Place to,
            DataDirectory targetDirectory) {
        PostgresDatabase database = PostgresDatabase.openForMove(vertx, access, READERS);
        try {
            BlobBackend source = wait(from.blobs().open(vertx, sourceDirectory, database));
            try {
                return new BlobStorePair(database, source, wait(to.blobs().open(vertx, targetDirectory, database)));
            } catch (RuntimeException failure) {
                wait(source.close().otherwiseEmpty());
                throw failure;
            }
        } catch (RuntimeException failure) {
            wait(database.close());
            throw failure;
        }
    }

    private static <T> T wait(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failure) {
            throw failure.getCause() instanceof StorageException refusal ? refusal : failure;
        }
    }

    @Override
    public void close() {
        wait(Future.join(from.close(), to.close()).otherwiseEmpty().compose(closed -> database.close()));
    }
}
