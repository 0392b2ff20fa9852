package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.client.Change;
import io.verstak.client.Replica;
import io.verstak.client.SyncServer;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Refused;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two desktops and the packaged server: the main job from end to end, and through crashes. */
class SyncEndToEndIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final long LARGEST_BLOB = 256 << 20;
    private static final int KILLS = 10;
    private static final int WRITERS = 4;

    /** Pushes that are acknowledged between two kills. */
    private static final int PUSHES_PER_ROUND = 60;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void two_desktops_sync_a_vault() {
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("alice", PASSWORD);
            Desktop laptop = Desktop.pair(server::port, "alice", PASSWORD, "main");
            Desktop tower = Desktop.pair(server::port, "ALICE@example.org", PASSWORD, "main");

            for (int i = 0; i < 300; i++) {
                laptop.make(OutboxOp.note("note-" + i, "text " + i));
            }
            laptop.sync();
            tower.sync();
            assertThat(tower.applied()).isEqualTo(laptop.applied()).hasSize(300);
            assertThat(laptop.cursor()).isEqualTo(300);

            laptop.make(OutboxOp.note("note-7", "laptop")).sync();
            tower.make(OutboxOp.note("note-7", "tower").ofType("delete")).sync();
            laptop.make(OutboxOp.note("note-7", "laptop again")).sync();
            tower.pull();
            assertThat(laptop.conflicts()).hasSize(1);
            assertThat(tower.conflicts()).hasSize(1);
            assertThat(tower.applied()).isEqualTo(laptop.applied()).hasSize(303);

            byte[] picture = new byte[3 << 20];
            new Random(1).nextBytes(picture);
            Sha256 sha256 = laptop.blobs().upload("picture.png", picture);
            String payload = "{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(sha256, picture.length);
            laptop.make(OutboxOp.note("", "").on("file", "picture.png").withPayload(payload))
                    .sync();
            tower.pull();
            assertThat(tower.applied().get(303).payloadJson()).isEqualTo(payload);
            assertThat(tower.blobs().download(sha256)).isEqualTo(picture);

            tower.revoke();
            assertThatThrownBy(tower::pull)
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("unauthorized"));
            laptop.make(OutboxOp.note("note-8", "still here")).sync();
            assertThat(laptop.cursor()).isEqualTo(305);
        }
    }

    @Test
    void two_devices_exchange_the_largest_blob_from_file_to_file() throws Exception {
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("alice", PASSWORD);
            SyncServer client = new SyncServer(() -> URI.create("http://127.0.0.1:" + server.port()));
            Replica laptop = new Replica(client, client.pair("alice", PASSWORD, "laptop", "main"));
            Replica tower = new Replica(client, client.pair("alice", PASSWORD, "tower", "main"));
            Path film = largestFile();

            Sha256 sha256 = laptop.blobs().uploadForm(film);
            String payload = "{\"blob\":{\"sha256\":\"%s\",\"size\":%d}}".formatted(sha256, LARGEST_BLOB);
            laptop.change(Change.of("file", "film", "update", payload));
            laptop.push();

            assertThat(tower.pull(Duration.ofSeconds(5)))
                    .singleElement()
                    .satisfies(op -> assertThat(op.payloadJson()).isEqualTo(payload));
            tower.blobs().download(sha256, folder.resolve("copy"));
            assertThat(Files.mismatch(film, folder.resolve("copy"))).isEqualTo(-1);
        }
    }

    private Path largestFile() throws IOException {
        byte[] piece = new byte[1 << 20];
        Random random = new Random(2);
        Path file = folder.resolve("film");
        try (OutputStream out = Files.newOutputStream(file)) {
            for (long left = LARGEST_BLOB; left > 0; left -= piece.length) {
                random.nextBytes(piece);
                out.write(piece);
            }
        }
        return file;
    }

    @Test
    void ten_kills_under_load_lose_no_acknowledged_op_or_blob_and_store_none_twice() throws Exception {
        try (PackagedServer server = PackagedServer.start(folder.resolve("data"))) {
            server.addUser("alice", PASSWORD);
            Desktop reader = Desktop.pair(server::port, "alice", PASSWORD, "main");
            List<LoadWriter> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                writers.add(new LoadWriter(
                        server::port,
                        Desktop.pair(server::port, "alice", PASSWORD, "main").token()));
            }
            writers.forEach(LoadWriter::start);
            LoadUploader uploader = new LoadUploader(Desktop.pair(server::port, "alice", PASSWORD, "main"));
            uploader.start();

            for (int kill = 0; kill < KILLS; kill++) {
                for (LoadWriter writer : writers) {
                    writer.awaitAcknowledged(PUSHES_PER_ROUND / WRITERS);
                }
                uploader.awaitAcknowledged();
                server.kill();
                server.restart();
                reader.pull();
            }
            for (LoadWriter writer : writers) {
                writer.finish();
            }
            uploader.finish();
            reader.pull();

            assertEveryAcknowledgedOpIsThereOnce(reader.applied(), writers);
            Desktop fresh =
                    Desktop.pair(server::port, "alice", PASSWORD, "main").pull();
            assertThat(fresh.applied()).isEqualTo(reader.applied());
            assertThat(uploader.acknowledged()).hasSizeGreaterThan(KILLS);
            uploader.acknowledged().forEach(sha256 -> fresh.blobs().download(sha256));
        }
    }

    private static void assertEveryAcknowledgedOpIsThereOnce(List<PulledOp> log, List<LoadWriter> writers) {
        assertThat(log.stream().map(PulledOp::serverSequence))
                .isEqualTo(LongStream.rangeClosed(1, log.size()).boxed().toList());
        assertThat(log.stream().map(PulledOp::opId)).doesNotHaveDuplicates();

        Map<String, PulledOp> byId = new HashMap<>();
        log.forEach(op -> byId.put(op.opId(), op));
        Map<String, Long> acknowledged = new HashMap<>();
        Map<String, OutboxOp> sent = new HashMap<>();
        for (LoadWriter writer : writers) {
            acknowledged.putAll(writer.acknowledged());
            sent.putAll(writer.sent());
        }
        assertThat(acknowledged.keySet()).isSubsetOf(byId.keySet());
        acknowledged.forEach((opId, sequence) ->
                assertThat(byId.get(opId)).extracting(PulledOp::serverSequence).isEqualTo(sequence));
        assertThat(byId.keySet()).isSubsetOf(sent.keySet());
        assertThat(log)
                .allSatisfy(op -> assertThat(op.payloadJson())
                        .isEqualTo(sent.getOrDefault(op.opId(), OutboxOp.note("", ""))
                                .payloadJson()));
    }
}
