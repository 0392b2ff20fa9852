package io.verstak.server.storage.sqlite.index;

import java.sql.SQLException;
import java.util.List;
import java.util.PriorityQueue;

/** Merges runs of a scope that follow one another into one, in steps. Until the last step the new run is not used. */
final class RunMerge {
    private final List<KeyRun> inputs;
    private final RunParts parts;
    private final long id;
    private final RunWriter writer;
    private PriorityQueue<RunEntries> cursors;
    private int kind = RunParts.OPS;

    RunMerge(List<KeyRun> inputs, RunParts parts, long id) throws SQLException {
        this.inputs = List.copyOf(inputs);
        this.parts = parts;
        this.id = id;
        this.writer =
                new RunWriter(parts, id, inputs.stream().mapToInt(KeyRun::ops).sum());
        this.cursors = cursors();
    }

    private PriorityQueue<RunEntries> cursors() throws SQLException {
        PriorityQueue<RunEntries> all = new PriorityQueue<>(RunMerge::compare);
        for (KeyRun run : inputs) {
            RunEntries cursor = new RunCursor(parts, run, kind);
            if (cursor.next()) {
                all.add(cursor);
            }
        }
        return all;
    }

    private static int compare(RunEntries one, RunEntries other) {
        int keys = Long.compare(one.key(), other.key());
        return keys == 0 ? Long.compare(one.sequence(), other.sequence()) : keys;
    }

    List<KeyRun> inputs() {
        return inputs;
    }

    long scopeId() {
        return inputs.get(0).scopeId();
    }

    long id() {
        return id;
    }

    /** Writes some entries. Returns whether all are written. */
    boolean step(int entries) throws SQLException {
        for (int i = 0; i < entries; i++) {
            RunEntries first = cursors.poll();
            if (first == null) {
                if (endKind()) {
                    return true;
                }
                continue;
            }
            if (kind == RunParts.OPS) {
                writer.addOp(first);
            } else {
                writer.addEntity(first);
            }
            if (first.next()) {
                cursors.add(first);
            }
        }
        return false;
    }

    private boolean endKind() throws SQLException {
        if (kind == RunParts.ENTITIES) {
            writer.endEntities();
            return true;
        }
        writer.endOps();
        kind = RunParts.ENTITIES;
        cursors = cursors();
        return false;
    }

    /** Returns the new run after the last step. */
    KeyRun result() {
        KeyRun first = inputs.get(0);
        return writer.finish(
                first.scopeId(),
                first.firstSequence(),
                inputs.get(inputs.size() - 1).lastSequence());
    }
}
