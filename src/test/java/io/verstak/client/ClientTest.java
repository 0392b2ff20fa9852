package io.verstak.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.client.demo.DeviceStats;
import io.verstak.client.demo.Simulation;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The client, against a real server. */
class ClientTest {
    private static final int PATIENCE_SECONDS = 60;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    private static SyncServer client() {
        return new SyncServer(() -> URI.create("http://127.0.0.1:" + SERVER.port()));
    }

    private static PairedDevice pair(SyncServer server, String vault) throws Exception {
        return server.pair("alice", TestServer.PASSWORD, "device", vault);
    }

    @Test
    void sixteen_devices_that_edit_one_vault_at_once_end_equal() throws Exception {
        try (Simulation team =
                Simulation.pair(client(), "bob", TestServer.PASSWORD, "team", 16, Duration.ofMillis(400))) {
            boolean same = team.play(Duration.ofSeconds(6), standings -> {});

            assertThat(same).isTrue();
            long made = team.standings().stream().mapToLong(DeviceStats::made).sum();
            assertThat(team.standings())
                    .hasSize(16)
                    .allSatisfy(device -> assertThat(device.applied()).isEqualTo(made))
                    .allSatisfy(device -> assertThat(device.made()).isPositive());
        }
    }

    @Test
    void what_one_device_changes_another_has() throws Exception {
        SyncServer server = client();
        Replica laptop = new Replica(server, pair(server, "two"));
        Replica tower = new Replica(server, pair(server, "two"));
        for (int i = 0; i < 250; i++) {
            laptop.change(Change.of("note", "n" + i, "update", "{\"i\":" + i + "}"));
        }
        laptop.change(Change.of("note", "n7", Change.DELETE, ""));
        laptop.push();

        assertThat(laptop.waiting()).isZero();
        assertThat(tower.pull(Duration.ofSeconds(20))).hasSize(251);
        laptop.pull(Duration.ZERO);
        assertThat(tower.entities()).hasSize(249).isEqualTo(laptop.entities());
        assertThat(tower.cursor()).isEqualTo(251);
    }

    @Test
    void events_tell_of_news_also_after_a_restart_of_the_server() throws Exception {
        SyncServer server = client();
        Replica replica = new Replica(server, pair(server, "events"));
        BlockingQueue<Long> heads = new LinkedBlockingQueue<>();
        HeadEvents events = HeadEvents.listen(server, replica.device(), heads::add);
        try {
            awaitHead(heads, 0);
            replica.change(Change.of("note", "a", "update", "{}"));
            replica.push();
            awaitHead(heads, 1);

            SERVER.restart();
            replica.change(Change.of("note", "b", "update", "{}"));
            replica.push();
            awaitHead(heads, 2);
        } finally {
            events.close();
        }
    }

    private static void awaitHead(BlockingQueue<Long> heads, long wanted) throws InterruptedException {
        Long head = heads.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        while (head != null && head < wanted) {
            head = heads.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertThat(head).isEqualTo(wanted);
    }

    @Test
    void a_file_goes_up_once_and_comes_down_whole() throws Exception {
        SyncServer server = client();
        Replica laptop = new Replica(server, pair(server, "files"));
        Replica tower = new Replica(server, pair(server, "files"));
        byte[] bytes = new byte[3_000_001];
        new Random(5).nextBytes(bytes);
        Path file = Files.write(folder.resolve("picture"), bytes);

        Sha256 sha256 = laptop.blobs().upload(file);
        assertThat(tower.blobs().upload(file)).isEqualTo(sha256).isEqualTo(Sha256.of(bytes));
        tower.blobs().download(sha256, folder.resolve("copy"));

        assertThat(folder.resolve("copy")).hasBinaryContent(bytes);
        assertThat(folder.resolve("copy.part")).doesNotExist();
        assertThatThrownBy(() -> tower.blobs().download(Sha256.of(new byte[1]), folder.resolve("none")))
                .isInstanceOf(RefusedException.class);
        assertThat(folder.resolve("none.part")).doesNotExist();
    }

    @Test
    void a_revoked_device_is_told_so() throws Exception {
        SyncServer server = client();
        PairedDevice device = pair(server, "main");
        server.revoke(device);
        assertThatThrownBy(() -> new Replica(server, device).pull(Duration.ZERO))
                .isInstanceOfSatisfying(RefusedException.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(401);
                    assertThat(refusal.code()).isEqualTo("unauthorized");
                });
    }
}
