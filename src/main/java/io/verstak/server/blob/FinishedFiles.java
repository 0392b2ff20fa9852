package io.verstak.server.blob;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of blobs in their places. A file whose size and time are as they were when it was last known to be whole is
 * taken to be whole; any other is read again. Blocks; safe for any thread, but one blob's changes are the caller's to
 * put in a row.
 */
final class FinishedFiles {
    private static final Logger LOG = LoggerFactory.getLogger(FinishedFiles.class);
    private static final int READ_BYTES = 64 << 10;
    private static final int VERDICTS_KEPT = 10_000;

    private final BlobFolders folders;
    private final Cache<Sha256, Verdict> verdicts =
            Caffeine.newBuilder().maximumSize(VERDICTS_KEPT).build();

    /** What the file of a blob looks like from outside. */
    enum Condition {
        WHOLE,
        /** The size is right, the time is not: only its bytes can tell. */
        DOUBTFUL,
        /** Missing, or of another size. */
        LOST
    }

    /** @param time of the last change, in milliseconds since the epoch */
    private record Stamp(long size, long time) {}

    private record Verdict(Stamp stamp, boolean whole) {}

    FinishedFiles(BlobFolders folders) {
        this.folders = folders;
    }

    BlobFile file(BlobReference blob) {
        return new BlobFile(blob.sha256(), blob.size(), folders.file(blob.sha256()));
    }

    /** @param fileTime the file's time when it was last known to be whole; null when nobody knows */
    Condition condition(BlobReference blob, @Nullable Long fileTime) {
        Stamp stamp = stamp(blob.sha256());
        if (stamp == null || stamp.size() != blob.size()) {
            return Condition.LOST;
        }
        return fileTime != null && stamp.time() == fileTime ? Condition.WHOLE : Condition.DOUBTFUL;
    }

    /** Reads the file, unless that has been done since it changed. */
    boolean isWhole(BlobReference blob) {
        Stamp stamp = stamp(blob.sha256());
        if (stamp == null || stamp.size() != blob.size()) {
            return false;
        }
        Verdict known = verdicts.getIfPresent(blob.sha256());
        if (known != null && known.stamp().equals(stamp)) {
            return known.whole();
        }
        boolean whole =
                hash(folders.file(blob.sha256())).filter(blob.sha256()::equals).isPresent();
        verdicts.put(blob.sha256(), new Verdict(stamp, whole));
        return whole;
    }

    /** Whether the file is missing or damaged, as far as that is known without reading it. */
    boolean isKnownToBeLost(BlobReference blob, long fileTime) {
        return switch (condition(blob, fileTime)) {
            case WHOLE -> false;
            case LOST -> true;
            case DOUBTFUL -> {
                Verdict known = verdicts.getIfPresent(blob.sha256());
                yield known != null && !known.whole() && known.stamp().equals(stamp(blob.sha256()));
            }
        };
    }

    /**
     * Puts an upload in its place, or drops it when a whole file stands there. Durable when it returns.
     *
     * @param upload a durable file that holds the blob
     * @return the time of the file that is in place
     */
    long place(Path upload, BlobReference blob, @Nullable Long fileTime) throws IOException {
        Path file = folders.file(blob.sha256());
        folders.make(blob.sha256());
        Condition condition = condition(blob, fileTime);
        if (condition == Condition.WHOLE || (condition == Condition.DOUBTFUL && isWhole(blob))) {
            Files.delete(upload);
        } else {
            Files.move(upload, file, StandardCopyOption.ATOMIC_MOVE);
            verdicts.invalidate(blob.sha256());
        }
        // Behind a file that was there, too: the process that put it there may have died before this line.
        folders.force(blob.sha256());
        return attributes(file).lastModifiedTime().toMillis();
    }

    /** The time of a whole file that is in its place, which is durable then; empty when there is none. */
    Optional<Long> placed(BlobReference blob, @Nullable Long fileTime) throws IOException {
        Condition condition = condition(blob, fileTime);
        if (condition == Condition.LOST || (condition == Condition.DOUBTFUL && !isWhole(blob))) {
            return Optional.empty();
        }
        folders.force(blob.sha256());
        return Optional.of(
                attributes(folders.file(blob.sha256())).lastModifiedTime().toMillis());
    }

    /** Removes a file that no row names. */
    void remove(Sha256 sha256) throws IOException {
        Files.deleteIfExists(folders.file(sha256));
    }

    /** The blobs in one of the 256 outer folders whose files were last changed before a time. */
    List<Sha256> olderThan(int outerFolder, long time) throws IOException {
        return folders.olderThan(outerFolder, time);
    }

    /** Opens what a look-up has found, if it is still there. */
    FileChannel open(BlobFile file) throws IOException {
        FileChannel channel = open(file.path());
        try {
            if (channel.size() == file.size()) {
                return channel;
            }
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        channel.close();
        throw new IOException("the file has changed its size");
    }

    private static FileChannel open(Path file) throws IOException {
        return FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    private @Nullable Stamp stamp(Sha256 sha256) {
        if (!folders.isPlain(sha256)) {
            return null;
        }
        try {
            BasicFileAttributes found = attributes(folders.file(sha256));
            return found.isRegularFile()
                    ? new Stamp(found.size(), found.lastModifiedTime().toMillis())
                    : null;
        } catch (IOException missing) {
            return null;
        }
    }

    private static BasicFileAttributes attributes(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }

    private static Optional<Sha256> hash(Path file) {
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        try (FileChannel channel = open(file)) {
            while (channel.read(buffer) >= 0) {
                digest.update(buffer.flip());
                buffer.clear();
            }
            return Optional.of(Sha256.ofDigest(digest.digest()));
        } catch (IOException unreadable) {
            LOG.warn("a blob cannot be read: {}", unreadable.toString());
            return Optional.empty();
        }
    }
}
