package io.verstak.server.storage.postgresql;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.LogPage;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.PushResult;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestPostgres;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Both engines are asked the same, and answer the same, byte for byte. */
class LogEnginesTest {
    private static final long SEED = 20261130;
    private static final int GROUPS = 60;
    private static final int VAULTS = 3;
    private static final String VAULT =
            "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('user', 'vault %s', 'log', 0)";

    @TempDir
    Path root;

    private final Random random = new Random(SEED);
    private final OpCodec codec = new OpCodec();
    private final List<Push> pushed = new ArrayList<>();
    private int ops;

    @Test
    void both_engines_give_the_same_answers_pages_and_chains() {
        Vertx vertx = Vertx.vertx();
        PostgresAccess access = TestPostgres.newDatabase();
        DataDirectory directory = DataDirectory.open(root);
        SqliteDatabase sqlite = SqliteDatabase.open(vertx, directory, 1, () -> {});
        PostgresDatabase postgres = PostgresDatabase.open(vertx, access, 1);
        PostgresScopes.addDevices(access, "d0", "d1", "d2");
        for (int i = 1; i <= VAULTS; i++) {
            TestDatabase.execute(directory.database(), VAULT.formatted(i));
            TestPostgres.execute(access, VAULT.formatted(i));
        }
        try (OpLog one = sqlite.openLog(1, Clock.systemUTC(), Duration.ofHours(1));
                OpLog other = postgres.openLog(1, 1, Clock.systemUTC(), Duration.ofHours(1))) {
            for (int i = 0; i < GROUPS; i++) {
                List<Push> group = group();
                List<PushResult> expected = one.commit(group);
                List<PushResult> results = other.commit(group);
                assertThat(results.stream().map(LogEnginesTest::text).toList())
                        .isEqualTo(expected.stream().map(LogEnginesTest::text).toList());
                while (one.upkeep()) {
                    // Merged chunks say the same.
                }
                comparePages(one, other);
            }
        }
        String chains = "SELECT id, head, counter, operations, %s FROM scopes ORDER BY id";
        assertThat(TestPostgres.rows(access, chains.formatted("upper(encode(chain, 'hex'))")))
                .isEqualTo(TestDatabase.rows(directory.database(), chains.formatted("hex(chain)")));
        await(sqlite.close());
        await(postgres.close());
        await(vertx.close());
    }

    private void comparePages(OpLog one, OpLog other) {
        DeviceIdentity device = LogOfNodes.device("d0", 1L + random.nextInt(VAULTS));
        long cursor = random.nextInt(1 + ops);
        int maxOps = 1 + random.nextInt(40);
        int maxBytes = 100 + random.nextInt(4000);
        LogPage expected = one.read(device, cursor, maxOps, maxBytes);
        assertThat(other.read(device, cursor, maxOps, maxBytes)).isEqualTo(expected);
        assertThat(other.lines(device.scope().id(), cursor, maxBytes))
                .usingRecursiveComparison()
                .isEqualTo(one.lines(device.scope().id(), cursor, maxBytes));
    }

    /** Pushes with new ops on few entities, ops that are known, changed ones, and whole pushes again. */
    private List<Push> group() {
        List<Push> group = new ArrayList<>();
        for (int i = random.nextInt(6); i >= 0; i--) {
            group.add(random.nextInt(5) == 0 && !pushed.isEmpty() ? pushed.get(random.nextInt(pushed.size())) : push());
        }
        pushed.addAll(group);
        return group;
    }

    private Push push() {
        DeviceIdentity device = LogOfNodes.device("d" + random.nextInt(3), 1L + random.nextInt(VAULTS));
        List<EncodedOp> some = new ArrayList<>();
        for (int i = random.nextInt(12); i >= 0; i--) {
            boolean known = random.nextInt(20) == 0;
            String id = "op " + (known ? random.nextInt(1 + ops) : ops++);
            String entity = "n" + random.nextInt(8);
            OpCodec.Fields fields =
                    new OpCodec.Fields(id, "note", entity, "upsert", "x".repeat(random.nextInt(200)), "2026-01-01");
            some.add(codec.form(device.deviceId(), fields, random.nextInt(1 + ops / 3), null, null));
        }
        String key = random.nextInt(4) == 0 ? "key " + random.nextInt(20) : "";
        return new Push(device, key, key.isEmpty() ? "" : "digest " + ops, some, null);
    }

    private static String text(PushResult result) {
        return result instanceof PushResult.Accepted accepted
                ? accepted.head() + new String(accepted.json(), StandardCharsets.UTF_8)
                : String.valueOf(((PushResult.Refused) result).reason().code());
    }
}
