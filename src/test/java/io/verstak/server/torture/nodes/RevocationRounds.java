package io.verstak.server.torture.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.auth.token.Tokens;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Revokes devices and ends sessions at one node, and tries them at the others right after the answer. */
final class RevocationRounds implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    private static final String CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE datname = current_database() AND query LIKE 'LISTEN%'";

    private final PackagedCluster cluster;
    private final List<Http> connections = new ArrayList<>();
    private int devices;
    private int accepted;

    RevocationRounds(PackagedCluster cluster) {
        this.cluster = cluster;
        cluster.postgres().execute("""
                INSERT INTO scopes (user_id, vault_id, log_id, created_at)
                SELECT id, 'revocations', 'log', 0 FROM users WHERE username = '%s'""".formatted(Scope.USER));
    }

    /** Tries so often; in the second half no node hears another one. Returns how often a revoked device was accepted. */
    int devices(int tries) throws IOException {
        int rounds = tries / (PackagedCluster.NODES - 1);
        int before = accepted;
        List<String> tokens = newDevices(rounds);
        for (int round = 0; round < rounds; round++) {
            if (round == rounds / 2) {
                deafen(Wire.State.DEAF);
            } else if (round == rounds * 3 / 4) {
                deafen(Wire.State.OPEN);
            } else if (round > rounds * 3 / 4 && round % 20 == 0) {
                cluster.postgres().execute(CUT);
            }
            revoke(tokens.get(round), round);
        }
        deafen(Wire.State.OPEN);
        return accepted - before;
    }

    private void deafen(Wire.State state) {
        IntStream.range(0, PackagedCluster.NODES)
                .forEach(node -> cluster.database(node).become(state));
    }

    private void revoke(String token, int round) throws IOException {
        int at = round % PackagedCluster.NODES;
        for (int node = 0; node < PackagedCluster.NODES; node++) {
            assertThat(send(node, Revoker.request(round, token)).status()).isEqualTo(200);
        }
        Answer revoked = send(at, Request.post("/api/client/revoke-current", "").bearer(token));
        assertThat(revoked.status()).as(revoked.toString()).isEqualTo(200);
        for (int node = 0; node < PackagedCluster.NODES; node++) {
            if (node != at) {
                refused(send(node, Revoker.request(round, token)));
            }
        }
    }

    private void refused(Answer answer) {
        if (answer.status() == 200) {
            accepted++;
        } else {
            assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
        }
    }

    /** Ends sessions of the user at one node; tries them at the others. Returns how often one was accepted. */
    int sessions(int sessions) throws IOException {
        int before = accepted;
        for (int round = 0; round < sessions; round++) {
            int at = round % PackagedCluster.NODES;
            String login = "{\"username\":\"%s\",\"password\":\"%s\"}".formatted(Scope.USER, Scope.PASSWORD);
            String session = send(at, Request.post("/api/v1/auth/login", login))
                    .json()
                    .required("token")
                    .textValue();
            Request own = Request.get("/api/v1/user/devices").bearer(session);
            for (int node = 0; node < PackagedCluster.NODES; node++) {
                assertThat(send(node, own).status()).isEqualTo(200);
            }
            assertThat(send(at, Request.post("/api/v1/auth/logout", "").bearer(session))
                            .status())
                    .isEqualTo(200);
            for (int node = 0; node < PackagedCluster.NODES; node++) {
                if (node != at) {
                    refused(send(node, own));
                }
            }
        }
        return accepted - before;
    }

    /** Revokes devices that have a stream open at one node and a pull waiting at another; how long those go on. */
    Spread waits(int rounds) throws Exception {
        List<Long> millis = new ArrayList<>();
        for (String token : newDevices(rounds)) {
            try (EventReader stream = EventReader.open(
                            cluster.port(1), Request.get("/api/v1/sync/events").bearer(token));
                    Http waiting = Http.connect(cluster.port(2))) {
                long head = stream.head();
                waiting.write(Request.post("/api/v1/sync/pull", "{\"since_sequence\":" + head + ",\"wait_seconds\":25}")
                        .bearer(token)
                        .bytes());
                // Lets the pull begin to wait.
                send(2, Request.get("/api/client/me").bearer(token));
                CompletableFuture<Long> streamed = CompletableFuture.supplyAsync(() -> {
                    stream.rest();
                    return System.nanoTime();
                });
                CompletableFuture<Long> waited = CompletableFuture.supplyAsync(() -> read(waiting));
                send(0, Request.post("/api/client/revoke-current", "").bearer(token));
                long revokedAt = System.nanoTime();
                for (CompletableFuture<Long> ended : List.of(streamed, waited)) {
                    millis.add(Math.max(
                            0,
                            TimeUnit.NANOSECONDS.toMillis(ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS) - revokedAt)));
                }
            }
        }
        return Spread.of(millis);
    }

    private static long read(Http waiting) {
        try {
            Answer answer = waiting.read();
            assertThat(answer.status()).as(answer.toString()).isEqualTo(401);
            return System.nanoTime();
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
    }

    private Answer send(int node, Request request) throws IOException {
        Answer answer = connections.get(node).send(request);
        if (answer.header("Connection").equalsIgnoreCase("close")) {
            connections.get(node).close();
            connections.set(node, Http.connect(cluster.port(node)));
        }
        return answer;
    }

    /** Pairs devices past the server, which would hash a password for each; returns their tokens. */
    private List<String> newDevices(int count) throws IOException {
        int first = devices;
        devices += count;
        List<String> tokens = IntStream.range(first, devices)
                .mapToObj(number -> "revoked device " + number)
                .toList();
        String rows = IntStream.range(0, count)
                .mapToObj(i -> "('revoked-%s', '%s')"
                        .formatted(first + i, Tokens.digest(tokens.get(i)).hex()))
                .collect(Collectors.joining(", "));
        cluster.postgres().execute("""
                INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix, created_at)
                SELECT v.id, s.user_id, s.id, '', '', v.hash, '', '', 0 FROM scopes s, (VALUES %s) v (id, hash)
                WHERE s.vault_id = 'revocations'""".formatted(rows));
        connect();
        return tokens;
    }

    /** The server closes connections on which nothing is asked. */
    private void connect() throws IOException {
        close();
        for (int port : cluster.ports()) {
            connections.add(Http.connect(port));
        }
    }

    @Override
    public void close() throws IOException {
        for (Http connection : connections) {
            connection.close();
        }
        connections.clear();
    }
}
