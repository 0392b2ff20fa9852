package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.blob.BlobBackend;
import io.verstak.server.blob.BlobBackendContract;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.testkit.TestS3;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** A bucket, with the database of a subclass. */
abstract class S3BlobStoreContract extends BlobBackendContract {
    private final S3Access access = TestS3.newPrefix();
    private @Nullable DataDirectory directory;
    private @Nullable Database database;
    private boolean mounted;

    abstract Database openDatabase() throws Exception;

    abstract void closeDatabase(Database database) throws Exception;

    @AfterEach
    void closeDirectory() throws Exception {
        closeDatabase(requireNonNull(database));
        requireNonNull(directory).close();
        if (mounted) {
            // Lazily: what still has a file open there ends soon.
            run("umount", "--lazy", folder.resolve("small").toString());
        }
    }

    private Database database() throws Exception {
        Database open = database;
        if (open == null) {
            open = openDatabase();
            database = open;
        }
        return open;
    }

    private ObjectIndex index() throws Exception {
        return new ObjectIndex(database());
    }

    @Override
    protected void addUpload(String id, long length) throws Exception {
        await(database()
                .run(
                        "INSERT INTO uploads (id, scope_id, user_id, device_id, length, stored, metadata, announced, blob, state,"
                                + " expires_at) VALUES (?, 1, 'user', 'device', ?, 0, '', '', '', 0, 1)",
                        id,
                        length));
    }

    @Override
    protected void removeUpload(String id) throws Exception {
        await(database().run("DELETE FROM uploads WHERE id = ?", id));
    }

    /** Only full parts are in the bucket before. */
    @Override
    protected long forced(long bytes) {
        return 0;
    }

    @Override
    protected BlobBackend open() throws Exception {
        DataDirectory staging = directory;
        if (staging == null) {
            staging = DataDirectory.open(folder.resolve("staging"));
            directory = staging;
        }
        StagedFiles files = new StagedFiles(vertx, staging, () -> {
            throw new AssertionError("an fsync failed");
        });
        return await(S3BlobStore.open(vertx, access, database(), files, "node 1", Clock.systemUTC()));
    }

    /** The disk of the staged files. Mounting it takes root: without, this fails rather than pass unseen. */
    @Override
    protected BlobBackend openSmall() throws Exception {
        Path disk = Files.createDirectory(folder.resolve("small"));
        run("mount", "-t", "tmpfs", "-o", "mode=0700,size=" + SMALL * 3 / 2, "tmpfs", disk.toString());
        mounted = true;
        requireNonNull(directory).close();
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
        byte[] bytes = TestS3.get(access, key(sha256));
        bytes[bytes.length / 2] ^= 1;
        TestS3.put(access, key(sha256), bytes);
    }

    @Override
    protected void lose(Sha256 sha256) throws Exception {
        TestS3.delete(access, key(sha256));
    }

    private String key(Sha256 sha256) throws Exception {
        return await(index().find(sha256)).orElseThrow().key();
    }
}
