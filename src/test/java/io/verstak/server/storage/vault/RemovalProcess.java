package io.verstak.server.storage.vault;

import static io.verstak.server.testkit.Futures.await;

import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A process that removes the deleted vaults of a data directory. After each of its transactions it prints a line, and waits for a byte, or
 * for the end of its input.
 */
final class RemovalProcess {
    static final long NOW = 2_000_000_000_000L;

    private RemovalProcess() {}

    /** @param arguments the data directory */
    public static void main(String[] arguments) throws IOException {
        Vertx vertx = Vertx.vertx();
        try (DataDirectory directory = DataDirectory.open(Path.of(arguments[0]))) {
            SqliteDatabase database = SqliteDatabase.open(vertx, directory, 1, () -> {});
            VaultDeletionStore store = new VaultDeletionStore(database);
            for (VaultDeletionStore.Target vault : await(store.due(NOW, 10))) {
                await(store.remove(vault, new AuditEntry("vault_removed", vault.userId(), "", "", "", 1, NOW)));
                pause("removed");
            }
            OrphanedVaultCleaner cleaner = new OrphanedVaultCleaner(database);
            while (await(cleaner.deleteSlice()) > 0) {
                pause("slice");
            }
            await(database.close());
        }
        await(vertx.close());
    }

    private static void pause(String line) throws IOException {
        System.out.println(line);
        int permission = System.in.read();
        assert permission <= 0xff;
    }
}
