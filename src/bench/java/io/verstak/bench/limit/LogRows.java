package io.verstak.bench.limit;

import io.verstak.bench.server.Table;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.SplittableRandom;

/** The rows that the ops of a commit are in the embedded engine's log, in a copy of its tables: chunks, and the ends of the logs. */
final class LogRows implements AutoCloseable {
    private static final int SAMPLES = 1000;
    private static final int OPS_IN_CHUNK = 100;
    private static final int HEAD_BYTES = 32;
    private static final int SEQUENCE_BITS = 40;

    private final SplittableRandom random = new SplittableRandom();
    private final Table chunks;
    private final Object[] chunk;
    private final byte[] text;
    private final int opBytes;
    private final PreparedStatement insertChunk;
    private final PreparedStatement updateScope;
    private final long[] heads;
    private int next;

    private LogRows(Connection server, Connection raw, int vaults) throws SQLException {
        chunks = Table.of(server, "chunks");
        chunk = chunks.rows("LIMIT 1").get(0);
        ByteArrayOutputStream bodies = new ByteArrayOutputStream();
        int ops = 0;
        for (Object[] sample : chunks.rows("LIMIT " + SAMPLES)) {
            bodies.writeBytes((byte[]) sample[chunks.column("body")]);
            ops += ((byte[]) sample[chunks.column("head")]).length / HEAD_BYTES;
        }
        opBytes = bodies.size() / ops;
        while (bodies.size() < 2 * OPS_IN_CHUNK * opBytes) {
            bodies.writeBytes(bodies.toByteArray());
        }
        text = bodies.toByteArray();
        heads = new long[vaults];
        copyScopes(Table.of(server, "scopes"), raw);
        insertChunk = chunks.createIn(raw).insert();
        updateScope = raw.prepareStatement(
                "UPDATE scopes SET head = ?, counter = head, operations = head, last_push = ? WHERE id = ?");
    }

    /** Makes the server's tables in the raw database, empty but for one scope per vault. */
    static LogRows copy(Connection server, Connection raw, int vaults) throws SQLException {
        return new LogRows(server, raw, vaults);
    }

    /** Inserts the rows of so many new ops of one commit, taking the vaults in turn. */
    void insert(int count) throws SQLException {
        int vaults = Math.min(count, heads.length);
        int[] touched = new int[vaults];
        for (int i = 0; i < vaults; i++) {
            touched[i] = (next + i) % heads.length;
        }
        next = (next + count) % heads.length;
        Arrays.sort(touched);
        for (int i = 0; i < vaults; i++) {
            int ops = count / vaults + (i < count % vaults ? 1 : 0);
            for (int left = ops; left > 0; left -= OPS_IN_CHUNK) {
                addChunk(touched[i], Math.min(left, OPS_IN_CHUNK));
            }
            addScope(touched[i]);
        }
        insertChunk.executeBatch();
        updateScope.executeBatch();
    }

    private void addChunk(int vault, int ops) throws SQLException {
        heads[vault] += ops;
        byte[] head = new byte[ops * HEAD_BYTES];
        random.nextBytes(head);
        int from = random.nextInt(text.length - ops * opBytes);
        chunk[chunks.column("id")] = (long) vault << SEQUENCE_BITS | heads[vault];
        chunk[chunks.column("head")] = head;
        chunk[chunks.column("body")] = Arrays.copyOfRange(text, from, from + ops * opBytes);
        addTo(insertChunk, chunk);
    }

    private void addScope(int vault) throws SQLException {
        updateScope.setLong(1, heads[vault]);
        updateScope.setLong(2, System.currentTimeMillis());
        updateScope.setLong(3, vault);
        updateScope.addBatch();
    }

    private void copyScopes(Table scopes, Connection raw) throws SQLException {
        Object[] scope = scopes.rows("LIMIT 1").get(0);
        try (PreparedStatement insert = scopes.createIn(raw).insert()) {
            for (int vault = 0; vault < heads.length; vault++) {
                scope[scopes.column("id")] = vault;
                scope[scopes.column("vault_id")] = "raw-" + vault;
                addTo(insert, scope);
            }
            insert.executeBatch();
        }
    }

    private static void addTo(PreparedStatement insert, Object[] row) throws SQLException {
        Table.bind(insert, row);
        insert.addBatch();
    }

    @Override
    public void close() throws SQLException {
        insertChunk.close();
        updateScope.close();
    }
}
