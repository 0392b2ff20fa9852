package io.verstak.server.storage.sqlite.index;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The parts of runs: rows of at most 4,032 bytes, so that each is one page of 4,096. An entry of an op is its key and its sequence;
 * an entry of an entity is its key, the sequence, the device's key (8 bytes each), and the index within the run of the latest op
 * before it on the entity by another device, or -1 (4). The last parts read are kept. Not safe for several threads.
 */
final class RunParts {
    static final int OP_BYTES = 2 * Long.BYTES;
    static final int ENTITY_BYTES = 3 * Long.BYTES + Integer.BYTES;
    static final int SEQUENCE = Long.BYTES;
    static final int DEVICE = 2 * Long.BYTES;
    static final int PREVIOUS_OTHER = 3 * Long.BYTES;
    static final int OPS_IN_PART = 252;
    static final int ENTITIES_IN_PART = 144;

    /** The parts of op keys. */
    static final int OPS = 0;

    /** The parts of entities. */
    static final int ENTITIES = 1;

    private static final int KEPT = 256;
    private static final int PART_BITS = 23;

    /** The bits of a row's number below the run's number. */
    static final int RUN_SHIFT = PART_BITS + 1;

    private long read;
    private final PreparedStatement select;
    private final PreparedStatement insert;
    private final PreparedStatement delete;
    private final Map<Long, ByteBuffer> kept = new LinkedHashMap<>(KEPT, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, ByteBuffer> eldest) {
            return size() > KEPT;
        }
    };

    RunParts(Connection connection) throws SQLException {
        select = connection.prepareStatement("SELECT entries FROM key_parts WHERE id = ?");
        insert = connection.prepareStatement("INSERT INTO key_parts (id, entries) VALUES (?, ?)");
        delete = connection.prepareStatement("DELETE FROM key_parts WHERE id IN"
                + " (SELECT id FROM key_parts WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)");
    }

    /** Returns the number of parts of so many entries. */
    static int parts(int kind, int entries) {
        return (entries - 1) / (kind == OPS ? OPS_IN_PART : ENTITIES_IN_PART) + 1;
    }

    /** The number of a part's row: the run's number, a bit for the kind, and 23 bits for the part. */
    static long id(long run, int kind, int part) {
        return (run << 1 | kind) << PART_BITS | part;
    }

    /** Reads a part. The caller reads it by absolute positions only. */
    ByteBuffer read(long run, int kind, int part) throws SQLException {
        read++;
        long id = id(run, kind, part);
        ByteBuffer known = kept.get(id);
        if (known != null) {
            return known;
        }
        select.setLong(1, id);
        try (ResultSet row = select.executeQuery()) {
            if (!row.next()) {
                throw new SQLException(
                        "part %s of run %s is missing: stop the server and run verstak-server verify --repair"
                                .formatted(part, run));
            }
            ByteBuffer entries = ByteBuffer.wrap(row.getBytes(1));
            kept.put(id, entries);
            return entries;
        }
    }

    /** Returns how often {@link #read} was called. */
    long read() {
        return read;
    }

    void write(long run, int kind, int part, byte[] entries) throws SQLException {
        insert.setLong(1, id(run, kind, part));
        insert.setBytes(2, entries);
        insert.executeUpdate();
    }

    /** Deletes some parts of a run. Returns their number. */
    int delete(long run, int most) throws SQLException {
        delete.setLong(1, id(run, OPS, 0));
        delete.setLong(2, id(run + 1, OPS, 0));
        delete.setInt(3, most);
        return delete.executeUpdate();
    }

    /** Forgets what a transaction that was rolled back may have written. */
    void clear() {
        kept.clear();
    }
}
