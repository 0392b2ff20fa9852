package io.verstak.server.blob.file;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.io.Serial;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * Imports blobs from another server's files, hashed while they are read. Files that an earlier try has placed are kept.
 * Blocks. Safe for several threads, but one blob belongs to one thread.
 */
public final class BlobImporter {
    private static final String PREFIX = "taken-";
    private static final int READ_BYTES = 256 << 10;

    private final BlobPaths folders;
    private final Fsync durability;
    private final Path root;
    private final Path temp;
    private final Set<Path> changed = new ConcurrentSkipListSet<>();

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
        durability = new Fsync(onFatal);
        root = directory.blobs();
        folders = new BlobPaths(root, durability);
        temp = directory.temp();
        dropLeftovers();
    }

    private void dropLeftovers() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temp, PREFIX + "*")) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Returns the size of a file if its bytes match the blob's hash, or empty. Changes nothing. */
    public static Optional<Long> sizeIfWhole(Path source, Sha256 sha256) throws IOException {
        try (FileChannel in = open(source)) {
            return copy(in, null, sha256);
        }
    }

    /**
     * Imports a blob; its name becomes durable with {@link #finish}.
     *
     * @param link whether to hard-link the file where the file system allows it, instead of copying it
     * @return empty when the source holds other bytes; nothing is imported then
     */
    public Optional<Taken> take(Path source, Sha256 sha256, boolean link) throws IOException {
        Path file = folders.file(sha256);
        if (folders.isPlain(sha256) && Files.isRegularFile(file)) {
            Optional<Long> size = sizeIfWhole(file, sha256);
            if (size.isPresent()) {
                note(sha256);
                return Optional.of(new Taken(size.get(), time(file), isSame(source, file)));
            }
        }
        return link ? linked(source, sha256) : copied(source, sha256);
    }

    private Optional<Taken> copied(Path source, Sha256 sha256) throws IOException {
        Path unnamed = temp.resolve(PREFIX + UUID.randomUUID());
        try {
            Optional<Long> size;
            try (FileChannel in = open(source);
                    FileChannel out = FileChannel.open(
                            unnamed,
                            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                            DataDirectory.filePermissions())) {
                size = copy(in, out, sha256);
                if (size.isPresent()) {
                    durability.file(out);
                }
            }
            return size.isEmpty() ? Optional.empty() : Optional.of(place(unnamed, sha256, size.get(), false));
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }

    private Optional<Taken> linked(Path source, Sha256 sha256) throws IOException {
        Path unnamed = temp.resolve(PREFIX + UUID.randomUUID());
        try {
            Files.createLink(unnamed, source.toRealPath());
        } catch (IOException | UnsupportedOperationException notHere) {
            return copied(source, sha256);
        }
        try {
            // A right to read everything that only the import has does not help the server later.
            if (!Files.isReadable(unnamed)) {
                return copied(source, sha256);
            }
            Optional<Long> size = sizeIfWhole(unnamed, sha256);
            return size.isEmpty() ? Optional.empty() : Optional.of(place(unnamed, sha256, size.get(), true));
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }

    private Taken place(Path unnamed, Sha256 sha256, long size, boolean linked) throws IOException {
        Path file = folders.file(sha256);
        makeFolder(outer(sha256));
        makeFolder(inner(sha256));
        if (!linked) {
            PrivateFiles.adopt(unnamed);
        }
        Files.move(unnamed, file, StandardCopyOption.ATOMIC_MOVE);
        note(sha256);
        return new Taken(size, time(file), linked);
    }

    private static void makeFolder(Path folder) throws IOException {
        try {
            Files.createDirectory(folder, DataDirectory.folderPermissions());
            PrivateFiles.adopt(folder);
        } catch (FileAlreadyExistsException there) {
            // Created for another blob, or by an earlier try.
        }
    }

    private Path outer(Sha256 sha256) {
        return root.resolve(sha256.hex().substring(0, 2));
    }

    private Path inner(Sha256 sha256) {
        return outer(sha256).resolve(sha256.hex().substring(2, 4));
    }

    private void note(Sha256 sha256) {
        changed.add(outer(sha256));
        changed.add(inner(sha256));
    }

    /** Makes the names of all imported blobs durable. */
    public void finish() throws IOException {
        for (Path folder : new TreeSet<>(changed)) {
            durability.folder(folder);
        }
        durability.folder(root);
    }

    private static Optional<Long> copy(FileChannel in, @Nullable FileChannel out, Sha256 sha256) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
        long size = 0;
        for (int read = read(in, buffer); read >= 0; read = read(in, buffer)) {
            digest.update(buffer.flip().duplicate());
            while (out != null && buffer.hasRemaining()) {
                out.write(buffer);
            }
            buffer.clear();
            size += read;
        }
        return Sha256.ofDigest(digest.digest()).equals(sha256) ? Optional.of(size) : Optional.empty();
    }

    private static FileChannel open(Path source) throws UnreadableException {
        try {
            return FileChannel.open(source, StandardOpenOption.READ);
        } catch (IOException failure) {
            throw new UnreadableException(failure);
        }
    }

    private static int read(FileChannel in, ByteBuffer buffer) throws UnreadableException {
        try {
            return in.read(buffer);
        } catch (IOException failure) {
            throw new UnreadableException(failure);
        }
    }

    private static boolean isSame(Path source, Path file) throws IOException {
        return Files.isRegularFile(source) && Files.isSameFile(source, file);
    }

    private static long time(Path file) throws IOException {
        return Files.getLastModifiedTime(file).toMillis();
    }
}
