package io.verstak.server.storage.sqlite.conversion;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.UpgradeProgress;
import io.verstak.server.storage.log.ChunkBuilder;
import io.verstak.server.storage.log.DecodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import io.verstak.server.storage.sqlite.index.ChunkTable;
import io.verstak.server.storage.sqlite.index.KeyIndex;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/**
 * Converts the op log of schema 19, a row for each op, to chunks: scope by scope, in pieces of a few MiB, each in a transaction of its
 * own. The chunks themselves say how far it has come: it may be killed at any point and continues there. The old tables are only
 * read. See decision 0012.
 */
public final class LogConversion implements AutoCloseable {
    /** The size of a transaction; tests have smaller ones. */
    public static final long PIECE_BYTES = 4L << 20;

    private static final String BEGIN = "BEGIN IMMEDIATE";

    /** What the end of a scope counts of a piece: so many empty scopes make one, too. */
    private static final long SCOPE_BYTES = 1 << 10;

    /** A scope's ops between two pieces of its index. */
    private static final long INDEXED_OPS = 1 << 17;

    private static final long NO_SCOPE = Long.MAX_VALUE;
    private static final int PIECES_BETWEEN_CHECKPOINTS = 16;

    /** Copying an op takes about as long as checking two. */
    static final int STEPS_OF_COPY = 2;

    private final UpgradeProgress progress;
    private final long pieceBytes;
    private final Statement control;
    private final PreparedStatement nextScope;
    private final PreparedStatement lastChunk;
    private final PreparedStatement oldOps;
    private final ChunkTable table;
    private final KeyIndex index;
    private final OpCodec codec = new OpCodec();
    private final MessageDigest sha256 = Sha256.newDigest();
    private long unindexed;

    /** The end of what is converted of a scope. */
    @SuppressWarnings("ArrayRecordComponent") // never compared, never changed
    private record End(long sequence, byte[] chain) {}

    private LogConversion(Connection connection, UpgradeProgress progress, long pieceBytes) throws SQLException {
        this.progress = progress;
        this.pieceBytes = pieceBytes;
        control = connection.createStatement();
        nextScope = connection.prepareStatement("SELECT MIN(scope_id) FROM ops WHERE scope_id > ?");
        lastChunk = connection.prepareStatement(
                "SELECT id, chain FROM chunks WHERE id >= ? AND id <= ? ORDER BY id DESC LIMIT 1");
        oldOps = connection.prepareStatement(
                "SELECT seq, device_key, json FROM ops WHERE scope_id = ? AND seq > ? ORDER BY seq");
        table = new ChunkTable(connection);
        index = new KeyIndex(connection);
    }

    /**
     * Fills the chunks, and checks them against the old rows.
     *
     * @param pieceBytes the size of a transaction
     * @return the damage that was found in the old log
     * @throws io.verstak.server.storage.StorageException when it was stopped
     * @throws IllegalStateException when the old log cannot be converted, or the new one is not the same
     */
    public static List<LogDamage> run(Connection connection, UpgradeProgress progress, long pieceBytes)
            throws SQLException {
        try (LogConversion conversion = new LogConversion(connection, progress, pieceBytes)) {
            ConversionSize size = ConversionSize.of(connection);
            progress.begin(size.operations() * (STEPS_OF_COPY + 1), size.converted() * STEPS_OF_COPY);
            conversion.copy();
            try (ConversionCheck check = new ConversionCheck(connection, progress)) {
                return check.run();
            }
        }
    }

