package io.verstak.server.testkit;

import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.domain.Sha256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The bytes of blobs as a server has stored them, in a folder or a bucket: for tests that look at them, or damage them, from beside. */
public abstract class StoredBlobs {
    /** Returns the SHA-256 of all that are stored, in hexadecimal digits. */
    public abstract Set<String> hashes();

    public boolean has(Sha256 blob) {
        return hashes().contains(blob.hex());
    }

    public abstract byte[] read(Sha256 blob);

    /** Puts other bytes in their place, as somebody does who knows nothing of the server. */
    public abstract void replace(Sha256 blob, byte[] bytes);

    /** The same, as a disk does that rots: nothing but the bytes differs, where that is possible. */
    public abstract void rot(Sha256 blob, byte[] bytes);

    public abstract void delete(Sha256 blob);

    private interface Work<T> {
        T run() throws IOException;
    }

    /** In a data directory. */
    static final class Folder extends StoredBlobs {
        private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));

        private final Path blobs;

        Folder(Path data) {
            this.blobs = data.resolve("blobs");
        }

        private Path file(Sha256 blob) {
            String hex = blob.hex();
            return blobs.resolve(hex.substring(0, 2))
                    .resolve(hex.substring(2, 4))
                    .resolve(hex);
        }

        private static <T> T unchecked(Work<T> work) {
            try {
                return work.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public Set<String> hashes() {
            return unchecked(() -> {
                try (Stream<Path> files = Files.walk(blobs)) {
                    return files.filter(Files::isRegularFile)
                            .map(file -> String.valueOf(file.getFileName()))
                            .collect(Collectors.toSet());
                }
            });
        }

        @Override
        public byte[] read(Sha256 blob) {
            return unchecked(() -> Files.readAllBytes(file(blob)));
        }

        @Override
        public void replace(Sha256 blob, byte[] bytes) {
            write(blob, bytes, LONG_AGO);
        }

        @Override
        public void rot(Sha256 blob, byte[] bytes) {
            write(blob, bytes, unchecked(() -> Files.getLastModifiedTime(file(blob))));
        }

        private void write(Sha256 blob, byte[] bytes, FileTime time) {
            unchecked(() -> Files.setLastModifiedTime(Files.write(file(blob), bytes), time));
        }

        @Override
        public void delete(Sha256 blob) {
            unchecked(() -> {
                Files.delete(file(blob));
                return blob;
            });
        }
    }

    /** In a bucket, whose database says which object holds which blob. */
    static final class Bucket extends StoredBlobs {
        private final S3Access access;
        private final TestTables tables;

        Bucket(S3Access access, TestTables tables) {
            this.access = access;
            this.tables = tables;
        }

        private String key(Sha256 blob) {
            return tables.rows("SELECT key FROM objects WHERE sha256 = '" + blob + "'")
                    .get(0);
        }

        @Override
        public Set<String> hashes() {
            Set<String> there = new HashSet<>(TestS3.keys(access));
            return tables.rows("SELECT sha256, key FROM objects").stream()
                    .map(row -> row.split("\\|", -1))
                    .filter(row -> there.contains(row[1]))
                    .map(row -> row[0])
                    .collect(Collectors.toSet());
        }

        @Override
        public byte[] read(Sha256 blob) {
            return TestS3.get(access, key(blob));
        }

        @Override
        public void replace(Sha256 blob, byte[] bytes) {
            TestS3.put(access, key(blob), bytes);
        }

        @Override
        public void rot(Sha256 blob, byte[] bytes) {
            replace(blob, bytes);
        }

        @Override
        public void delete(Sha256 blob) {
            TestS3.delete(access, key(blob));
        }
    }
}
