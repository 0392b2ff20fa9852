package io.verstak.server.storage.sqlite.index;

import java.nio.ByteBuffer;
import java.sql.SQLException;
import java.util.Arrays;

/** Writes one run: all its op keys, then all its entities, each in order. */
final class RunWriter {
    private final RunParts parts;
    private final long id;
    private final BloomFilter filter;
    private final long[] opFences;
    private final long[] entityFences;
    private final ByteBuffer part = ByteBuffer.allocate(RunParts.OPS_IN_PART * RunParts.OP_BYTES);
    private int opParts;
    private int entityParts;

    private int entities;
    private long lastEntity;
    private long lastDevice;
    private int lastOther;

    RunWriter(RunParts parts, long id, int ops) {
        this.parts = parts;
        this.id = id;
        this.filter = BloomFilter.empty(ops);
        this.opFences = new long[RunParts.parts(RunParts.OPS, ops)];
        this.entityFences = new long[2 * RunParts.parts(RunParts.ENTITIES, ops)];
    }

    void addOp(RunEntries entry) throws SQLException {
        if (part.remaining() < RunParts.OP_BYTES) {
            endOps();
        }
        if (part.position() == 0) {
            opFences[opParts] = entry.key();
        }
        part.putLong(entry.key()).putLong(entry.sequence());
        filter.add(entry.key());
    }

    /** Ends the op keys. */
    void endOps() throws SQLException {
        write(RunParts.OPS, opParts++);
    }

    void addEntity(RunEntries entry) throws SQLException {
        if (part.remaining() < RunParts.ENTITY_BYTES) {
            endEntities();
        }
        if (part.position() == 0) {
            entityFences[2 * entityParts] = entry.key();
            entityFences[2 * entityParts + 1] = entry.sequence();
        }
        boolean first = entities == 0 || entry.key() != lastEntity;
        int other = first ? -1 : lastDevice == entry.device() ? lastOther : entities - 1;
        part.putLong(entry.key())
                .putLong(entry.sequence())
                .putLong(entry.device())
                .putInt(other);
        lastEntity = entry.key();
        lastDevice = entry.device();
        lastOther = other;
        entities++;
    }

    /** Ends the entities. */
    void endEntities() throws SQLException {
        write(RunParts.ENTITIES, entityParts++);
    }

    private void write(int kind, int number) throws SQLException {
        parts.write(id, kind, number, Arrays.copyOf(part.array(), part.position()));
        part.clear();
    }

    /** Returns the run after its last entity. */
    KeyRun finish(long scopeId, long firstSequence, long lastSequence) {
        return new KeyRun(id, scopeId, firstSequence, lastSequence, entities, opFences, entityFences, filter);
    }
}
