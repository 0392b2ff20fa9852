package io.verstak.server.blob.file;

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
 * The files of stored blobs. A file whose size and modification time match those recorded when it was last known to be
 * whole counts as whole; any other is read again. Blocks. Safe for any thread, but the caller serializes the changes of
 * one blob.
 */
public final class BlobFileStore {
    private static final Logger LOG = LoggerFactory.getLogger(BlobFileStore.class);
    private static final int READ_BYTES = 64 << 10;
    private static final int VERDICTS_KEPT = 10_000;

    private final BlobPaths folders;
    private final Cache<Sha256, Verdict> verdicts =
            Caffeine.newBuilder().maximumSize(VERDICTS_KEPT).build();

    /** The state of a blob's file by its attributes. */
    public enum Condition {
        WHOLE,
        /** The size matches, the time does not: the bytes must be read. */
        DOUBTFUL,
        /** The file is missing or has another size. */
        LOST
    }

    /** @param time of the last modification, in milliseconds since the epoch */
    private record Stamp(long size, long time) {}

    private record Verdict(Stamp stamp, boolean whole) {}

    public BlobFileStore(BlobPaths folders) {
        this.folders = folders;
    }

    public BlobFile file(BlobReference blob) {
        return new BlobFile(blob.sha256(), blob.size(), folders.file(blob.sha256()));
    }

    /** @param fileTime the file's modification time when it was last known to be whole; null if unknown */
    public Condition condition(BlobReference blob, @Nullable Long fileTime) {
        Stamp stamp = stamp(blob.sha256());
        if (stamp == null || stamp.size() != blob.size()) {
            return Condition.LOST;
        }
        return fileTime != null && stamp.time() == fileTime ? Condition.WHOLE : Condition.DOUBTFUL;
    }

    /** Reads the file unless it was read since it last changed. */
    public boolean isWhole(BlobReference blob) {
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

    /** Returns whether the file is missing or damaged, as far as that is known without reading it. */
    public boolean isKnownToBeLost(BlobReference blob, long fileTime) {
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
     * Stores an upload, or drops it when a whole file exists. Durable on return.
     *
     * @param upload a durable file that holds the blob
     * @return the modification time of the stored file
     */
    public long place(Path upload, BlobReference blob, @Nullable Long fileTime) throws IOException {
        Path file = folders.file(blob.sha256());
        folders.make(blob.sha256());
        Condition condition = condition(blob, fileTime);
        if (condition == Condition.WHOLE || (condition == Condition.DOUBTFUL && isWhole(blob))) {
            Files.delete(upload);
        } else {
            Files.move(upload, file, StandardCopyOption.ATOMIC_MOVE);
            verdicts.invalidate(blob.sha256());
        }
        // Also for a file that exists: the process that stored it may have died before this line.
        folders.force(blob.sha256());
        return attributes(file).lastModifiedTime().toMillis();
    }

    /** Makes an existing whole file durable and returns its modification time; empty if there is none. */
    public Optional<Long> placed(BlobReference blob, @Nullable Long fileTime) throws IOException {
        Condition condition = condition(blob, fileTime);
        if (condition == Condition.LOST || (condition == Condition.DOUBTFUL && !isWhole(blob))) {
            return Optional.empty();
        }
        folders.force(blob.sha256());
        return Optional.of(
                attributes(folders.file(blob.sha256())).lastModifiedTime().toMillis());
    }

    /** Removes a file that has no row. */
    public void remove(Sha256 sha256) throws IOException {
        Files.deleteIfExists(folders.file(sha256));
    }

    /** Returns the blobs in one of the 256 outer folders whose files were last modified before a time. */
    public List<Sha256> olderThan(int outerFolder, long time) throws IOException {
        return folders.olderThan(outerFolder, time);
    }

    /** Opens a file that a look-up has found, if it still exists. */
    public FileChannel open(BlobFile file) throws IOException {
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
