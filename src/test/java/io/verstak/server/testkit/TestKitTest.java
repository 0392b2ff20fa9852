package io.verstak.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestKitTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @Test
    void two_desktops_reach_the_same_log_also_across_a_restart() {
        try (TestServer server = TestServer.start()) {
            server.addUser("alice");
            try (Desktop one = server.pair("alice", "main");
                    Desktop other = server.pair("alice", "main")) {
                one.make(OutboxOp.note("n1", "hello")).sync();
                server.restart();
                other.make(OutboxOp.note("n2", "world")).sync();
                one.pull();

                assertThat(one.outbox()).isEmpty();
                assertThat(one.applied()).isEqualTo(other.applied()).hasSize(2);
            }
        }
    }
}
