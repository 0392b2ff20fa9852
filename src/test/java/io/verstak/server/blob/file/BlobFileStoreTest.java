package io.verstak.server.blob.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobBackendContract;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** The folder of a data directory. */
class BlobFileStoreTest extends BlobBackendContract {
    private @Nullable DataDirectory directory;

    private boolean mounted;

    @AfterEach
    void closeDirectory() throws Exception {
        directory().close();
        if (mounted) {
            // Lazily: what still has a file open there ends soon.
            run("umount", "--lazy", folder.resolve("small").toString());
        }
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

    /** A disk of its own. Mounting it takes root: without, this fails rather than pass unseen. */
    @Override
    protected BlobBackend openSmall() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SMALL * 3 / 2, "tmpfs", disk.toString());
        mounted = true;
        directory().close();
        directory = DataDirectory.open(disk);
        return open();
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).inheritIO().start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(String.join(" ", command)).isZero();
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
