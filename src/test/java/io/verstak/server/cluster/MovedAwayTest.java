package io.verstak.server.cluster;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.MaintenanceStore;
import io.verstak.server.storage.NodeStore.Node;
import io.verstak.server.storage.move.MoveMark;
import io.verstak.server.storage.move.MoveMark.State;
import io.verstak.server.testkit.TestEngine;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A move takes the data while the process of a node is paused. */
class MovedAwayTest {
    @Test
    void a_node_that_goes_on_after_its_data_was_moved_away_ends() throws Exception {
        Vertx vertx = Vertx.vertx();
        try (TestEngine.Store store = TestEngine.POSTGRESQL.open()) {
            CountDownLatch ended = new CountDownLatch(1);
            Node self = new Node("one", "first", "1.0.0", 1, "127.0.0.1:1");
            await(vertx.deployVerticle(new Nodes(store.database(), self, ended::countDown)));
            assertThat(ended.getCount()).isEqualTo(1);

            MoveMark away = new MoveMark(State.AWAY, "", "", "here", "there", "", List.of());
            await(new MaintenanceStore(store.database()).put(MoveMark.NAME, away.text(), 0));

            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            await(vertx.close());
        }
    }
}
