package io.verstak.server.blob.file;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.Set;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Inspects the files of blobs and quarantines damaged ones, so that the next upload of the same bytes stores a whole
 * file. Blocks. Safe for any thread.
 */
public final class BlobInspector {
    private static final Logger LOG = LoggerFactory.getLogger(BlobInspector.class);
    private static final int READ_BYTES = 256 << 10;

    private final Path quarantine;
    private final BlobPaths folders;
    private final Fsync durability;

    /** The result of an inspection. */
    public enum Verdict {
        WHOLE,
        /** The file is missing, or something else is in its place. */
        MISSING,
        WRONG_SIZE,
        /** The bytes have a different hash. */
        WRONG_BYTES,
        /** The disk cannot read all of its bytes. */
        UNREADABLE,
        /** The file cannot be opened for a reason unrelated to its bytes: permissions, too many open files. */
        UNKNOWN;

        /** Returns whether only another upload or a backup can restore the bytes. */
        public boolean isDamage() {
            return this != WHOLE && this != UNKNOWN;
        }
    }

    /** @param onFatal runs when an fsync fails; it must end the process */
    public BlobInspector(DataDirectory directory, Runnable onFatal) {
        this.durability = new Fsync(onFatal);
        this.folders = new BlobPaths(directory.blobs(), durability);
        this.quarantine = directory.blobs().resolve("quarantine");
    }

    /** Returns the path of a blob's file. */
    public Path file(Sha256 sha256) {
        return folders.file(sha256);
    }

    /** Inspects a file by its size only. */
    public Verdict look(BlobReference blob) {
        if (!folders.isPlain(blob.sha256())) {
            return Verdict.MISSING;
        }
        try {
            BasicFileAttributes found =
                    Files.readAttributes(file(blob.sha256()), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!found.isRegularFile()) {
                return Verdict.MISSING;
            }
            return found.size() == blob.size() ? Verdict.WHOLE : Verdict.WRONG_SIZE;
        } catch (NoSuchFileException e) {
            return Verdict.MISSING;
        } catch (IOException e) {
            return unknown(blob.sha256(), e);
        }
    }

    /**
     * Reads a whole file. A file that looks damaged is read a second time before it is reported.
     *
     * @param progress receives the bytes of each piece read; may wait, and may throw to stop
     */
    public Verdict read(BlobReference blob, LongConsumer progress) {
        Verdict first = look(blob);
        if (first != Verdict.WHOLE) {
            return first;
        }
        Verdict read = hash(blob, progress);
        return read.isDamage() ? hash(blob, bytes -> {}) : read;
    }

    private Verdict hash(BlobReference blob, LongConsumer progress) {
        FileChannel channel;
        try {
            channel = FileChannel.open(file(blob.sha256()), Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
            return Verdict.MISSING;
        } catch (IOException e) {
            return unknown(blob.sha256(), e);
        }
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        try (channel) {
            for (int bytes = channel.read(buffer); bytes >= 0; bytes = channel.read(buffer)) {
                digest.update(buffer.flip());
                buffer.clear();
                progress.accept(bytes);
            }
        } catch (ClosedByInterruptException stopped) {
            // The server is stopping, which says nothing about the disk.
            return Verdict.UNKNOWN;
        } catch (IOException e) {
            LOG.warn("blob {} cannot be read: {}", blob.sha256(), e.toString());
            return Verdict.UNREADABLE;
        }
        return Sha256.ofDigest(digest.digest()).equals(blob.sha256()) ? Verdict.WHOLE : Verdict.WRONG_BYTES;
    }

    private static Verdict unknown(Sha256 sha256, IOException failure) {
        LOG.warn("blob {} cannot be looked at: {}", sha256, failure.toString());
        return Verdict.UNKNOWN;
    }

    /**
     * Moves a damaged file to {@code blobs/quarantine} and replaces an earlier one of the same name. Does nothing if
     * there is no file. Durable on return.
     */
    public void quarantine(Sha256 sha256) throws IOException {
        if (!Files.exists(file(sha256), LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        PrivateFiles.folder(quarantine);
        Files.move(file(sha256), quarantine.resolve(sha256.hex()), StandardCopyOption.REPLACE_EXISTING);
        durability.folder(quarantine);
        folders.force(sha256);
    }
}
