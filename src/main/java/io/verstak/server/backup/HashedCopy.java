package io.verstak.server.backup;

import io.verstak.server.backup.Manifest.Part;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Copies files and hashes what passes by. Blocks. */
final class HashedCopy {
    private static final int PIECE = 256 << 10;

    private HashedCopy() {}

    /** Reads a file and says what it holds. */
    static Part read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return drain(in, piece -> {});
        }
    }

    /** What a stream holds, to its end. */
    static Part read(InputStream in) throws IOException {
        return drain(in, piece -> {});
    }

    /** Copies a file, with its time; to be forced to disk by the caller. What root makes belongs to the owner of the model. */
    static Part copyUnforced(Path from, Path to, Path model) throws IOException {
        try (InputStream in = Files.newInputStream(from)) {
            return writeUnforced(in, to, Files.getLastModifiedTime(from), model);
        }
    }

    /** Writes a stream into a new file of 0600; durable when it returns. */
    static Part write(InputStream in, Path to, FileTime time) throws IOException {
        Part part = writeUnforced(in, to, time);
        PrivateFiles.force(to);
        return part;
    }

    /** As {@link #write}; to be forced to disk by the caller. */
    static Part writeUnforced(InputStream in, Path to, FileTime time) throws IOException {
        return writeUnforced(in, to, time, to.resolveSibling(".").normalize());
    }

    private static Part writeUnforced(InputStream in, Path to, FileTime time, Path model) throws IOException {
        Part part;
        try (FileChannel out = FileChannel.open(
                to, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), DataDirectory.filePermissions())) {
            part = drain(in, piece -> {
                while (piece.hasRemaining()) {
                    out.write(piece);
                }
            });
        }
        PrivateFiles.adopt(to, model);
        Files.setLastModifiedTime(to, time);
        return part;
    }

    private interface Sink {
        void take(ByteBuffer piece) throws IOException;
    }

    private static Part drain(InputStream in, Sink sink) throws IOException {
        MessageDigest digest = Sha256.newDigest();
        byte[] piece = new byte[PIECE];
        long size = 0;
        for (int read = in.read(piece); read >= 0; read = in.read(piece)) {
            digest.update(piece, 0, read);
            sink.take(ByteBuffer.wrap(piece, 0, read));
            size += read;
        }
        return new Part(size, Sha256.ofDigest(digest.digest()).hex());
    }

    /** Makes the names in a folder, and in those below it, survive a power cut. */
    static void forceFolders(Path folder) throws IOException {
        try (ForcedFiles folders = new ForcedFiles()) {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    folders.add(each);
                    return FileVisitResult.CONTINUE;
                }
            });
            folders.finish();
        }
    }
}
