package io.verstak.server.storage.sqlite;

import static java.util.Objects.requireNonNull;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.Database;
import io.verstak.server.storage.DatabaseLeasesContract;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SqliteLeasesTest extends DatabaseLeasesContract {
    @TempDir
    Path root;

    private @Nullable DataDirectory directory;

    @BeforeEach
    void openDirectory() {
        directory = DataDirectory.open(root);
    }

    @Override
    protected Database open() {
        return SqliteDatabase.open(vertx, requireNonNull(directory), 2, () -> {});
    }

    @AfterEach
    void closeDirectory() throws IOException {
        requireNonNull(directory).close();
    }
}
