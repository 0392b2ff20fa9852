package io.verstak.server.torture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.HistoryChecker;
import io.verstak.server.history.LogOp;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.PackagedServer;
import io.verstak.server.testkit.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** Eight writers, four who pull and four who upload, over two vaults; and the judgement on what they saw. */
public final class Load {
    private static final int WRITERS = 8;
    private static final int OTHERS = 4;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final Duration WRITERS_PAUSE = Duration.ofMillis(400);
    private static final Duration READERS_PAUSE = Duration.ofMillis(100);
    private static final Duration UPLOADERS_PAUSE = Duration.ofSeconds(2);
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Target target;
    private final List<Scope> scopes;
    private final History history;
    private final List<Writer> writers = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    /** @param past the ops of the first vault that the history knows already */
    private Load(Target target, History history, long past) {
        this.target = target;
        this.history = history;
        scopes = List.of(new Scope(target::port, "red", past), new Scope(target::port, "blue"));
        for (int i = 0; i < WRITERS; i++) {
            writers.add(new Writer(scopes.get(i % 2), history, i));
        }
        clients.addAll(writers);
        for (int i = 0; i < OTHERS; i++) {
            clients.add(new Puller(scopes.get(i % 2), history, i));
            clients.add(new Uploader(scopes.get(i % 2), history, 100L + i));
        }
    }

    /** Makes the user and lets everybody begin. */
    static Load on(PackagedServer server) {
        server.addUser(Scope.USER, Scope.PASSWORD);
        return onUser(server);
    }

    /** Lets everybody begin, where the user is there already. */
    static Load onUser(PackagedServer server) {
        return new Load(Target.of(server), new History(), 0).start();
    }

    /** As {@link #onUser}, over a vault with a past, of which some devices push again what they have pushed. */
    static Load onPast(PackagedServer server, Past past) {
        Load load = new Load(Target.of(server), past.history(), Past.OPS);
        load.clients.addAll(past.devices());
        return load.start();
    }

    /** A load that goes on for long and has not begun: each client pauses after each call. The user is there already. */
    public static Load gentle(Target target) {
        Load load = new Load(target, new History(), 0);
        load.clients.forEach(client -> client.pace(pause(client)));
        return load;
    }

    private static Duration pause(Client client) {
        if (client instanceof Writer) {
            return WRITERS_PAUSE;
        }
        return client instanceof Uploader ? UPLOADERS_PAUSE : READERS_PAUSE;
    }

    /** Lets another client take part; before the start. */
    public void join(Client client) {
        clients.add(client);
    }

    public List<Scope> scopes() {
        return scopes;
    }

    public History history() {
        return history;
    }

    public Load start() {
        clients.forEach(Client::start);
        return this;
    }

    public long acknowledgedOps() {
        return writers.stream().mapToLong(Client::acknowledged).sum();
    }

    /** Waits until so many more ops were acknowledged, by a server that is to go on. */
    public void awaitOps(long more) {
        long goal = acknowledgedOps() + more;
        long begun = System.nanoTime();
        while (acknowledgedOps() < goal) {
            if (!target.isAlive() || System.nanoTime() - begun > PATIENCE_NANOS) {
                throw new AssertionError(
                        "only %d of %d ops after %d s; the server runs: %s; the clients' last answers: %s; the server's lines: %s"
                                .formatted(
                                        acknowledgedOps(),
                                        goal,
                                        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
                                        target.isAlive(),
                                        clients.stream().map(Client::state).toList(),
                                        target.lines()));
            }
            clients.forEach(Client::requireWell);
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** How many pages said that the log skips numbers. */
    public long gaps() {
        return clients.stream()
                .filter(client -> client instanceof Puller)
                .mapToLong(client -> ((Puller) client).gaps())
                .sum();
    }

    /** Fails when a client has ended by a mistake; any time. */
    public void requireWell() {
        clients.forEach(Client::requireWell);
    }

    /** Ends the load; the server is up. */
    public void stop() throws InterruptedException {
        clients.forEach(Client::stopSoon);
        for (Client client : clients) {
            client.awaitEnd();
        }
    }

    /** Reads all that is left and holds what everybody saw against it. */
    public void assertNothingLost() {
        Map<String, List<LogOp>> logs = new HashMap<>();
        Map<String, Set<String>> blobs = new HashMap<>();
        Map<String, Set<String>> sent = history.calls().stream()
                .filter(call -> call instanceof Call.Upload)
                .collect(Collectors.groupingBy(
                        Call::scope, Collectors.mapping(call -> ((Call.Upload) call).sha256(), Collectors.toSet())));
        for (Scope scope : scopes) {
            try (Device reader = scope.device()) {
                logs.put(scope.name(), log(reader));
                Set<String> whole = new HashSet<>();
                for (String sha256 : sent.getOrDefault(scope.name(), Set.of())) {
                    Answer answer = answered(reader, Request.get("/api/v1/blobs/" + sha256));
                    if (Uploader.downloaded(answer, sha256) == Outcome.OK) {
                        whole.add(sha256);
                    }
                }
                blobs.put(scope.name(), whole);
            }
        }
        assertThat(HistoryChecker.check(history, new History.Final(logs, blobs)))
                .isEmpty();
    }

    /** Reads the whole log; the server is up. */
    public static List<LogOp> log(Device reader) {
        List<LogOp> log = new ArrayList<>();
        for (boolean more = true; more; ) {
            long cursor = log.isEmpty() ? 0 : log.get(log.size() - 1).sequence();
            JsonNode page = answered(reader, Request.post("/api/v1/sync/pull", "{\"since_sequence\":" + cursor + "}"))
                    .json();
            page.required("ops").forEach(op -> log.add(Digests.logged(op)));
            more = page.required("has_more").booleanValue();
        }
        return log;
    }

    private static Answer answered(Device device, Request request) {
        long begun = System.nanoTime();
        while (System.nanoTime() - begun < PATIENCE_NANOS) {
            Answer answer = device.connected() ? device.send(request) : null;
            if (answer != null && answer.status() != 503) {
                return answer;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        throw new AssertionError("no answer to " + request.path());
    }

    /** How much it was, for the report. */
    public String figures() {
        Map<String, Long> counts = history.calls().stream()
                .filter(call -> call.outcome() == Outcome.OK)
                .collect(Collectors.groupingBy(call -> call.getClass().getSimpleName(), Collectors.counting()));
        return acknowledgedOps() + " ops acknowledged, " + counts.getOrDefault("Upload", 0L) + " uploads, "
                + counts.getOrDefault("Pull", 0L) + " pages";
    }
}
