package io.verstak.server.torture;

import io.verstak.server.history.Call;
import io.verstak.server.history.History;
import io.verstak.server.history.Outcome;
import io.verstak.server.testkit.OutboxOp;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Pushes ops on a few shared entities, each push again until it is acknowledged. */
final class Writer extends Client {
    private static final int MOST_OPS = 40;
    private static final int MOST_TEXT = 600;
    private static final int ENTITIES = 200;

    private final Scope scope;
    private final Device device;
    private final History history;
    private final Random random;
    private List<OutboxOp> pushing = List.of();
    private long seen;
    private long made;

    Writer(Scope scope, History history, long seed) {
        this.scope = scope;
        this.device = scope.device();
        this.history = history;
        this.random = new Random(seed);
    }

    @Override
    protected void step() {
        if (!device.connected()) {
            return;
        }
        if (pushing.isEmpty()) {
            pushing = newOps();
        }
        long lastSeen = random.nextInt(3) == 0 ? 0 : Math.max(0, seen - random.nextInt(20));
        Call.Push push = scope.push(device, pushing, lastSeen);
        if (push.outcome() == Outcome.OK) {
            seen = push.head();
            done(push.accepted().size());
        }
        if (push.outcome() != Outcome.UNKNOWN) {
            pushing = List.of();
        }
        history.add(push);
    }

    private List<OutboxOp> newOps() {
        List<OutboxOp> ops = new ArrayList<>();
        for (int i = random.nextInt(MOST_OPS); i >= 0; i--) {
            String opId = device.id().substring(20) + "-" + made++;
            Scope.Blob blob = random.nextInt(20) == 0 ? scope.anyBlob(random) : null;
            String entity = Integer.toString(random.nextInt(ENTITIES));
            OutboxOp op =
                    OutboxOp.note(entity, "x".repeat(random.nextInt(MOST_TEXT))).withId(opId);
            if (blob != null) {
                op = op.on("file", entity)
                        .withPayload("{\"blob\":{\"sha256\":\"" + blob.sha256() + "\",\"size\":" + blob.size() + "}}");
            }
            ops.add(op);
        }
        return ops;
    }

    @Override
    protected Device device() {
        return device;
    }

    @Override
    protected void end() {
        device.close();
    }
}
