package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.GoServer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A team's whole history, of each generation: every old token syncs on, with nothing twice and nothing missing. */
class ImportedTeamTest {
    private static final int OPS = 40_000;
    private static final int BLOBS = 500;
    private static final int USERS = 20;
    private static final int DEVICES_PER_VAULT = 2;
    private static final int RETRIED = 50;

    private final Random random = new Random(42);
    private final List<Vault> vaults = new ArrayList<>();

    /** A vault, who writes to it, and its log. */
    private record Vault(
            String userId, String vaultId, List<Member> members, TreeMap<Long, OutboxOp> log, List<Sha256> blobs) {}

    private record Member(String deviceId, String token, boolean plainKey) {}

    @Test
    void a_team_of_the_second_generation_goes_on(@TempDir Path folder) throws Exception {
        Takeover takeover = Takeover.in(folder);
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            fill(go, 2);
        }
        goesOn(takeover);
    }

    @Test
    void a_team_of_the_first_generation_goes_on(@TempDir Path folder) throws Exception {
        Takeover takeover = Takeover.in(folder);
        try (GoServer go = GoServer.ofFirstGeneration(takeover.from())) {
            fill(go, 1);
        }
        goesOn(takeover);
    }

    private void fill(GoServer go, int vaultsPerUser) {
        for (int user = 0; user < USERS; user++) {
            String userId = "%024x".formatted(user);
            go.user(userId, "user" + user, "user" + user + "@example.org");
            for (int vault = 0; vault < vaultsPerUser; vault++) {
                vaults.add(vault(go, userId, vault == 0 ? "" : "vault-" + vault));
            }
        }
        List<Sha256> blobs = new ArrayList<>();
        for (int i = 0; i < BLOBS; i++) {
            byte[] bytes = ByteBuffer.allocate(1000 + i).putInt(i).array();
            blobs.add(go.blob(bytes));
        }
        long sequence = 0;
        for (int i = 0; i < OPS; i++) {
            // One count for all vaults, and numbers that nobody ever got: gaps everywhere.
            sequence += i % 7 == 0 ? 4 : 1;
            Vault vault = vaults.get(random.nextInt(vaults.size()));
            Member member = vault.members().get(random.nextInt(DEVICES_PER_VAULT));
            OutboxOp op = i < BLOBS
                    ? file(blobs.get(i), 1000 + i)
                    : OutboxOp.note("note-" + random.nextInt(500), "text " + i);
            if (i < BLOBS) {
                hold(go, vault, blobs.get(i), 1000 + i, vaultsPerUser > 1);
            }
            vault.log().put(sequence, op);
            go.op(sequence, vault.userId(), vault.vaultId(), member.deviceId(), op);
        }
    }

    private Vault vault(GoServer go, String userId, String vaultId) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < DEVICES_PER_VAULT; i++) {
            boolean plainKey = i == 0;
            Member member = new Member(
                    "dev_%024x".formatted(random.nextLong()),
                    Long.toHexString(random.nextLong()).repeat(4),
                    plainKey);
            if (plainKey) {
                go.keyDevice(member.deviceId(), userId, vaultId, member.token());
            } else {
                go.device(member.deviceId(), userId, vaultId, member.token());
            }
            members.add(member);
        }
        return new Vault(userId, vaultId, members, new TreeMap<>(), new ArrayList<>());
    }

    private static void hold(GoServer go, Vault vault, Sha256 blob, long size, boolean references) {
        vault.blobs().add(blob);
        if (references) {
            String vaultId = vault.vaultId().isEmpty() ? "legacy:" + vault.userId() : vault.vaultId();
            go.reference(vault.userId(), vaultId, blob, size);
        }
    }

    private static OutboxOp file(Sha256 blob, long size) {
        return OutboxOp.note("f", "")
                .on("file", blob.hex())
                .withPayload("{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(blob, size));
    }

    private void goesOn(Takeover takeover) throws Exception {
        Map<String, String> before = Takeover.state(takeover.from());

        CommandLineRun run = takeover.run("--json");

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.json().at("/counts/operations/imported").asInt()).isEqualTo(OPS);
        assertThat(run.json().at("/counts/blobs/imported").asInt()).isEqualTo(BLOBS);
        assertThat(run.json().at("/counts/blob_references/imported").asInt()).isEqualTo(BLOBS);
        assertThat(Takeover.state(takeover.from())).isEqualTo(before);
        try (TestServer server = takeover.serve()) {
            for (Vault vault : vaults) {
                for (Member member : vault.members()) {
                    syncsOn(server, vault, member);
                }
            }
        }
        assertThat(takeover.verify()).isZero();
    }

    private void syncsOn(TestServer server, Vault vault, Member member) {
        List<Long> sequences = List.copyOf(vault.log().keySet());
        long cursor = sequences.get(random.nextInt(sequences.size()));
        try (Desktop desktop = Desktop.paired(server::port, member.deviceId(), member.token(), cursor)) {
            Map<Long, String> expected = new TreeMap<>();
            vault.log().tailMap(cursor, false).forEach((sequence, op) -> expected.put(sequence, text(op)));
            Map<Long, String> pulled = new TreeMap<>();
            desktop.pull()
                    .applied()
                    .forEach(op -> assertThat(pulled.put(op.serverSequence(), text(op)))
                            .isNull());
            assertThat(pulled).isEqualTo(expected);

            Map<Long, OutboxOp> retried = new TreeMap<>();
            vault.log().entrySet().stream().limit(RETRIED).forEach(op -> retried.put(op.getKey(), op.getValue()));
            JsonNode answer =
                    desktop.call("/api/v1/sync/push", Desktop.pushBody(List.copyOf(retried.values()), cursor));
            assertThat(answer.get("sequences"))
                    .extracting(JsonNode::asLong)
                    .containsExactlyElementsOf(retried.keySet());

            OutboxOp fresh = OutboxOp.note("fresh", member.deviceId());
            desktop.make(fresh).push();
            long next = vault.log().lastKey() + 1;
            vault.log().put(next, fresh);
            assertThat(desktop.pull().cursor()).isEqualTo(next);
            vault.blobs().forEach(desktop.blobs()::download);
        }
    }

    private static String text(OutboxOp op) {
        return String.join(
                "|", op.opId(), op.entityType(), op.entityId(), op.opType(), op.payloadJson(), op.createdAt());
    }

    private static String text(PulledOp op) {
        return String.join(
                "|", op.opId(), op.entityType(), op.entityId(), op.opType(), op.payloadJson(), op.createdAt());
    }
}
