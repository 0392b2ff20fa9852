package io.verstak.server.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.storage.postgresql.PostgresAccess;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TestKitTest {
    private static final String STARTUP = "\0\0\0\u0017\0\3\0\0user\0postgres\0\0";

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

    /** The log of the server must not tell of connections that are not the server's. */
    @Test
    void a_reset_of_a_connection_through_a_proxy_is_not_an_error_of_the_server() throws IOException {
        PostgresAccess database = TestPostgres.newDatabase();
        try (PostgresProxy proxy = new PostgresProxy()) {
            URI address = URI.create(proxy.before(database).url());
            for (int i = 0; i < 20; i++) {
                try (Socket socket = new Socket(address.getHost(), address.getPort())) {
                    socket.getOutputStream().write(STARTUP.getBytes(StandardCharsets.ISO_8859_1));
                    assertThat(socket.getInputStream().read()).isEqualTo('R');
                    // Closing sends RST, not FIN.
                    socket.setSoLinger(true, 0);
                }
            }
        }
    }
}