    /** Removes what was converted, so that the release before can open the database, which is of this schema again. */
    public static void takeBack(Connection connection, int schema) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(BEGIN);
            try {
                for (String table : List.of("chunks", "key_runs", "key_parts")) {
                    statement.execute("DROP TABLE " + table);
                }
                statement.execute("PRAGMA user_version = " + schema);
                statement.execute("COMMIT");
            } catch (SQLException failure) {
                rollback(statement);
                throw failure;
            }
        }
    }

    private void copy() throws SQLException {
        long scope = next(Long.MIN_VALUE);
        for (int pieces = 1; scope != NO_SCOPE; pieces++) {
            scope = piece(scope);
            if (pieces % PIECES_BETWEEN_CHECKPOINTS == 0) {
                control.execute("PRAGMA wal_checkpoint(PASSIVE)");
            }
        }
    }

    /** Returns the first scope with ops above a number, or {@link #NO_SCOPE}. */
    private long next(long above) throws SQLException {
        nextScope.setLong(1, above);
        try (ResultSet row = nextScope.executeQuery()) {
            long scope = row.getLong(1);
            return row.wasNull() ? NO_SCOPE : scope;
        }
    }

    /** Converts a piece in a transaction. Returns the scope to continue with, or {@link #NO_SCOPE} after the last one. */
    private long piece(long first) throws SQLException {
        control.execute(BEGIN);
        try {
            long scope = first;
            long ops = 0;
            for (long room = pieceBytes; room > 0 && scope != NO_SCOPE; room -= SCOPE_BYTES) {
                ScopePiece copied = copy(scope, room);
                ops += copied.ops();
                room -= copied.bytes();
                if (copied.last()) {
                    scope = next(scope);
                }
            }
            control.execute("COMMIT");
            progress.advance(ops * STEPS_OF_COPY);
            return scope;
        } catch (SQLException | RuntimeException failure) {
            rollback(control);
            throw failure;
        }
    }

    private static void rollback(Statement control) {
        try {
            control.execute("ROLLBACK");
        } catch (SQLException none) {
            // SQLite has done so itself, as it does on a full disk.
        }
    }

    /** What a transaction copies of a scope. */
    private record ScopePiece(long ops, long bytes, boolean last) {}

    private ScopePiece copy(long scope, long room) throws SQLException {
        ChunkBuilder chunks = new ChunkBuilder(scope);
        End end = end(scope);
        long sequence = end.sequence();
        byte[] chain = end.chain();
        long ops = 0;
        long bytes = 0;
        boolean last = true;
        oldOps.setLong(1, scope);
        oldOps.setLong(2, sequence);
        try (ResultSet row = oldOps.executeQuery()) {
            while (row.next()) {
                if (bytes >= room) {
                    last = false;
                    break;
                }
                sequence = row.getLong(1);
                long device = row.getLong(2);
                byte[] members = bytes(row, 3);
                requireRoom(scope, sequence);
                chain = ScopeTail.link(sha256, chain, scope, sequence, device, members);
                Keys keys = Keys.of(codec, members);
                chunks.add(sequence, keys.op(), keys.entity(), device, members, chain);
                ops++;
                bytes += members.length + (long) Long.SIZE;
            }
        }
        table.insert(chunks.take());
        unindexed += ops;
        if (last || unindexed >= INDEXED_OPS) {
            index.build(scope);
            unindexed = 0;
        }
        return new ScopePiece(ops, bytes, last);
    }

    /** Returns where the conversion of a scope has come to. */
    private End end(long scope) throws SQLException {
        requireRoom(scope, 1);
        lastChunk.setLong(1, ChunkIds.of(scope, 0));
        lastChunk.setLong(2, ChunkIds.last(scope));
        try (ResultSet row = lastChunk.executeQuery()) {
            return row.next()
                    ? new End(ChunkIds.sequence(row.getLong(1)), row.getBytes(2))
                    : new End(Long.MIN_VALUE, new byte[Sha256.BYTES]);
        }
    }

    private static void requireRoom(long scope, long sequence) {
        if (scope < 1 || sequence < 1) {
            throw new IllegalStateException("vault %s has an operation %s".formatted(scope, sequence));
        }
        ChunkIds.of(scope, sequence);
    }

    static byte[] bytes(ResultSet row, int column) throws SQLException {
        byte[] bytes = row.getBytes(column);
        return bytes == null ? new byte[0] : bytes;
    }

    /** The keys of an op. */
    record Keys(long op, long entity) {
        /** A text that is not an op is kept as it is, and found by no key: a device that has the op may push it again. */
        private static final Keys NONE = new Keys(0, 0);

        static Keys of(OpCodec codec, byte[] members) {
            try {
                DecodedOp op = DecodedOp.parse(members);
                return new Keys(codec.opKey(op.opId()), codec.entityKey(op.entityType(), op.entityId()));
            } catch (IllegalArgumentException damaged) {
                return NONE;
            }
        }
    }

    @Override
    public void close() throws SQLException {
        for (Statement statement : List.of(control, nextScope, lastChunk, oldOps)) {
            statement.close();
        }
        table.close();
    }
}
