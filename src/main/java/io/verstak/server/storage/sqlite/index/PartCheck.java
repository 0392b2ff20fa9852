package io.verstak.server.storage.sqlite.index;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads the parts of one kind of a run, in order, and believes nothing of them. */
final class PartCheck {
    private final KeyRun run;
    private final int kind;
    private final int entryBytes;
    private final int fullPart;
    private int part;
    private int entries;
    private long sum;
    private @Nullable String fault;

    private long lastKey;
    private long lastSequence;
    private long lastDevice;
    private int lastOther;

    /** @param run with fences and a filter of the right lengths */
    PartCheck(KeyRun run, int kind) {
        this.run = run;
        this.kind = kind;
        this.entryBytes = kind == RunParts.OPS ? RunParts.OP_BYTES : RunParts.ENTITY_BYTES;
        this.fullPart = entryBytes * (kind == RunParts.OPS ? RunParts.OPS_IN_PART : RunParts.ENTITIES_IN_PART);
    }

    /** Returns what is wrong first, for a person, or null. */
    @Nullable
    String read(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT id, entries FROM key_parts WHERE id >= ? AND id < ? ORDER BY id")) {
            statement.setLong(1, RunParts.id(run.id(), kind, 0));
            statement.setLong(2, RunParts.id(run.id(), kind, 0) + (1L << (RunParts.RUN_SHIFT - 1)));
            try (ResultSet row = statement.executeQuery()) {
                while (fault == null && row.next()) {
                    if (row.getLong(1) == RunParts.id(run.id(), kind, part)) {
                        read(ByteBuffer.wrap(row.getBytes(2)));
                        part++;
                    } else {
                        fault = "part %s is missing".formatted(part);
                    }
                }
            }
        }
        if (fault == null && entries != run.ops()) {
            fault = "its %s parts have %s entries, not %s".formatted(part, entries, run.ops());
        }
        return fault;
    }

    /** Returns the sum of {@link #digest} over all entries. */
    long sum() {
        return sum;
    }

    private void read(ByteBuffer part) {
        int left = run.ops() - entries;
        if (part.limit() != Math.min(fullPart, (long) left * entryBytes) || left <= 0) {
            fault = "part %s has %s bytes".formatted(this.part, part.limit());
            return;
        }
        if (!isFence(part)) {
            fault = "part %s does not begin as the run says".formatted(this.part);
            return;
        }
        for (int at = 0; at < part.limit() && fault == null; at += entryBytes) {
            long key = part.getLong(at);
            long sequence = part.getLong(at + RunParts.SEQUENCE);
            if (entries > 0 && (key < lastKey || (key == lastKey && sequence <= lastSequence))) {
                fault = "part %s is not sorted".formatted(this.part);
            } else if (kind == RunParts.OPS) {
                addOp(key, sequence);
            } else {
                addEntity(part, at);
            }
            lastKey = key;
            lastSequence = sequence;
            entries++;
        }
    }

    private boolean isFence(ByteBuffer entry) {
        return kind == RunParts.OPS
                ? run.opFences()[part] == entry.getLong(0)
                : run.entityFences()[2 * part] == entry.getLong(0)
                        && run.entityFences()[2 * part + 1] == entry.getLong(RunParts.SEQUENCE);
    }

    private void addOp(long key, long sequence) {
        if (!run.filter().mayContain(key)) {
            fault = "the filter denies the key of sequence %s".formatted(sequence);
        }
        sum += digest(key, sequence, 0);
    }

    private void addEntity(ByteBuffer part, int at) {
        long key = part.getLong(at);
        long device = part.getLong(at + RunParts.DEVICE);
        boolean first = entries == 0 || key != lastKey;
        int other = first ? -1 : device == lastDevice ? lastOther : entries - 1;
        if (part.getInt(at + RunParts.PREVIOUS_OTHER) != other) {
            fault = "part %s names a wrong operation before sequence %s"
                    .formatted(this.part, part.getLong(at + RunParts.SEQUENCE));
        }
        lastDevice = device;
        lastOther = other;
        sum += digest(key, part.getLong(at + RunParts.SEQUENCE), device);
    }

    /** Returns a digest of an entry. Sums of them are equal when the entries are, in any order, and else with a probability of 2^-64. */
    static long digest(long key, long sequence, long device) {
        return mix(key ^ mix(sequence ^ mix(device)));
    }

    /** The finalizer of MurmurHash3 in the variant of Steele et al., "Fast Splittable Pseudorandom Number Generators" (2014). */
    private static long mix(long number) {
        long mixed = (number ^ number >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }
}
