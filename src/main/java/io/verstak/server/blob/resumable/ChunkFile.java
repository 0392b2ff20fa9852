package io.verstak.server.blob.resumable;

import io.verstak.server.blob.file.AppendedFile;
import io.verstak.server.blob.file.Fsync;
import io.verstak.server.blob.file.RunningDigest;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.DataDirectory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file of an upload while one chunk is appended to it. When it is opened, only its first {@code start} bytes are
 * known to be durable; later bytes, left by a crash or by a chunk with a wrong checksum, are cut off.
 */
final class ChunkFile implements AppendedFile {
    private static final int READ_BYTES = 64 << 10;

    private final Path path;
    private final Fsync durability;
    private final long start;
    private final @Nullable ChunkChecksum checksum;
    private final @Nullable MessageDigest part;
    private final FileChannel file;
    private RunningDigest whole = new RunningDigest();
    private boolean sound = true;
    private boolean named;
    /** The length up to which the file is durable. Read by one thread while another forces the file. */
    private volatile long durable;

    /** The end of a chunk. */
    record End(long offset, Optional<RunningDigest> digest, Optional<ServerException> refusal) {}

    private ChunkFile(Path path, Fsync durability, long start, Optional<ChunkChecksum> checksum) throws IOException {
        this.path = path;
        this.durability = durability;
        this.start = start;
        this.durable = start;
        this.checksum = checksum.orElse(null);
        this.part = checksum.map(ChunkChecksum::newDigest).orElse(null);
        this.named = start > 0;
        Set<OpenOption> options = start > 0
                ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)
                : Set.of(
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        this.file = FileChannel.open(path, options, DataDirectory.filePermissions());
    }

    /**
     * Opens the file of an upload after its first bytes, which are read again when their digest is unknown.
     *
     * @throws EOFException or {@link java.nio.file.NoSuchFileException} if they are missing
     */
    static ChunkFile open(
            Path path, Fsync durability, long start, Optional<RunningDigest> known, Optional<ChunkChecksum> checksum)
            throws IOException {
        ChunkFile part = new ChunkFile(path, durability, start, checksum);
        try {
            part.cutOff();
            part.whole = known.isPresent() ? known.get().copy() : part.read();
            return part;
        } catch (IOException failure) {
            part.file.close();
            throw failure;
        }
    }

    private void cutOff() throws IOException {
        if (file.size() < start) {
            throw new EOFException("the file is shorter than it was");
        }
        file.truncate(start);
        file.position(start);
    }

    private RunningDigest read() throws IOException {
        RunningDigest digest = new RunningDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        while (digest.length() < start) {
            if (file.read(buffer, digest.length()) < 0) {
                throw new EOFException("the file is shorter than it was");
            }
            digest.update(buffer.flip());
            buffer.clear();
        }
        return digest;
    }

    @Override
    public void append(ByteBuffer[] pieces) throws IOException {
        long length = 0;
        sound = false;
        for (ByteBuffer piece : pieces) {
            length += piece.remaining();
            whole.update(piece.duplicate());
            if (part != null) {
                part.update(piece.duplicate());
            }
        }
        for (long written = 0; written < length; ) {
            written += file.write(pieces);
        }
        sound = true;
    }

    @Override
    public void force() throws IOException {
        long upTo = file.position();
        durability.file(file);
        if (!named) {
            durability.folder(path.resolveSibling("."));
            named = true;
        }
        durable = upTo;
    }

    /** Ends the chunk, whose bytes count if it has its checksum. Closes the file. */
    End finish() throws IOException {
        try (file) {
            if (checksum != null && part != null && !checksum.matches(part)) {
                return nothing(Optional.of(new ServerException(ErrorCode.CHECKSUM_MISMATCH)));
            }
            force();
            return new End(durable, Optional.of(whole), Optional.empty());
        }
    }

    /**
     * Ends an interrupted chunk: its bytes count if it has no checksum, since the checksum can no longer be verified.
     * Closes the file.
     */
    End breakOff() throws IOException {
        try (file) {
            if (checksum != null) {
                return nothing(Optional.empty());
            }
            if (sound) {
                force();
                return new End(durable, Optional.of(whole), Optional.empty());
            }
            return new End(durable, Optional.empty(), Optional.empty());
        }
    }

    private End nothing(Optional<ServerException> refusal) throws IOException {
        file.truncate(start);
        return new End(start, Optional.empty(), refusal);
    }
}
