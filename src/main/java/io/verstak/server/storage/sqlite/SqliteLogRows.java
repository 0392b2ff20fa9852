package io.verstak.server.storage.sqlite;

import static java.util.Objects.requireNonNull;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.sqlite.index.ChunkIds;
import io.verstak.server.storage.sqlite.index.ChunkTable;
import io.verstak.server.storage.sqlite.index.KeyIndex;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/** The writer's connection and its prepared statements. Not safe for several threads. */
public final class SqliteLogRows implements LogRows, AutoCloseable {
    private final Connection connection;
    private final Statement control;
    private final KeyedQuery scopes;
    private final KeyedQuery blobSizes;
    private final KeyedQuery answeredRequests;
    private final KeptAnswers answers;
    private final PreparedStatement selectChunk;
    private final ChunkTable chunks;
    private final PreparedStatement updateScope;
    private final KeyIndex index;
    private List<ScopeTail> uncommitted = List.of();
    private List<Chunk> uncommittedChunks = List.of();
    private boolean durable = true;

    public SqliteLogRows(Connection connection) throws SQLException {
        this.connection = connection;
        control = connection.createStatement();
        scopes = new KeyedQuery(
                connection,
                1,
                "SELECT s.id, s.log_id, s.head, s.counter, s.chain FROM wanted w CROSS JOIN scopes s ON s.id = w.k1");
        blobSizes = new KeyedQuery(connection, 2, """
            SELECT r.scope_id, r.sha256, r.size FROM wanted w
            CROSS JOIN blob_refs r ON r.scope_id = w.k1 AND r.sha256 = w.k2\
            """);
        answeredRequests = new KeyedQuery(connection, 3, """
            SELECT i.device_id, i.key, i.request FROM wanted w
            CROSS JOIN idempotency_keys i ON i.device_id = w.k1 AND i.key = w.k2 AND i.created_at > w.k3\
            """);
        answers = new KeptAnswers(connection);
        selectChunk = connection.prepareStatement(
                "SELECT id, head, body FROM chunks WHERE id >= ? AND id <= ? ORDER BY id LIMIT 1");
        chunks = new ChunkTable(connection);
        updateScope = connection.prepareStatement("UPDATE scopes SET head = ?, counter = ?, chain = ?,"
                + " operations = operations + ?, last_push = ? WHERE id = ?");
        index = new KeyIndex(connection);
    }

    /** Prepares a statement that is used once. */
    public PreparedStatement prepare(String sql) throws SQLException {
        return connection.prepareStatement(sql);
    }

    /**
     * Begins a transaction in SQL: with JDBC's own transactions, the driver would begin the next one immediately and
     * keep the lock.
     */
    void begin() throws SQLException {
        if (!durable) {
            // Not at the end of the upkeep: SQLite refuses it within a transaction, and one that has failed is not
            // over.
            control.execute("PRAGMA synchronous = FULL");
            durable = true;
        }
        control.execute(Sqlite.BEGIN);
    }

    void commit() throws SQLException {
        control.execute("COMMIT");
        uncommittedChunks.forEach(index::addChunk);
        uncommittedChunks = List.of();
        uncommitted.forEach(scope -> index.add(scope.scopeId(), scope.recent()));
        uncommitted = List.of();
    }

    /** The index of the ops' keys. */
    public KeyIndex index() {
        return index;
    }

    /** Returns whether {@link #upkeep} has something to do. */
    boolean isUpkeepDue() {
        return index.isDue();
    }

    /** Does a piece of the index's upkeep in a transaction of its own. A power cut may take it back: the index is made of chunks. */
    void upkeep() throws SQLException {
        durable = false;
        control.execute("PRAGMA synchronous = NORMAL");
        control.execute(Sqlite.BEGIN);
        index.step();
        commit();
    }

    /** Rolls the transaction back, unless SQLite has done so itself, as it does on a full disk. */
    void rollback() throws SQLException {
        try {
            control.execute("ROLLBACK");
        } catch (SQLException failure) {
            if (!String.valueOf(failure.getMessage()).contains("no transaction is active")) {
                throw failure;
            }
        }
    }

