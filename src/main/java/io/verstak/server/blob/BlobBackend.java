package io.verstak.server.blob;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Where the bytes of blobs are stored; the database says which of them exist and who holds them. Safe for any thread,
 * but the caller serializes the changes of one blob. Futures complete on the caller's context. What writes fails with
 * {@code STORAGE_FULL} or {@code UNAVAILABLE} when the engine refuses, what reads with {@code BLOB_UNAVAILABLE}.
 *
 * <p>A {@code fileTime} is the mark that {@link #save} returned: an object that still has it needs no second reading. It
 * is null when the database does not know the blob.
 */
public interface BlobBackend {
    /** How many parts {@link #olderThan} has. */
    int PARTS = 256;

    /** Returns a place for the bytes of an upload in one piece. Nothing is created before the first byte or the save. */
    StagedBlob stage();

    /**
     * Opens the bytes of a resumable upload for its next chunk, and drops all after the first {@code start}: they have
     * not been acknowledged. Fails with {@code NOT_FOUND} when some of the first are missing.
     */
    Future<StagedBlob> resume(ResumePoint point);

    /**
     * Returns whether the bytes of resumable uploads are where every node on the database finds them. Their count in the database is then
     * the engine's to change while they arrive.
     */
    default boolean sharesStaged() {
        return false;
    }

    /**
     * Returns the digest of a resumable upload whose bytes have all arrived, after reading them. For engines that share staged bytes:
     * another node may have seen the first ones. Fails with {@code BLOB_UNAVAILABLE} when some are missing.
     */
    default Future<Sha256> read(String uploadId, long length) {
        return ErrorCode.BLOB_UNAVAILABLE.refuse();
    }

    /** Returns the bytes of a resumable upload that is closed, to save or discard them. */
    StagedBlob staged(String uploadId);

    /**
     * Makes staged bytes durable as a blob, then writes the row that names them. A whole object that exists is kept, and
     * the staged bytes go. A crash leaves bytes without a row, never a row without its bytes. Fails with {@code
     * BLOB_UNAVAILABLE} when there are neither staged bytes nor a whole object.
     *
     * @param row receives the new {@code fileTime}. Called once the bytes would survive a power cut
     * @return the row's result
     */
    <T> Future<T> save(StagedBlob staged, BlobReference blob, @Nullable Long fileTime, Function<Long, Future<T>> row);

    /** Judges a blob without reading it; {@code UNKNOWN} if it has changed since {@code fileTime}. */
    Future<BlobVerdict> look(BlobReference blob, @Nullable Long fileTime);

    /**
     * Judges a blob that is about to be read, by what is known: an engine whose {@link BlobContent#send} finds what is missing need not look
     * before.
     */
    default Future<BlobVerdict> known(BlobReference blob, @Nullable Long fileTime) {
        return look(blob, fileTime);
    }

    /** Judges a blob by its bytes, which are read unless they have been since it last changed. */
    Future<BlobVerdict> judge(BlobReference blob);

    /** Returns those of the blobs that are known to be damaged or missing, without reading any. */
    Future<Set<Sha256>> knownLost(Map<BlobReference, Long> fileTimes);

    /** Opens a blob for reading; the caller closes it. */
    Future<BlobContent> open(BlobReference blob);

    /**
     * Reads a blob from beginning to end; what looks damaged is read twice. Blocks.
     *
     * @param progress receives the number of bytes of each piece read; may wait, and may throw to stop
     */
    BlobVerdict check(BlobReference blob, LongConsumer progress);

    /** Deletes a blob that has no row. */
    Future<Void> remove(Sha256 sha256);

    /**
     * Checks a blob and puts it aside if it is damaged, so that the next upload of the same bytes stores a whole one.
     *
     * @return whether it is damaged or missing
     */
    Future<Boolean> quarantine(BlobReference blob);

    /**
     * Removes what a dead process has left of uploads, before new ones begin. An engine that shares staged bytes takes in those of this
     * process alone.
     *
     * @param uploadIds the resumable uploads, whose bytes stay
     * @return those of them that have bytes; of an engine that shares them, those that it has taken in
     */
    Future<Set<String>> recover(Set<String> uploadIds);

    /** Removes leftovers of uploads in one piece that were last written before a time. Returns their number. */
    Future<Integer> dropStaged(long olderThan);

    /** Returns the number of uploads with staged bytes, resumable ones and leftovers included. */
    Future<Integer> countStaged();

    /**
     * Returns a part of the stored blobs last modified before a time; there are {@link #PARTS} of them.
     *
     * @param part from 0
     */
    Future<List<Sha256>> olderThan(int part, long time);

    /**
     * Deletes some of the bytes that {@link #remove} and dead uploads have left for later. Returns how many; none are
     * left for now if it is 0.
     */
    default Future<Integer> sweep() {
        return Future.succeededFuture(0);
    }

    /** Fails when the engine does not keep what it is given. A folder is looked at by the check of the disk. */
    default Future<Void> probe() {
        return Future.succeededFuture();
    }

    /** Waits for the work in progress. */
    Future<Void> close();
}
