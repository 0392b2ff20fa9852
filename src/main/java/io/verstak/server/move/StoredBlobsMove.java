package io.verstak.server.move;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobContent;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.FailureReason;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveTable;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Takes blobs from one store to another: from a folder to a bucket, or back. Each is read to its end and compared with its hash; one
 * that the other store has is skipped. Holds a piece of a blob at a time. Blocks.
 */
final class StoredBlobsMove {
    private static final long PAGE_BYTES = 1L << 20;
    private static final int PIECE_BYTES = 256 << 10;

    private final MoveEnd rows;
    private final BlobBackend from;
    private final BlobBackend to;
    private final String bucket;
    private final Optional<Path> folder;
    private final MoveProgress progress;
    private final List<String> missing = new ArrayList<>();
    private final ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
    private long count;
    private long bytes;

    /**
     * @param rows has the table of blobs
     * @param bucket the bucket that one of both stores is, for a person
     * @param folder of blobs that the other store is, if they go there: their files belong to its owner, also if root runs the move
     */
    StoredBlobsMove(
            MoveEnd rows,
            BlobBackend from,
            BlobBackend to,
            String bucket,
            Optional<Path> folder,
            MoveProgress progress) {
        this.folder = folder;
        this.rows = rows;
        this.from = from;
        this.to = to;
        this.bucket = bucket;
        this.progress = progress;
    }

    /** @throws StorageException in one line for a person; what was copied stays, and the next run skips it */
    MoveReport.Blobs run() throws IOException {
        MoveTable blobs = rows.tables().stream()
                .filter(table -> table.name().equals("blobs"))
                .findFirst()
                .orElseThrow();
        progress.part("blobs", rows.count(blobs));
        List<Object> after = List.of();
        for (List<Object[]> page = rows.page(blobs, after, PAGE_BYTES);
                !page.isEmpty();
                page = rows.page(blobs, after, PAGE_BYTES)) {
            for (Object[] row : page) {
                Sha256 sha256 = new Sha256((String) row[blobs.indexOf("sha256")]);
                copy(new BlobReference(sha256, (Long) row[blobs.indexOf("size")]));
                progress.advance(1);
            }
            after = blobs.keyOf(page.get(page.size() - 1));
        }
        return new MoveReport.Blobs(count, bytes, 0);
    }

    private void copy(BlobReference blob) throws IOException {
        if (wait(to.judge(blob)) == BlobVerdict.WHOLE) {
            adopt(blob);
            return;
        }
        StagedBlob staged = to.stage();
        Optional<String> fault = read(blob, staged);
        if (fault.isEmpty()) {
            wait(to.save(staged, blob, null, Future::succeededFuture));
            adopt(blob);
            count++;
            bytes += blob.size();
            return;
        }
        wait(staged.discard());
        // A store that does not answer has lost nothing: only what it says to be damaged or missing is.
        if (!from.check(blob, piece -> {}).isDamage()) {
            throw new StorageException("blob %s cannot be read: %s; run the command again: it continues"
                    .formatted(blob.sha256(), fault.get()));
        }
        missing.add(blob.sha256().hex());
    }

    private void adopt(BlobReference blob) throws IOException {
        if (folder.isPresent()) {
            PrivateFiles.adopt(DataDirectory.blobFile(folder.get(), blob.sha256()));
        }
    }

    /** Returns why a blob could not be read, for a person; empty if all of it was. */
    private Optional<String> read(BlobReference blob, StagedBlob staged) {
        BlobContent content;
        try {
            content = wait(from.open(blob));
        } catch (ServerException refusal) {
            return Optional.of("its store does not give it");
        }
        try {
            long position = 0;
            for (int read = content.read(piece.clear(), 0); read > 0; read = content.read(piece.clear(), position)) {
                position += read;
                wait(staged.append(new ByteBuffer[] {piece.flip()}));
            }
            return staged.digest().map(BlobDigest::blob).equals(Optional.of(blob))
                    ? Optional.empty()
                    : Optional.of("its bytes have another hash");
        } catch (IOException unreadable) {
            return Optional.of(FailureReason.of(unreadable));
        } finally {
            wait(content.close());
        }
    }

    private <T> T wait(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof ServerException refusal) {
                throw refusal.code() == ErrorCode.BLOB_UNAVAILABLE ? refusal : stopped(refusal);
            }
            throw failure.getCause() instanceof StorageException refusal ? refusal : failure;
        }
    }

    /** A store says in codes of the protocol what a person has to read here. */
    private StorageException stopped(ServerException refusal) {
        String what = refusal.code() == ErrorCode.STORAGE_FULL ? "the disk or the bucket is full" : "not reachable";
        return new StorageException(
                "objects.bucket %s: %s; run the command again: it continues".formatted(bucket, what), refusal);
    }

    /** Returns the blobs that are damaged or missing in the store they come from. */
    List<String> missing() {
        return missing;
    }
}
