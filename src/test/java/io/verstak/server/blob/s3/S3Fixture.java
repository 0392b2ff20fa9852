package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.blob.StagedBlob;
import io.verstak.server.blob.file.StagedFiles;
import io.verstak.server.domain.BlobReference;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.blob.ObjectIndex;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** A server's parts that store blobs in a bucket, with the embedded database. */
final class S3Fixture implements AutoCloseable {
    private static final int PIECE = 64 << 10;

    final Vertx vertx = Vertx.vertx();
    final MutableClock clock = new MutableClock();
    final Path data;
    final Database database;
    final ObjectIndex index;
    private final DataDirectory directory;
    private Duration advanced = Duration.ZERO;

    S3Fixture(Path data) throws IOException {
        this.data = data;
        directory = DataDirectory.open(data);
        database = SqliteDatabase.open(vertx, directory, 2, () -> {});
        index = new ObjectIndex(database);
    }

    /** Moves the clock of the database, not that of this node. */
    void advance(Duration by) {
        advanced = advanced.plus(by);
        TestDatabase.execute(
                data.resolve("server.db"),
                "DROP VIEW database_clock",
                "CREATE VIEW database_clock AS"
                        + " SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) + " + advanced.toMillis()
                        + " AS millis");
    }

    /** Opens the store of a node. */
    S3BlobStore open(S3Access access) {
        return await(opening(access));
    }

    Future<S3BlobStore> opening(S3Access access) {
        StagedFiles staging = new StagedFiles(vertx, directory, () -> {
            throw new AssertionError("an fsync failed");
        });
        return S3BlobStore.open(vertx, access, database, staging, "node 1", clock);
    }

    static StagedBlob stage(S3BlobStore store, byte[] bytes) {
        StagedBlob staged = store.stage();
        for (int from = 0; from < bytes.length; from += PIECE) {
            await(staged.append(new ByteBuffer[] {ByteBuffer.wrap(bytes, from, Math.min(PIECE, bytes.length - from))}));
        }
        return staged;
    }

    static Future<BlobReference> saving(S3BlobStore store, byte[] bytes) {
        StagedBlob staged = stage(store, bytes);
        BlobReference blob = staged.digest().orElseThrow().blob();
        return store.save(staged, blob, null, fileTime -> Future.succeededFuture(blob));
    }

    static BlobReference save(S3BlobStore store, byte[] bytes) {
        return await(saving(store, bytes));
    }

    /** Returns the body of an answer with a range of a blob. Fails if the answer breaks off. */
    byte[] download(S3BlobStore store, BlobReference blob, long from, long length) {
        HttpServer server = await(vertx.createHttpServer()
                .requestHandler(request -> {
                    request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(length));
                    store.open(blob)
                            .compose(content -> content.send(request.response(), from, length))
                            .onFailure(failure -> request.connection().close());
                })
                .listen(0, "127.0.0.1"));
        HttpClient client = vertx.createHttpClient();
        try {
            return await(client.request(HttpMethod.GET, server.actualPort(), "127.0.0.1", "/")
                            .compose(HttpClientRequest::send)
                            .compose(HttpClientResponse::body))
                    .getBytes();
        } finally {
            await(client.close().eventually(server::close));
        }
    }

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        await(database.close());
        await(vertx.close());
        directory.close();
    }
}
