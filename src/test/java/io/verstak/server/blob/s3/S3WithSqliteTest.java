package io.verstak.server.blob.s3;

import static io.verstak.server.testkit.Futures.await;
import static java.util.Objects.requireNonNull;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A bucket beside the embedded database. */
class S3WithSqliteTest extends S3BlobStoreContract {
    private @Nullable DataDirectory data;

    @Override
    Database openDatabase() throws IOException {
        data = DataDirectory.open(folder.resolve("data"));
        return SqliteDatabase.open(vertx, data, 2, () -> {});
    }

    @Override
    void closeDatabase(Database database) throws IOException {
        await(database.close());
        requireNonNull(data).close();
    }
}
