package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.NodeStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node is started again right after its process was killed: its row is as fresh as that of one that runs. */
class IncarnationTest {
    /** Less than the two beats of a node that one with another name would wait for. */
    private static final int AT_ONCE_SECONDS = 10;

    @TempDir
    Path root;

    @Test
    void a_killed_node_takes_its_name_again_at_once() throws Exception {
        Incarnation killed = incarnation(root.resolve("data"));
        Incarnation next = incarnation(root.resolve("data"));
        assertThat(next).isNotEqualTo(killed);
        Vertx vertx = Vertx.vertx();
        try (TestEngine.Store store = TestEngine.POSTGRESQL.open()) {
            NodeStore nodes = new NodeStore(store.database());
            await(nodes.beat(new Node("one", killed.toString(), "1.0.0", 1, "127.0.0.1:1")));

            NodeRequirements.ownName(vertx, nodes, "one", next).await(AT_ONCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void a_node_on_another_directory_does_not_pass_for_a_killed_one() throws Exception {
        Incarnation other = incarnation(root.resolve("other"));

        assertThat(incarnation(root.resolve("data")).isOfSamePlace(other.toString()))
                .isFalse();
    }

    @Test
    void a_copy_of_the_directory_on_another_machine_does_not_pass_for_its_node() throws Exception {
        Incarnation here = incarnation(root.resolve("data"));
        Path file = root.resolve("data").resolve("place");
        Files.writeString(file, here.place() + " boot-of-another-machine\n");

        assertThat(incarnation(root.resolve("data")).isOfSamePlace(here.toString()))
                .isFalse();
    }

    private static Incarnation incarnation(Path data) throws Exception {
        try (DataDirectory directory = DataDirectory.openBeside(data)) {
            return Incarnation.on(directory);
        }
    }
}
