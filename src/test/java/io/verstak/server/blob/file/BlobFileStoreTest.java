package io.verstak.server.blob.file;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobBackendContract;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The folder of a data directory. */
class BlobFileStoreTest extends BlobBackendContract {
    private @Nullable DataDirectory directory;

    @AfterEach
    void closeDirectory() throws Exception {
        directory().close();
    }

    private DataDirectory directory() {
        DataDirectory open = directory;
        if (open == null) {
            open = DataDirectory.open(folder.resolve("data"));
            directory = open;
        }
        return open;
    }

    @Override
    protected BlobBackend open() {
        return new BlobFileStore(vertx, directory(), () -> {
            throw new AssertionError("an fsync failed");
        });
    }

    @Override
    protected void damage(Sha256 sha256) throws Exception {
        Path file = file(sha256);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    }

    @Override
    protected void lose(Sha256 sha256) throws Exception {
        Files.delete(file(sha256));
    }

    private Path file(Sha256 sha256) {
        return DataDirectory.blobFile(directory().blobs(), sha256);
    }
}
