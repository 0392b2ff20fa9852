package io.verstak.bench.server;

import io.verstak.server.domain.BlobReference;
import io.verstak.server.domain.Sha256;
import io.verstak.server.domain.TokenHint;
import io.verstak.server.storage.AuditEntry;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.account.UserStore.User;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader.Credential;
import io.verstak.server.storage.sqlite.bulk.AccountBulkLoader.ImportedDevice;
import io.verstak.server.storage.sqlite.bulk.ImportDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server's data directory after years of use: users with devices, vaults with an op and files in them, and ten entries of the
 * audit log for each user. Everything lies in the latest three months. Written through the importer's own fillers while no
 * server runs.
 */
public final class DatasetGenerator {
    private static final long SPAN_MILLIS = TimeUnit.DAYS.toMillis(90);
    private static final int AUDIT_PER_USER = 10;
    private static final int BLOBS = 100;
    private static final long BLOB_BYTES = 1 << 20;
    private static final List<String> TYPES =
            List.of("login", "login_refused", "device_paired", "device_revoked", "vault_exported", "logout");

    private final int users;
    private final long now = System.currentTimeMillis();
    private final OpCodec form = new OpCodec();
    private final ImportDatabase database;

    private DatasetGenerator(int users, ImportDatabase database) {
        this.users = users;
        this.database = database;
    }

    /** Adds them to a home beside the user that it has. */
    public static void fill(ServerHome home, int users) throws IOException {
        try (DataDirectory directory = DataDirectory.open(home.data());
                ImportDatabase database = ImportDatabase.open(Optional.of(directory))) {
            DatasetGenerator crowd = new DatasetGenerator(users, database);
            crowd.blobs();
            for (int number = 0; number < users; number++) {
                crowd.user(number);
            }
            database.records().usage();
            crowd.audit();
            database.complete();
        }
    }

    public static long auditEntries(int users) {
        return (long) users * AUDIT_PER_USER;
    }

    /** How a user's id is made of the number. */
    public static String id(int number) {
        return "%024x".formatted(number * 7919L + 1);
    }

    private void blobs() {
        for (int number = 0; number < BLOBS; number++) {
            database.records().blob(blob(number), now, now);
        }
    }

    private void user(int number) {
        long since = at(number, users);
        String name = "person" + number;
        boolean confirmed = number % 7 != 0;
        boolean blocked = number % 11 == 0;
        database.accounts()
                .user(new User(
                        id(number),
                        name,
                        name + "@mail" + number % 50 + ".example.org",
                        "",
                        confirmed,
                        blocked,
                        0,
                        "",
                        number % 3 == 0 ? null : now - number,
                        since));
        vault(number, 0, since);
        if (number % 5 == 0) {
            vault(number, 1, since);
        } else {
            device(number, 1, "vault-" + number + "-0", since);
        }
    }

    private void vault(int user, int number, long since) {
        String vault = "vault-" + user + "-" + number;
        String device = device(user, number * 2, vault, since);
        long scope = database.accounts().scope(id(user), vault, since);
        OpCodec.Fields op = new OpCodec.Fields("op", "note", "note-1", "create", "{}", "");
        database.log().append(scope, 1, device, form.form(device, op, 0, null, null), since);
        for (int file = 0; file < user % 4; file++) {
            database.records().reference(scope, blob(user + file), since);
        }
    }

    private String device(int user, int number, String vault, long since) {
        String id = "dev_%012x%012x".formatted(number, user);
        String digest = Sha256.of(id.getBytes(StandardCharsets.US_ASCII)).hex();
        database.accounts()
                .device(new ImportedDevice(
                        id,
                        id(user),
                        vault,
                        number == 0 ? "Laptop" : "Phone",
                        "2.4.1",
                        new Credential(digest, new TokenHint("0123abcd", "cdef")),
                        null,
                        now - user,
                        user % 9 == 0 ? now - user : null,
                        since + number));
        return id;
    }

    private void audit() {
        long entries = auditEntries(users);
        for (long number = 0; number < entries; number++) {
            int user = (int) (number % users);
            database.records()
                    .audit(new AuditEntry(
                            TYPES.get((int) (number * 31 % TYPES.size())),
                            id(user),
                            "",
                            "192.0.2." + number % 250,
                            "Something happened.",
                            1,
                            at(number, entries)));
        }
    }

    /** A moment of the three months, the more of them have gone by the higher the number. */
    private long at(long number, long of) {
        return now - SPAN_MILLIS + SPAN_MILLIS * number / of;
    }

    private static BlobReference blob(int number) {
        byte[] content = Integer.toString(number % BLOBS).getBytes(StandardCharsets.US_ASCII);
        return new BlobReference(Sha256.of(content), BLOB_BYTES + number % BLOBS);
    }
}
