package io.verstak.server.blob.file;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.blob.StagedBlob;
import io.verstak.server.storage.DataDirectory;
import io.vertx.core.Future;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The temporary file of an upload. In one piece, it is created with the first byte. With chunks, only its first {@code
 * start} bytes are known to be durable when it is opened; later bytes, left by a crash or by a chunk with a wrong
 * checksum, are cut off.
 */
public final class StagedFile implements StagedBlob {
    private final BlobDisk disk;
    private final Fsync fsync;
    private final Path path;
    private final long start;
    private final @Nullable MessageDigest checksum;
    private final Set<OpenOption> options;
    private BlobDigest digest = new BlobDigest();
    private @Nullable FileChannel channel;
    private boolean sound = true;
    /** Whether its name survives a power cut. A file that the next process may remove need not. */
    private boolean named;
    /** Whether an earlier chunk has made all of it durable. */
    private boolean finished;
    /** The length up to which the file is durable. Read by one thread while another forces the file. */
    private volatile long durable;

    private StagedFile(
            BlobDisk disk,
            Fsync fsync,
            Path path,
            long start,
            @Nullable MessageDigest checksum,
            OpenOption... options) {
        this.disk = disk;
        this.fsync = fsync;
        this.path = path;
        this.start = start;
        this.durable = start;
        this.checksum = checksum;
        this.options = Set.copyOf(List.of(options));
    }

    /** Returns the file of an upload in one piece, which is created with the first byte. */
    static StagedFile create(BlobDisk disk, Fsync fsync, Path path) {
        StagedFile file =
                new StagedFile(disk, fsync, path, 0, null, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file.named = true;
        return file;
    }

    /** Returns a file that earlier chunks have finished, if it still exists. */
    static StagedFile finished(BlobDisk disk, Fsync fsync, Path path) {
        return new StagedFile(disk, fsync, path, 0, null).asFinished();
    }

    /**
     * Opens the file of an upload with chunks after its first bytes, which are read when their digest is unknown.
     *
     * @throws EOFException or {@link java.nio.file.NoSuchFileException} if they are missing
     */
    static StagedFile open(
            BlobDisk disk,
            Fsync fsync,
            Path path,
            long start,
            Optional<BlobDigest> known,
            Optional<MessageDigest> checksum)
            throws IOException {
        OpenOption create = start > 0 ? StandardOpenOption.WRITE : StandardOpenOption.CREATE;
        StagedFile file = new StagedFile(
                disk,
                fsync,
                path,
                start,
                checksum.orElse(null),
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                LinkOption.NOFOLLOW_LINKS,
                create);
        file.named = start > 0;
        try {
            file.skipToStart(known);
            return file;
        } catch (IOException failure) {
            file.closeChannel();
            throw failure;
        }
    }

    private void skipToStart(Optional<BlobDigest> known) throws IOException {
        FileChannel file = channel();
        if (file.size() < start) {
            throw new EOFException("the file is shorter than it was");
        }
        file.truncate(start);
        digest = known.isPresent() ? known.get().copy() : BlobDigest.read(file, bytes -> {});
        file.position(start);
    }

    /** Marks the file as durable: it is a link to a file that is. */
    StagedFile asFinished() {
        finished = true;
        return this;
    }

    Path path() {
        return path;
    }

    @Override
    public Future<Void> append(ByteBuffer[] pieces) {
        return disk.write(() -> {
            write(pieces);
            return null;
        });
    }

    /**
     * Appends bytes.
     *
     * @param other receives each piece, too, on the thread that writes
     */
    public Future<Void> append(ByteBuffer[] pieces, Consumer<ByteBuffer> other) {
        return disk.write(() -> {
            for (ByteBuffer piece : pieces) {
                other.accept(piece.duplicate());
            }
            write(pieces);
            return null;
        });
    }

    /** Hashes and writes bytes: all bytes that arrive pass here. Blocks. */
    void write(ByteBuffer... pieces) throws IOException {
        long length = 0;
        sound = false;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
            digest.update(piece.duplicate());
            if (checksum != null) {
                checksum.update(piece.duplicate());
            }
        }
        FileChannel file = channel();
        for (long written = 0; written < length; ) {
            written += file.write(pieces);
        }
        sound = true;
    }

    @Override
    public Future<Long> force() {
        return disk.write(() -> sync(channel()));
    }

    private long sync(FileChannel file) throws IOException {
        long upTo = file.position();
        fsync.file(file);
        if (!named) {
            fsync.folder(path.resolveSibling("."));
            named = true;
        }
        durable = upTo;
        return upTo;
    }

    /** Makes all of its bytes durable and closes it. Blocks. */
    void finish() throws IOException {
        if (!finished) {
            try (FileChannel file = channel()) {
                sync(file);
            }
            finished = true;
        }
    }

    /**
     * Ends the appends. Returns the file to read, whose bytes need not be durable; empty if there is none: an upload has
     * no bytes, or they were taken before.
     */
    public Future<Optional<Path>> complete() {
        return disk.write(() -> {
            closeChannel();
            return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? Optional.of(path) : Optional.empty();
        });
    }

    @Override
    public Future<Long> close(boolean keep) {
        return disk.write(() -> {
            try (FileChannel file = channel()) {
                if (!keep) {
                    file.truncate(start);
                    return start;
                }
                return sound ? sync(file) : durable;
            }
        });
    }

    @Override
    public Future<Void> discard() {
        return disk.write(() -> {
            delete();
            return null;
        });
    }

    /** Blocks. */
    void delete() throws IOException {
        closeChannel();
        Files.deleteIfExists(path);
    }

    private void closeChannel() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }

    @Override
    public Optional<BlobDigest> digest() {
        return sound ? Optional.of(digest) : Optional.empty();
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(path, options, DataDirectory.filePermissions());
            channel = open;
        }
        return open;
    }
}
