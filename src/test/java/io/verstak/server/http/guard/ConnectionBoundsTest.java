package io.verstak.server.http.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How many connections one address, and all together, may hold open. */
class ConnectionBoundsTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: here\r\n\r\n";

    @Test
    void s37_connections_of_one_address_are_bounded_over_all_event_loops() throws Exception {
        try (GuardedServer server = GuardedServer.echo(new TestLimits().connections(4, 100))) {
            List<RawClient> clients = open(server, 4);
            assertSurplusIsClosed(server);
            // Each way of leaving makes room again: the client's, the server's, a refusal.
            clients.get(0).close();
            clients.get(1).send("GET / HTTP/1.0\r\n\r\n").toEnd();
            clients.get(1).close();
            clients.get(2).send("noise\n").toEnd();
            clients.get(2).close();
            Await.until(() -> server.guard.openConnections() == 1);
            clients.addAll(open(server, 3));
            assertSurplusIsClosed(server);
            close(clients);
            Await.until(() -> server.guard.openConnections() == 0);
        }
    }

    @Test
    void connections_are_bounded_in_total() throws Exception {
        try (GuardedServer server = GuardedServer.echo(new TestLimits().connections(100, 3))) {
            List<RawClient> clients = open(server, 3);
            assertSurplusIsClosed(server);
            close(clients);
        }
    }

    @Test
    void a_trusted_proxy_is_bounded_in_total_only() throws Exception {
        TestLimits limits = new TestLimits().connections(1, 3);
        try (GuardedServer server =
                GuardedServer.with(limits, GuardedServer::echo, address -> address.isLoopbackAddress())) {
            List<RawClient> clients = open(server, 3);
            assertSurplusIsClosed(server);
            close(clients);
            Await.until(() -> server.guard.openConnections() == 0);
        }
    }

    private static List<RawClient> open(GuardedServer server, int count) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            RawClient client = server.connect();
            assertThat(client.send(GET).answer().status()).isEqualTo(200);
            clients.add(client);
        }
        return clients;
    }

    private static void assertSurplusIsClosed(GuardedServer server) throws Exception {
        int before = server.handled.size();
        try (RawClient client = server.connect()) {
            assertThat(client.closedSilently()).isTrue();
        }
        assertThat(server.handled).hasSize(before);
    }

    private static void close(List<RawClient> clients) throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
    }
}
