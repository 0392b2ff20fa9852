package io.verstak.server.blob.file;

import io.verstak.server.blob.BlobDigest;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/**
 * Imports blobs from another server's files, hashed while they are read. Files that an earlier try has placed are kept.
 * Blocks. Safe for several threads, but one blob belongs to one thread.
 */
public final class BlobImporter {
    private static final String PREFIX = "taken-";
    private static final int READ_BYTES = 256 << 10;

    private final Fsync fsync;
    private final BlobDisk disk;
    private final BlobPaths paths;
    private final BlobFileStore store;
    private final StagingFolder staging;

    /**
     * An imported blob.
     *
     * @param size in bytes
     * @param fileTime the modification time of its file, in milliseconds since the epoch
     * @param linked whether it shares its bytes with the other server's file
     */
    public record Taken(long size, long fileTime, boolean linked) {}

    /** The other server's file cannot be read completely. */
    public static final class UnreadableException extends IOException {
        @Serial
        private static final long serialVersionUID = 1L;

        UnreadableException(IOException cause) {
            super(cause);
        }
    }

    /** @param onFatal runs once when an fsync fails; it must end the process */
    public BlobImporter(DataDirectory directory, Runnable onFatal) throws IOException {
        fsync = Fsync.postponingFolders(onFatal);
        disk = BlobDisk.blocking(directory.temp());
        paths = new BlobPaths(directory.blobs(), fsync);
        store = new BlobFileStore(disk, directory, paths, fsync);
        staging = new StagingFolder(disk, fsync, directory.temp());
        staging.removeOlder(PREFIX, Long.MAX_VALUE);
        fsync.folder(directory.blobs());
    }

    /** Returns the size of a file if its bytes match the blob's hash, or empty. Changes nothing. */
    public static Optional<Long> sizeIfWhole(Path source, Sha256 sha256) throws IOException {
        try (Source in = Source.open(source)) {
            BlobReference found = BlobDigest.read(in, bytes -> {}).blob();
            return found.sha256().equals(sha256) ? Optional.of(found.size()) : Optional.empty();
        }
    }

    /**
     * Imports a blob; its name becomes durable with {@link #finish}.
     *
     * @param link whether to hard-link the file where the file system allows it, instead of copying it
     * @return empty when the source holds other bytes; nothing is imported then
     */
    public Optional<Taken> take(Path source, Sha256 sha256, boolean link) throws IOException {
        Path file = paths.file(sha256);
        if (paths.isPlain(sha256) && Files.isRegularFile(file)) {
            Optional<Long> size = sizeIfWhole(file, sha256);
            if (size.isPresent()) {
                paths.make(sha256);
                paths.force(sha256);
                long fileTime = Files.getLastModifiedTime(file).toMillis();
                return Optional.of(new Taken(size.get(), fileTime, isSame(source, file)));
            }
        }
        return link ? linked(source, sha256) : copied(source, sha256);
    }

    private Optional<Taken> copied(Path source, Sha256 sha256) throws IOException {
        StagedFile copy = staging.create(PREFIX);
        try (Source in = Source.open(source)) {
            ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
            while (in.read(buffer) >= 0) {
                copy.write(buffer.flip());
                buffer.clear();
            }
            BlobReference found = copy.digest().orElseThrow().blob();
            if (!found.sha256().equals(sha256)) {
                return Optional.empty();
            }
            copy.finish();
            PrivateFiles.adopt(copy.path());
            return Optional.of(save(copy, found, false));
        } finally {
            copy.delete();
        }
    }

    private Optional<Taken> linked(Path source, Sha256 sha256) throws IOException {
        StagedFile link = staging.create(PREFIX);
        try {
            Files.createLink(link.path(), source.toRealPath());
        } catch (IOException | UnsupportedOperationException notHere) {
            return copied(source, sha256);
        }
        try {
            // A right to read everything that only the import has does not help the server later.
            if (!Files.isReadable(link.path())) {
                return copied(source, sha256);
            }
            Optional<Long> size = sizeIfWhole(link.path(), sha256);
            return size.isEmpty()
                    ? Optional.empty()
                    : Optional.of(save(link.asFinished(), new BlobReference(sha256, size.get()), true));
        } finally {
            link.delete();
        }
    }

    /** The import writes the row when the file of its database is written. */
    private Taken save(StagedFile staged, BlobReference blob, boolean linked) throws IOException {
        Future<Taken> saved = store.save(
                staged, blob, null, fileTime -> Future.succeededFuture(new Taken(blob.size(), fileTime, linked)));
        if (saved.failed()) {
            throw saved.cause() instanceof IOException failure ? failure : new IOException(saved.cause());
        }
        return saved.result();
    }

    /** Makes the names of all imported blobs durable. */
    public void finish() throws IOException {
        fsync.flush();
    }

    private static boolean isSame(Path source, Path file) throws IOException {
        return Files.isRegularFile(source) && Files.isSameFile(source, file);
    }

    /** A file whose failures are those of the other server. */
    private record Source(FileChannel file) implements ReadableByteChannel {
        static Source open(Path path) throws UnreadableException {
            try {
                return new Source(FileChannel.open(path, StandardOpenOption.READ));
            } catch (IOException failure) {
                throw new UnreadableException(failure);
            }
        }

        @Override
        public int read(ByteBuffer target) throws UnreadableException {
            try {
                return file.read(target);
            } catch (IOException failure) {
                throw new UnreadableException(failure);
            }
        }

        @Override
        public boolean isOpen() {
            return file.isOpen();
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