    @Override
    public Stored load(Wanted wanted) {
        try {
            Stored found = new Stored(
                    scopes(wanted.scopes()), new HashMap<>(), new HashMap<>(), new HashMap<>(), wanted.pushes());
            loadOps(wanted.ops(), found.ops());
            blobSizes.each(
                    wanted.blobs(),
                    (statement, at, key) -> {
                        statement.setLong(at, key.scopeId());
                        statement.setString(at + 1, key.sha256().hex());
                    },
                    row -> found.blobSizes()
                            .put(new BlobKey(row.getLong(1), new Sha256(row.getString(2))), row.getLong(3)));
            answeredRequests.each(
                    wanted.answers(),
                    (statement, at, key) -> {
                        statement.setString(at, key.deviceId());
                        statement.setString(at + 1, key.key());
                        statement.setLong(at + 2, wanted.answersSince());
                    },
                    row -> found.answers().put(new AnswerKey(row.getString(1), row.getString(2)), row.getString(3)));
            return found;
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    private void loadOps(List<LogKey> keys, Map<LogKey, List<KnownOp>> found) throws SQLException {
        LongArrayList sequences = new LongArrayList(0);
        Map<LogKey, LogKey> hits = new HashMap<>();
        for (LogKey key : keys) {
            sequences.elementsCount = 0;
            index.find(key.scopeId(), key.number(), sequences);
            for (int i = 0; i < sequences.size(); i++) {
                hits.put(new LogKey(key.scopeId(), sequences.get(i)), key);
            }
        }
        if (!hits.isEmpty()) {
            read(
                    hits.keySet(),
                    (place, op) -> found.computeIfAbsent(requireNonNull(hits.get(place)), key -> new ArrayList<>(1))
                            .add(new KnownOp(op.header().opId(), op.sequence(), op.deviceKey())));
        }
    }

    /** Reads the ends of the logs. A scope that does not exist is missing. */
    Map<Long, ScopeTail> scopes(Collection<Long> ids) throws SQLException {
        Map<Long, ScopeTail> found = new HashMap<>();
        scopes.each(
                ids,
                PreparedStatement::setLong,
                row -> found.put(
                        row.getLong(1),
                        new ScopeTail(
                                row.getLong(1), row.getString(2), row.getLong(3), row.getLong(4), row.getBytes(5))));
        return found;
    }

    @Override
    public Map<EntityWalk, long[]> findOthers(Collection<EntityWalk> walks) {
        Map<EntityWalk, long[]> found = new HashMap<>();
        try {
            for (EntityWalk walk : walks) {
                LongArrayList sequences = new LongArrayList(0);
                index.findOthers(walk, sequences);
                found.put(walk, sequences.toArray());
            }
            return found;
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    @Override
    public void ops(Collection<LogKey> sequences, BiConsumer<LogKey, StoredOp> reader) {
        try {
            read(sequences, reader);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    /** Reads ops, each chunk once. */
    private void read(Collection<LogKey> sequences, BiConsumer<LogKey, StoredOp> reader) throws SQLException {
        ChunkHead head = null;
        byte[] body = new byte[0];
        LogKey last = new LogKey(0, 0);
        for (LogKey key : new TreeSet<>(sequences)) {
            if (head == null || key.scopeId() != last.scopeId() || key.number() > last.number()) {
                selectChunk.setLong(1, ChunkIds.of(key.scopeId(), key.number()));
                selectChunk.setLong(2, ChunkIds.last(key.scopeId()));
                try (ResultSet row = selectChunk.executeQuery()) {
                    if (!row.next()) {
                        throw missing(key);
                    }
                    last = new LogKey(key.scopeId(), ChunkIds.sequence(row.getLong(1)));
                    head = new ChunkHead(last.number(), row.getBytes(2));
                    body = row.getBytes(3);
                }
            }
            int at = head.firstAbove(key.number() - 1);
            if (at == head.ops() || head.sequence(at) != key.number()) {
                throw missing(key);
            }
            reader.accept(key, StoredOp.of(head, at, body));
        }
    }

    private static SQLException missing(LogKey key) {
        return new SQLException("scope %s lacks op %s".formatted(key.scopeId(), key.number()));
    }

    @Override
    public byte[] answer(AnswerKey key) {
        try {
            return answers.get(key);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    @Override
    public void store(Changes changes) {
        try {
            chunks.insert(changes.chunks());
            uncommitted = List.copyOf(changes.scopes());
            uncommittedChunks = changes.chunks();
            for (ScopeTail scope : changes.scopes()) {
                addScope(scope, changes.now());
            }
            updateScope.executeBatch();
            answers.store(changes);
        } catch (SQLException failure) {
            throw new UncheckedSqlException(failure);
        }
    }

    private void addScope(ScopeTail scope, long now) throws SQLException {
        updateScope.setLong(1, scope.head());
        updateScope.setLong(2, scope.counter());
        updateScope.setBytes(3, scope.chain());
        updateScope.setLong(4, scope.appended());
        updateScope.setLong(5, now);
        updateScope.setLong(6, scope.scopeId());
        updateScope.addBatch();
    }

    /** Forgets what a failed transaction has read and not written, so that the next one begins empty. */
    void clear() throws SQLException {
        updateScope.clearBatch();
        answers.clear();
        index.clear();
        uncommitted = List.of();
        uncommittedChunks = List.of();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
