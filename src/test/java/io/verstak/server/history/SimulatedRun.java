package io.verstak.server.history;

import io.verstak.server.history.SimulatedServer.Page;
import io.verstak.server.history.SimulatedServer.Pushed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Clients of a {@link SimulatedServer} whose calls meet in an order that a seed decides, through crashes. */
final class SimulatedRun {
    private static final int STEPS = 4000;
    private static final int CLIENTS = 6;
    private static final List<String> SCOPES = List.of("red", "blue");

    private final Random random;
    private final SimulatedServer server;
    private final History history = new History();
    private final Map<String, String> references = new HashMap<>();
    private final List<Client> clients = new ArrayList<>();
    private final List<Runnable> underWay = new ArrayList<>();
    private long now;

    SimulatedRun(@Nullable Fault fault, long seed) {
        server = new SimulatedServer(fault);
        random = new Random(seed);
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client(SCOPES.get(i % SCOPES.size()), "device-" + i));
        }
    }

    /** Lets them all go on for a while, and holds what they saw against what is left. */
    List<String> violations() {
        for (int step = 0; step < STEPS; step++) {
            now++;
            if (random.nextInt(100) == 0) {
                server.crash();
                underWay.clear();
                clients.forEach(Client::cutOff);
            } else if (!underWay.isEmpty() && random.nextInt(4) == 0) {
                underWay.remove(random.nextInt(underWay.size())).run();
            } else {
                clients.get(random.nextInt(CLIENTS)).step();
            }
        }
        underWay.forEach(Runnable::run);
        clients.forEach(Client::cutOff);
        Map<String, List<LogOp>> logs = new HashMap<>();
        Map<String, Set<String>> blobs = new HashMap<>();
        for (String scope : SCOPES) {
            logs.put(scope, List.copyOf(server.log(scope).values()));
            blobs.put(scope, Set.copyOf(server.blobs(scope)));
        }
        return HistoryChecker.check(history, new History.Final(logs, blobs));
    }

    /** A desktop with one call at a time: begun, taking effect, answered. */
    private final class Client {
        private final String scope;
        private final String device;
        private long cursor;
        private long invokedAt;
        private int made;
        private List<SentOp> pushing = List.of();
        private @Nullable Runnable next;
        private @Nullable Runnable whenCutOff;

        Client(String scope, String device) {
            this.scope = scope;
            this.device = device;
        }

        void step() {
            Runnable go = next;
            next = null;
            if (go != null) {
                go.run();
                return;
            }
            invokedAt = now;
            switch (random.nextInt(pushing.isEmpty() ? 4 : 1)) {
                case 0, 1 -> beginPush();
                case 2 -> beginPull();
                default -> beginUpload();
            }
        }

        void cutOff() {
            Runnable cut = whenCutOff;
            next = null;
            whenCutOff = null;
            if (cut != null) {
                cut.run();
            }
        }

        private void beginPush() {
            List<SentOp> ops = pushing.isEmpty() ? newOps() : pushing;
            pushing = ops;
            whenCutOff = () -> note(ops, Outcome.UNKNOWN, new Pushed(List.of(), List.of(), List.of(), 0));
            long reserved = server.reserve(scope, ops);
            next = () -> {
                if (server.refuses(scope, device, ops, references)) {
                    answer(ops, Outcome.FAIL, new Pushed(List.of(), List.of(), List.of(), 0));
                } else if (server.has(Fault.ANSWER_BEFORE_COMMIT)) {
                    answerBeforehand(ops);
                } else {
                    Pushed pushed = server.push(scope, device, ops, references, reserved);
                    next = () -> answer(ops, Outcome.OK, pushed);
                }
            };
        }

        private void answerBeforehand(List<SentOp> ops) {
            long head = server.head(scope);
            List<String> ids = ops.stream().map(SentOp::opId).toList();
            List<Long> sequences = new ArrayList<>();
            ids.forEach(id -> sequences.add(head + sequences.size() + 1));
            underWay.add(() -> server.push(scope, device, ops, references, 0));
            answer(ops, Outcome.OK, new Pushed(ids, sequences, List.of(), head + ids.size()));
        }

        private List<SentOp> newOps() {
            List<SentOp> ops = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String opId = device + "/" + made++;
                boolean refused = random.nextInt(20) == 0;
                ops.add(new SentOp(
                        opId,
                        "note\0" + random.nextInt(4),
                        refused ? SimulatedServer.REFUSED : "text " + opId,
                        random.nextBoolean() ? cursor : 0));
                if (random.nextInt(6) == 0) {
                    references.put(opId, "blob " + scope + random.nextInt(34));
                }
            }
            return ops;
        }

        private void answer(List<SentOp> ops, Outcome outcome, Pushed pushed) {
            whenCutOff = null;
            note(ops, outcome, pushed);
            // Some answers are lost on the way to the part of a desktop that would remember them: it tries again.
            pushing = outcome == Outcome.OK && random.nextInt(4) == 0 ? ops : List.of();
        }

        private void note(List<SentOp> ops, Outcome outcome, Pushed pushed) {
            history.add(new Call.Push(
                    scope,
                    device,
                    ops,
                    invokedAt,
                    now,
                    outcome,
                    pushed.accepted(),
                    pushed.sequences(),
                    pushed.conflicts(),
                    pushed.head()));
        }

        private void beginPull() {
            long from = cursor;
            next = () -> {
                Page page = server.page(scope, from);
                next = () -> {
                    long head = server.has(Fault.PAGE_AND_HEAD_FROM_TWO_SNAPSHOTS) ? server.head(scope) : page.head();
                    history.add(new Call.Pull(
                            scope,
                            from,
                            invokedAt,
                            now,
                            Outcome.OK,
                            page.ops(),
                            page.pageLast(),
                            page.hasMore(),
                            head));
                    cursor = page.pageLast();
                };
            };
        }

        private void beginUpload() {
            String sha256 = "blob " + scope + random.nextInt(30);
            next = () -> {
                server.blobs(scope).add(sha256);
                next = () -> history.add(new Call.Upload(scope, sha256, invokedAt, now, Outcome.OK));
            };
        }
    }
}
