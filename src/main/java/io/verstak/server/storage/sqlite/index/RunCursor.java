package io.verstak.server.storage.sqlite.index;

import java.nio.ByteBuffer;
import java.sql.SQLException;

/** Reads the entries of one kind of a run. */
final class RunCursor implements RunEntries {
    private final RunParts parts;
    private final KeyRun run;
    private final int kind;
    private final int entryBytes;
    private ByteBuffer entries = ByteBuffer.allocate(0);
    private int part;
    private int at;

    RunCursor(RunParts parts, KeyRun run, int kind) {
        this.parts = parts;
        this.run = run;
        this.kind = kind;
        this.entryBytes = kind == RunParts.OPS ? RunParts.OP_BYTES : RunParts.ENTITY_BYTES;
        this.at = -entryBytes;
    }

    @Override
    public boolean next() throws SQLException {
        at += entryBytes;
        if (at < entries.limit()) {
            return true;
        }
        int count = kind == RunParts.OPS ? run.opFences().length : run.entityFences().length / 2;
        if (part == count) {
            return false;
        }
        entries = parts.read(run.id(), kind, part++);
        at = 0;
        return true;
    }

    @Override
    public long key() {
        return entries.getLong(at);
    }

    @Override
    public long sequence() {
        return entries.getLong(at + RunParts.SEQUENCE);
    }

    @Override
    public long device() {
        return kind == RunParts.OPS ? 0 : entries.getLong(at + RunParts.DEVICE);
    }
}
