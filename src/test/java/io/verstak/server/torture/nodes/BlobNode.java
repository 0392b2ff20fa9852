package io.verstak.server.torture.nodes;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.blob.BlobDisposal;
import io.verstak.server.blob.BlobService;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.BlobVerdict;
import io.verstak.server.blob.KeyedMutex;
import io.verstak.server.blob.QuotaService;
import io.verstak.server.blob.StoredBlob;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.blob.s3.S3BlobStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.FairPool;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.blob.BlobIndex;
import io.verstak.server.storage.blob.BlobRepository;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.storage.postgresql.PostgresDatabase;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;

/** What a node does with blobs, without HTTP. */
final class BlobNode implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final DataDirectory directory;
    private final PostgresDatabase database;
    private final S3BlobStore store;
    private final BlobStore blobs;
    private final BlobDisposal disposal;

    BlobNode(PostgresAccess access, S3Access bucket, Path folder) {
        directory = DataDirectory.openBeside(folder);
        database = PostgresDatabase.open(vertx, access, 4);
        StagedFiles staging = new StagedFiles(vertx, directory, () -> {
            throw new AssertionError("an fsync failed");
        });
        store = await(S3BlobStore.open(
                vertx, bucket, database, staging, String.valueOf(folder.getFileName()), Clock.systemUTC()));
        Bus bus = new Bus(vertx, Duration.ofSeconds(60));
        BlobIndex index = new BlobIndex(database);
        LimitsConfig limits = ServerConfig.defaults().limits();
        BlobService service = new BlobService(
                bus,
                index,
                new BlobRepository(database),
                store,
                new QuotaService(index, () -> limits),
                FairPool.of(100, 100),
                new KeyedMutex(),
                limits::maxBlobBytes,
                Clock.systemUTC());
        Promise<Void> served = Promise.promise();
        vertx.runOnContext(now -> service.serve(bus).<Void>mapEmpty().onComplete(served));
        await(served.future());
        blobs = bus.client(BlobStore.class);
        disposal = bus.client(BlobDisposal.class);
    }

    Future<StoredBlob> upload(Scope scope, byte[] bytes) {
        return here(() -> blobs.begin(scope, Optional.empty())
                .compose(upload -> upload.write(Buffer.buffer(bytes)).compose(written -> upload.commit())));
    }

    /** Deletes a blob that nobody holds, and what is left of it in the bucket. */
    Future<Integer> cleanUp(Sha256 sha256) {
        return here(() -> disposal.reclaim(sha256, Long.MAX_VALUE - 1).compose(reclaimed -> store.sweep()));
    }

    BlobVerdict check(BlobReference blob) {
        return store.check(blob, bytes -> {});
    }

    private interface Work<T> {
        Future<T> begin();
    }

    private <T> Future<T> here(Work<T> work) {
        Promise<T> done = Promise.promise();
        vertx.runOnContext(now -> work.begin().onComplete(done));
        return done.future();
    }

    @Override
    public void close() throws IOException {
        await(store.close());
        await(database.close());
        await(vertx.close());
        directory.close();
    }
}
