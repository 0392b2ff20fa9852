package io.verstak.server.blob.file;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges the files of blobs and quarantines damaged ones. A file whose size and modification time match those recorded
 * when it was last known to be whole counts as whole; any other must be read. Blocks. Safe for any thread.
 */
public final class BlobInspector {
    private static final Logger LOG = LoggerFactory.getLogger(BlobInspector.class);
    private static final int VERDICTS_KEPT = 10_000;

    private final BlobPaths paths;
    private final Fsync fsync;
    private final Path quarantine;
    private final Cache<Sha256, Judgement> judgements =
            Caffeine.newBuilder().maximumSize(VERDICTS_KEPT).build();

    /** @param time of the last modification, in milliseconds since the epoch */
    private record Stamp(long size, long time) {}

    private record Judgement(Stamp stamp, BlobVerdict verdict) {}

    /** @param onFatal runs when an fsync fails; it must end the process */
    public BlobInspector(DataDirectory directory, Runnable onFatal) {
        this(directory, new Fsync(onFatal));
    }

    private BlobInspector(DataDirectory directory, Fsync fsync) {
        this(directory, new BlobPaths(directory.blobs(), fsync), fsync);
    }

    BlobInspector(DataDirectory directory, BlobPaths paths, Fsync fsync) {
        this.paths = paths;
        this.fsync = fsync;
        this.quarantine = directory.blobs().resolve("quarantine");
    }

    /** Judges a file by its size only. */
    public BlobVerdict look(BlobReference blob) {
        try {
            Stamp stamp = stamp(blob.sha256());
            return stamp.size() == blob.size() ? BlobVerdict.WHOLE : BlobVerdict.WRONG_SIZE;
        } catch (NoSuchFileException e) {
            return BlobVerdict.MISSING;
        } catch (IOException e) {
            return unknown(blob.sha256(), e);
        }
    }

    /**
     * Judges a file by its attributes.
     *
     * @param fileTime its modification time when it was last known to be whole; null if unknown
     * @return {@code UNKNOWN} if the size matches and the time does not
     */
    BlobVerdict look(BlobReference blob, @Nullable Long fileTime) {
        try {
            Stamp stamp = stamp(blob.sha256());
            if (stamp.size() != blob.size()) {
                return BlobVerdict.WRONG_SIZE;
            }
            return fileTime != null && stamp.time() == fileTime ? BlobVerdict.WHOLE : BlobVerdict.UNKNOWN;
        } catch (IOException missing) {
            return BlobVerdict.MISSING;
        }
    }

    /** Judges a file by its bytes, which are read unless they have been since it last changed. */
    BlobVerdict judge(BlobReference blob) {
        Stamp stamp;
        try {
            stamp = stamp(blob.sha256());
        } catch (IOException missing) {
            return BlobVerdict.MISSING;
        }
        Judgement known = judgements.getIfPresent(blob.sha256());
        if (known != null && known.stamp().equals(stamp)) {
            return known.verdict();
        }
        BlobVerdict verdict = check(blob, bytes -> {});
        if (verdict != BlobVerdict.UNKNOWN) {
            judgements.put(blob.sha256(), new Judgement(stamp, verdict));
        }
        return verdict;
    }

    /** Judges a file by its attributes, and if they do not suffice, by its bytes. */
    BlobVerdict judge(BlobReference blob, @Nullable Long fileTime) {
        BlobVerdict seen = look(blob, fileTime);
        return seen == BlobVerdict.UNKNOWN ? judge(blob) : seen;
    }

    /** Returns whether a file is damaged or missing, as far as that is known without reading it. */
    boolean isKnownToBeLost(BlobReference blob, long fileTime) {
        BlobVerdict seen = look(blob, fileTime);
        Judgement known = judgements.getIfPresent(blob.sha256());
        if (seen != BlobVerdict.UNKNOWN || known == null) {
            return seen.isDamage();
        }
        try {
            return known.verdict().isDamage() && known.stamp().equals(stamp(blob.sha256()));
        } catch (IOException missing) {
            return true;
        }
    }

    /** Forgets how a file was judged: another one has taken its place. */
    void forget(Sha256 sha256) {
        judgements.invalidate(sha256);
    }

    /** Returns the modification time of a file. */
    long time(Sha256 sha256) throws IOException {
        return stamp(sha256).time();
    }

    private Stamp stamp(Sha256 sha256) throws IOException {
        Path file = paths.file(sha256);
        if (paths.isPlain(sha256)) {
            BasicFileAttributes found =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (found.isRegularFile()) {
                return new Stamp(found.size(), found.lastModifiedTime().toMillis());
            }
        }
        throw new NoSuchFileException(file.toString());
    }

    /**
     * Reads a whole file. A file that looks damaged is read a second time before it is reported.
     *
     * @param progress receives the number of bytes of each piece read; may wait, and may throw to stop
     */
    public BlobVerdict check(BlobReference blob, LongConsumer progress) {
        BlobVerdict first = look(blob);
        if (first != BlobVerdict.WHOLE) {
            return first;
        }
        BlobVerdict read = read(blob, progress);
        return read.isDamage() ? read(blob, bytes -> {}) : read;
    }

    private BlobVerdict read(BlobReference blob, LongConsumer progress) {
        FileChannel channel;
        try {
            channel = open(blob.sha256());
        } catch (NoSuchFileException e) {
            return BlobVerdict.MISSING;
        } catch (IOException e) {
            return unknown(blob.sha256(), e);
        }
        try (channel) {
            BlobReference found = BlobDigest.read(channel, progress).blob();
            return found.sha256().equals(blob.sha256()) ? BlobVerdict.WHOLE : BlobVerdict.WRONG_BYTES;
        } catch (ClosedByInterruptException stopped) {
            // The server is stopping, which says nothing about the disk.
            return BlobVerdict.UNKNOWN;
        } catch (IOException e) {
            LOG.warn("blob {} cannot be read: {}", blob.sha256(), e.toString());
            return BlobVerdict.UNREADABLE;
        }
    }

    FileChannel open(Sha256 sha256) throws IOException {
        return FileChannel.open(paths.file(sha256), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
    }

    private static BlobVerdict unknown(Sha256 sha256, IOException failure) {
        LOG.warn("blob {} cannot be inspected: {}", sha256, failure.toString());
        return BlobVerdict.UNKNOWN;
    }

    /**
     * Moves a damaged file to {@code blobs/quarantine} and replaces an earlier one of the same name. Does nothing if
     * there is no file. Durable on return.
     */
    public void quarantine(Sha256 sha256) throws IOException {
        Path file = paths.file(sha256);
        if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        PrivateFiles.folder(quarantine);
        Files.move(file, quarantine.resolve(sha256.hex()), StandardCopyOption.REPLACE_EXISTING);
        fsync.folder(quarantine);
        paths.force(sha256);
    }
}
