package io.verstak.server.storage.sqlite.index;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares the runs of a scope with its ops. Each op up to the end of the last run must be in exactly one run: once among its op keys
 * and once among its entities. Reads each part once and keeps a few numbers for each run. Changes nothing. Parts that belong to no run
 * are not damage: a running or killed merge has written them.
 */
public final class RunCheck {
    private final Findings findings;
    private final List<Compared> runs = new ArrayList<>();
    private int at;
    private @Nullable Compared missedBefore;

    /** Receives the findings. */
    public interface Findings {
        /**
         * Reports damage.
         *
         * @param kind {@code run}, {@code op_key} or {@code entity}
         */
        void damage(String kind, long sequence, String text);
    }

    /** A run, and what the ops of its range should have made of it. */
    private static final class Compared {
        private final KeyRun run;
        private boolean readable;
        private long opSum;
        private long entitySum;

        private long ops;
        private long first;
        private long last;
        private long opSumOfOps;
        private long entitySumOfOps;

        Compared(KeyRun run) {
            this.run = run;
        }
    }

    public RunCheck(Findings findings) {
        this.findings = findings;
    }

    /** Reads the runs and their parts. */
    public void read(Connection connection, long scopeId) throws SQLException {
        long end = 0;
        try (PreparedStatement statement = connection.prepareStatement(RunTable.SELECT)) {
            statement.setLong(1, scopeId);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    KeyRun run = RunTable.run(row, scopeId);
                    if (run.firstSequence() <= end || run.lastSequence() < run.firstSequence()) {
                        damage("run", run, "its sequences are those of another run, too");
                    }
                    end = Math.max(end, run.lastSequence());
                    runs.add(compared(connection, run));
                }
            }
        }
    }

    private Compared compared(Connection connection, KeyRun run) throws SQLException {
        String malformed = malformed(run);
        if (malformed != null) {
            damage("run", run, malformed);
            return new Compared(withoutFilter(run));
        }
        PartCheck ops = new PartCheck(run, RunParts.OPS);
        PartCheck entities = new PartCheck(run, RunParts.ENTITIES);
        boolean readable = isWhole("op_key", run, ops.read(connection));
        readable &= isWhole("entity", run, entities.read(connection));
        Compared compared = new Compared(withoutFilter(run));
        compared.readable = readable;
        compared.opSum = ops.sum();
        compared.entitySum = entities.sum();
        return compared;
    }

    private static @Nullable String malformed(KeyRun run) {
        if (run.ops() <= 0) {
            return "it has %s operations".formatted(run.ops());
        }
        if (run.filter().size() != BloomFilter.size(run.ops())) {
            return "its filter has %s bytes".formatted(run.filter().size());
        }
        return run.opFences().length != RunParts.parts(RunParts.OPS, run.ops())
                        || run.entityFences().length != 2 * RunParts.parts(RunParts.ENTITIES, run.ops())
                ? "it has not as many fences as parts"
                : null;
    }

    private boolean isWhole(String kind, KeyRun run, @Nullable String fault) {
        if (fault != null) {
            damage(kind, run, fault);
        }
        return fault == null;
    }

    /** Memory is not to grow with the ops. */
    private static KeyRun withoutFilter(KeyRun run) {
        return new KeyRun(
                run.id(),
                run.scopeId(),
                run.firstSequence(),
                run.lastSequence(),
                run.ops(),
                new long[0],
                new long[0],
                BloomFilter.empty(0));
    }

    /** Takes an op of the scope, in the order of their sequences. */
    public void op(long sequence, long opKey, long entityKey, long deviceKey) {
        while (at < runs.size() && runs.get(at).run.lastSequence() < sequence) {
            at++;
        }
        if (at == runs.size()) {
            return; // above all runs
        }
        Compared compared = runs.get(at);
        if (sequence < compared.run.firstSequence()) {
            if (missedBefore != compared) {
                findings.damage("op_key", sequence, "it and what follows is in no run of keys");
            }
            missedBefore = compared;
            return;
        }
        compared.first = compared.ops == 0 ? sequence : compared.first;
        compared.last = sequence;
        compared.ops++;
        compared.opSumOfOps += PartCheck.digest(opKey, sequence, 0);
        compared.entitySumOfOps += PartCheck.digest(entityKey, sequence, deviceKey);
    }

    /** Compares after the last op. */
    public void finish() {
        for (Compared compared : runs) {
            KeyRun run = compared.run;
            if (compared.ops != run.ops()
                    || compared.first != run.firstSequence()
                    || compared.last != run.lastSequence()) {
                damage(
                        "run",
                        run,
                        "it has %s operations; of these sequences there are %s, from %s to %s"
                                .formatted(run.ops(), compared.ops, compared.first, compared.last));
            }
            if (compared.readable && compared.opSum != compared.opSumOfOps) {
                damage("op_key", run, "its keys are not those of the operations");
            }
            if (compared.readable && compared.entitySum != compared.entitySumOfOps) {
                damage("entity", run, "its entities are not those of the operations");
            }
        }
    }

    private void damage(String kind, KeyRun run, String text) {
        findings.damage(
                kind,
                run.lastSequence(),
                "run %s of the keys from sequence %s: %s".formatted(run.id(), run.firstSequence(), text));
    }
}
