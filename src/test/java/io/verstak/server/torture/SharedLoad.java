package io.verstak.server.torture;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Writers and a reader for each of some vaults, each call to the next of several nodes; and what they have seen: a number of a log is that
 * of one op for ever, whoever says so.
 */
final class SharedLoad {
    private static final int WRITERS = 6;
    private static final int OPS = 5;
    private static final List<String> VAULTS = List.of("red", "blue");
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final List<PackagedServer> nodes;
    private final List<Seen> vaults = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();
    private final AtomicLong longestNanos = new AtomicLong();

    /** What was seen of a vault. */
    static final class Seen {
        private final String vault;
        private final Map<Long, String> ops = new ConcurrentHashMap<>();
        private final Map<Long, String> acknowledged = new ConcurrentSkipListMap<>();
        private final Map<Long, String> pulled = new ConcurrentSkipListMap<>();

        Seen(String vault) {
            this.vault = vault;
        }

        private void see(long sequence, String opId) {
            String before = ops.putIfAbsent(sequence, opId);
            if (before != null && !before.equals(opId)) {
                throw new AssertionError(
                        "%s: number %s was given to %s and to %s".formatted(vault, sequence, before, opId));
            }
        }
    }

    private SharedLoad(List<PackagedServer> nodes) {
        this.nodes = nodes;
        VAULTS.forEach(vault -> vaults.add(new Seen(vault)));
        for (int i = 0; i < WRITERS; i++) {
            clients.add(new Pushing(vaults.get(i % VAULTS.size()), i));
        }
        vaults.forEach(seen -> clients.add(new Pulling(seen)));
    }

    /** Lets all begin; the user is there. */
    static SharedLoad on(List<PackagedServer> nodes) {
        SharedLoad load = new SharedLoad(nodes);
        load.clients.forEach(Client::start);
        return load;
    }

    /** A device with a connection to each node; each call goes to the next. */
    private final class Roaming {
        private final List<Device> devices = new ArrayList<>();
        private int next;

        Roaming(String vault) {
            try (Desktop desktop = pair(vault)) {
                nodes.forEach(node -> devices.add(new Device(node::port, desktop.id(), desktop.token())));
            }
        }

        private Desktop pair(String vault) {
            return Desktop.pair(nodes.get(0)::port, Scope.USER, Scope.PASSWORD, vault);
        }

        Device device() {
            return devices.get(next % devices.size());
        }

        /** Returns what was answered with 200; null: it is to be tried again. */
        @Nullable
        JsonNode call(String path, String body) {
            Device device = devices.get(next++ % devices.size());
            Answer answer = device.connected() ? device.send(Request.post(path, body)) : null;
            if (answer != null && answer.status() != 200 && answer.status() != 503) {
                throw new AssertionError(path + ": " + answer);
            }
            if (answer == null || answer.status() == 503) {
                LockSupport.parkNanos(PAUSE_NANOS);
                return null;
            }
            return answer.json();
        }

        void close() {
            devices.forEach(Device::close);
        }
    }

    private final class Pushing extends Client {
        private final Seen seen;
        private final Roaming roaming;
        private final int number;
        private List<OutboxOp> waiting = List.of();
        private long made;
        private long begun;

        Pushing(Seen seen, int number) {
            this.seen = seen;
            this.number = number;
            this.roaming = new Roaming(seen.vault);
        }

        @Override
        protected void step() {
            if (waiting.isEmpty()) {
                waiting = new ArrayList<>();
                for (int i = 0; i < OPS; i++) {
                    waiting.add(OutboxOp.note("n" + made % 50, "text").withId(number + "-" + made++));
                }
                begun = System.nanoTime();
            }
            JsonNode answer = roaming.call(
                    "/api/v1/sync/push", Desktop.pushBody(waiting, 0).toString());
            if (answer != null) {
                for (int i = 0; i < waiting.size(); i++) {
                    long sequence = answer.required("sequences").get(i).longValue();
                    seen.see(sequence, waiting.get(i).opId());
                    seen.acknowledged.put(sequence, waiting.get(i).opId());
                }
                longestNanos.accumulateAndGet(System.nanoTime() - begun, Math::max);
                done(waiting.size());
                waiting = List.of();
            }
        }

        @Override
        protected void end() {
            roaming.close();
        }

        @Override
        protected Device device() {
            return roaming.device();
        }
    }

    /** Follows a log from its beginning, by pulls that wait. */
    private final class Pulling extends Client {
        private final Seen seen;
        private final Roaming roaming;
        private long cursor;

        Pulling(Seen seen) {
            this.seen = seen;
            this.roaming = new Roaming(seen.vault);
        }

        @Override
        protected void step() {
            JsonNode page = roaming.call("/api/v1/sync/pull", "{\"since_sequence\":" + cursor + ",\"wait_seconds\":2}");
            if (page == null) {
                return;
            }
            for (JsonNode op : page.required("ops")) {
                long sequence = op.required("server_sequence").longValue();
                if (sequence <= cursor) {
                    throw new AssertionError(seen.vault + ": " + sequence + " came after " + cursor);
                }
                cursor = sequence;
                seen.see(sequence, op.required("op_id").textValue());
                seen.pulled.put(sequence, op.required("op_id").textValue());
            }
        }

        @Override
        protected void end() {
            roaming.close();
        }

        @Override
        protected Device device() {
            return roaming.device();
        }
    }

    long acknowledgedOps() {
        return clients.stream().mapToLong(Client::acknowledged).sum();
    }

    /** Waits until so many more ops were acknowledged. */
    void awaitOps(long more) {
        long goal = acknowledgedOps() + more;
        await("only " + more + " more ops", () -> acknowledgedOps() >= goal);
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        long begun = System.nanoTime();
        while (!condition.holds()) {
            clients.forEach(Client::requireWell);
            if (System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError(
                        what + "; " + clients.stream().map(Client::state).toList() + "; "
                                + nodes.stream().map(PackagedServer::lines).toList());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /**
     * Ends the load, once readers that went on from where they were have all that the logs hold. Returns the number of acknowledged ops that
     * the logs lack.
     */
    long stopAndCountLost() throws InterruptedException {
        clients.stream().filter(Pushing.class::isInstance).forEach(Client::stopSoon);
        for (Client client : clients) {
            if (client instanceof Pushing) {
                client.awaitEnd();
            }
        }
        long lost = 0;
        for (Seen seen : vaults) {
            Map<Long, String> log = log(seen);
            await(
                    "a reader of " + seen.vault + " does not get all",
                    () -> seen.pulled.entrySet().containsAll(log.entrySet()));
            lost += seen.acknowledged.entrySet().stream()
                    .filter(op -> !op.getValue().equals(log.get(op.getKey())))
                    .count();
        }
        clients.forEach(Client::stopSoon);
        for (Client client : clients) {
            client.awaitEnd();
        }
        return lost;
    }

    /** Reads a log as a new device does. */
    private Map<Long, String> log(Seen seen) {
        Map<Long, String> log = new TreeMap<>();
        try (Desktop desktop = Desktop.pair(nodes.get(0)::port, Scope.USER, Scope.PASSWORD, seen.vault)) {
            desktop.pull().applied().forEach(op -> {
                seen.see(op.serverSequence(), op.opId());
                log.put(op.serverSequence(), op.opId());
            });
        }
        return log;
    }

    /** The longest time that somebody needed to have ops acknowledged, tries included, in milliseconds. */
    long longestMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestNanos.get());
    }
}
