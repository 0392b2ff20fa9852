package io.verstak.server.storage.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.Scope;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.Push;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.testkit.TestPostgres;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Makes pushes, and reads what the tables of a log hold after them. */
final class LogOfNodes {
    private static final HexFormat HEX = HexFormat.of();

    private LogOfNodes() {}

    static DeviceIdentity device(String id, long scope) {
        return new DeviceIdentity(id, new Scope(scope, "user", "vault"));
    }

    /** Returns a push of ops on two entities, whose ids begin with a name. */
    static Push push(DeviceIdentity device, String name, int ops, long lastSeen) {
        OpCodec codec = new OpCodec();
        List<EncodedOp> encoded = IntStream.range(0, ops)
                .mapToObj(i -> codec.form(
                        device.deviceId(),
                        new OpCodec.Fields(name + " " + i, "note", "n" + i % 2, "upsert", "{}", "2026-01-01"),
                        lastSeen,
                        null,
                        null))
                .toList();
        return new Push(device, "", "", encoded, null);
    }

    /**
     * Checks that the sequences of a log are dense, that its chain is unbroken and ends as the scope says, and that each op has a row of keys
     * that names the op before it by another device. Returns the ids of the ops.
     */
    static List<String> check(PostgresAccess access, long scope) {
        MessageDigest digest = Sha256.newDigest();
        byte[] chain = new byte[Sha256.BYTES];
        List<String> ids = new ArrayList<>();
        List<String> keys = new ArrayList<>();
        Map<Long, long[]> tails = new HashMap<>();
        for (String chunk : TestPostgres.rows(
                access,
                "SELECT last_seq, encode(chain, 'hex'), encode(head, 'hex'), encode(body, 'hex') FROM chunks WHERE scope_id = "
                        + scope + " ORDER BY last_seq")) {
            String[] columns = chunk.split("\\|", -1);
            ChunkHead head = new ChunkHead(Long.parseLong(columns[0]), HEX.parseHex(columns[2]));
            byte[] body = HEX.parseHex(columns[3]);
            assertThat(head.firstMisplaced(body)).isEqualTo(-1);
            for (int i = 0; i < head.ops(); i++) {
                StoredOp op = StoredOp.of(head, i, body);
                ids.add(op.header().opId());
                assertThat(op.sequence()).isEqualTo(ids.size());
                chain = ScopeTail.link(digest, chain, scope, op.sequence(), op.deviceKey(), op.members());
                keys.add(op.sequence() + "|" + head.opKey(i) + "|" + head.entityKey(i) + "|" + op.deviceKey() + "|"
                        + before(tails, head.entityKey(i), op));
            }
            assertThat(HEX.formatHex(chain)).isEqualTo(columns[1]);
        }
        assertThat(TestPostgres.rows(
                        access,
                        "SELECT head, counter, operations, encode(chain, 'hex') FROM scopes WHERE id = " + scope))
                .containsExactly(ids.size() + "|" + ids.size() + "|" + ids.size() + "|" + HEX.formatHex(chain));
        assertThat(TestPostgres.rows(
                        access,
                        "SELECT seq, op_key, entity_key, device_key, prev_other FROM op_keys WHERE scope_id = " + scope
                                + " ORDER BY seq"))
                .isEqualTo(keys);
        return ids;
    }

    /** Returns the last sequence of another device on the entity, and notes the op. A tail: sequence, device, that of another device. */
    private static long before(Map<Long, long[]> tails, long entity, StoredOp op) {
        long[] tail = tails.getOrDefault(entity, new long[3]);
        long other = tail[1] == op.deviceKey() ? tail[2] : tail[0];
        tails.put(entity, new long[] {op.sequence(), op.deviceKey(), other});
        return other;
    }
}
