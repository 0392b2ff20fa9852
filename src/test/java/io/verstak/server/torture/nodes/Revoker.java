package io.verstak.server.torture.nodes;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.Request;
import io.verstak.server.torture.Client;
import io.verstak.server.torture.Device;
import io.verstak.server.torture.Scope;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pairs devices, uses them at one node, and revokes them at another: from then on no node may serve them. */
final class Revoker extends Client {
    private final PackagedCluster cluster;
    private final Scope scope;
    private final Device self;
    private int round;

    Revoker(PackagedCluster cluster, Scope scope) {
        this.cluster = cluster;
        this.scope = scope;
        this.self = scope.device();
    }

    /** One of the requests of a device, each another one. */
    static Request request(int number, String token) {
        Request request = switch (number % 3) {
            case 0 -> Request.post("/api/v1/sync/pull", "{\"since_sequence\":0,\"page_limit\":1}");
            case 1 -> Request.get("/api/client/me");
            default -> Request.post("/api/v1/sync/push", "{\"ops\":[]}");
        };
        return request.bearer(token);
    }

    /** The answer of a node; nothing if it is down or has failed. */
    static @Nullable Answer ask(int port, Request request) {
        try {
            Answer answer = Http.once(port, request);
            return answer.status() >= 500 ? null : answer;
        } catch (IOException down) {
            return null;
        }
    }

    @Override
    protected void step() {
        Device device = paired();
        if (device == null) {
            return;
        }
        List<Integer> ports = cluster.ports();
        int at = round++ % ports.size();
        for (int port : ports) {
            Answer before = ask(port, request(round, device.token()));
            if (before != null && before.status() != 200) {
                throw new AssertionError("a device that may was refused: " + before);
            }
        }
        Answer revoked = ask(
                ports.get(at), Request.post("/api/client/revoke-current", "").bearer(device.token()));
        if (revoked == null) {
            return; // Nobody knows.
        }
        if (revoked.status() != 200) {
            throw new AssertionError("a device was not revoked: " + revoked);
        }
        for (int port : ports) {
            Answer after = ask(port, request(round, device.token()));
            if (after != null && after.status() != 401) {
                throw new AssertionError("a revoked device was answered: " + after);
            }
            done(after == null ? 0 : 1);
        }
    }

    private @Nullable Device paired() {
        try (Device device = scope.device()) {
            return device;
        } catch (RuntimeException | AssertionError down) {
            return null;
        }
    }

    @Override
    protected Device device() {
        return self;
    }

    @Override
    protected void end() {
        self.close();
    }
}
