package io.verstak.bench.limit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What no upload can beat: SHA-256, write and fsync of a file that is already in memory, in one thread. */
public final class HashWriteFsync {
    private static final int CHUNK = 64 * 1024;

    private HashWriteFsync() {}

    /** Bytes per second for one pass over the file. */
    public static double bytesPerSecond(Path file, Path scratch) throws IOException {
        MessageDigest digest = sha256();
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
        long start = System.nanoTime();
        try (FileChannel in = FileChannel.open(file);
                FileChannel out = FileChannel.open(scratch, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            while (in.read(chunk.clear()) >= 0) {
                digest.update(chunk.flip());
                out.write(chunk.rewind());
            }
            digest.digest();
            out.force(true);
            return in.size() / ((System.nanoTime() - start) / 1e9);
        } finally {
            Files.deleteIfExists(scratch);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new LinkageError("SHA-256 is part of every Java platform", e);
        }
    }
}
