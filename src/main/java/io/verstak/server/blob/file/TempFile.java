package io.verstak.server.blob.file;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The temporary file of an upload, created with the first byte, and the digest of its content. */
public final class TempFile implements AppendedFile {
    private final Path path;
    private final Fsync durability;
    private final MessageDigest digest = Sha256.newDigest();
    private @Nullable FileChannel channel;
    private long size;

    TempFile(Path path, Fsync durability) {
        this.path = path;
        this.durability = durability;
    }

    public Path path() {
        return path;
    }

    @Override
    public void append(ByteBuffer[] pieces) throws IOException {
        long length = 0;
        for (ByteBuffer piece : pieces) {
            digest.update(piece.duplicate());
            length += piece.remaining();
        }
        FileChannel file = channel();
        for (long written = 0; written < length; ) {
            written += file.write(pieces);
        }
        size += length;
    }

    @Override
    public void force() throws IOException {
        durability.file(channel());
    }

    /** Makes the whole file durable under its temporary name. */
    public BlobReference finish() throws IOException {
        try (FileChannel file = channel()) {
            durability.file(file);
        }
        return new BlobReference(Sha256.ofDigest(digest.digest()), size);
    }

    public void discard() throws IOException {
        if (channel != null) {
            channel.close();
            Files.deleteIfExists(path);
        }
    }

    private FileChannel channel() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = FileChannel.open(
                    path,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    DataDirectory.filePermissions());
            channel = open;
        }
        return open;
    }
}
