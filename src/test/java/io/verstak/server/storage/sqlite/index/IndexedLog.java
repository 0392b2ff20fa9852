package io.verstak.server.storage.sqlite.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkBuilder;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.RecentOps;
import io.verstak.server.storage.sqlite.Migrations;
import io.verstak.server.testkit.TestDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Chunks in a database and an index over them, beside a plain list of the same ops. */
final class IndexedLog implements AutoCloseable {
    private static final byte[] TEXT = {'x'};

    private final Path file;
    private final KeyIndex.Limits limits;
    private final Map<Long, List<Op>> ops = new HashMap<>();
    private Connection connection;
    private KeyIndex index;

    record Op(long sequence, long key, long entity, long device) {}

    /** @param file a database; it may have a log already, which {@link #has} tells of */
    IndexedLog(Path file, KeyIndex.Limits limits) throws SQLException {
        this.file = file;
        this.limits = limits;
        connection = connect(file);
        Migrations.run(connection);
        index = new KeyIndex(connection, limits);
    }

    private static Connection connect(Path file) throws SQLException {
        Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        try (Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA synchronous = OFF");
        }
        return connection;
    }

    long newScope() {
        TestDatabase.execute(
                file,
                "INSERT INTO scopes (user_id, vault_id, log_id, created_at) VALUES ('u', hex(randomblob(8)), 'log', 0)");
        long scope = Long.parseLong(
                TestDatabase.rows(file, "SELECT MAX(id) FROM scopes").get(0));
        ops.put(scope, new ArrayList<>());
        return scope;
    }

    /** The database holds the same ops as that of another log. */
    void has(IndexedLog other) {
        other.ops.forEach((scope, list) -> ops.put(scope, new ArrayList<>(list)));
    }

    Connection connection() {
        return connection;
    }

    KeyIndex index() {
        return index;
    }

    List<Op> ops(long scope) {
        return ops.computeIfAbsent(scope, none -> new ArrayList<>());
    }

    long head(long scope) {
        List<Op> all = ops(scope);
        return all.isEmpty() ? 0 : all.get(all.size() - 1).sequence();
    }

    /** Appends ops as a push does: looks for their keys, writes chunks, commits, and tells the index. */
    void push(long scope, List<Op> pushed) throws SQLException {
        begin();
        pushed.forEach(op -> find(scope, op.key()));
        List<Chunk> chunks = write(scope, pushed);
        end("COMMIT");
        chunks.forEach(index::addChunk);
        RecentOps added = new RecentOps();
        pushed.forEach(op -> added.add(op.sequence(), op.key(), op.entity(), op.device()));
        index.add(scope, added);
        ops(scope).addAll(pushed);
    }

    /** Writes ops, and takes everything back. */
    void pushInVain(long scope, List<Op> pushed) throws SQLException {
        begin();
        pushed.forEach(op -> find(scope, op.key()));
        write(scope, pushed);
        index.clear();
        end("ROLLBACK");
    }

    /** Writes chunks as an import does, without the index. */
    void fill(long scope, List<Op> all) throws SQLException {
        begin();
        write(scope, all);
        end("COMMIT");
        ops(scope).addAll(all);
    }

    private List<Chunk> write(long scope, List<Op> pushed) throws SQLException {
        ChunkBuilder builder = new ChunkBuilder(scope);
        for (Op op : pushed) {
            builder.add(op.sequence(), op.key(), op.entity(), op.device(), TEXT, TEXT);
        }
        List<Chunk> chunks = builder.take();
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO chunks VALUES (?, ?, ?, ?)")) {
            for (Chunk chunk : chunks) {
                insert.setLong(1, ChunkIds.of(scope, chunk.lastSequence()));
                insert.setBytes(2, chunk.chain());
                insert.setBytes(3, chunk.head());
                insert.setBytes(4, chunk.body());
                insert.executeUpdate();
            }
        }
        return chunks;
    }

    void build(long scope) throws SQLException {
        begin();
        index.build(scope);
        end("COMMIT");
    }

    void step() throws SQLException {
        begin();
        index.step();
        end("COMMIT");
    }

    /** A step whose commit fails. */
    void stepInVain() throws SQLException {
        begin();
        index.step();
        index.clear();
        end("ROLLBACK");
    }

    void finish() throws SQLException {
        while (index.isDue()) {
            step();
        }
    }

    /** Goes on as after a start. */
    void reopen() throws SQLException {
        connection.close();
        connection = connect(file);
        index = new KeyIndex(connection, limits);
    }

    private void begin() throws SQLException {
        end("BEGIN IMMEDIATE");
    }

    private void end(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long[] find(long scope, long key) {
        LongArrayList found = new LongArrayList();
        try {
            index.find(scope, key, found);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        return found.toArray();
    }

    void assertFound(long scope, long key) {
        assertThat(find(scope, key))
                .isEqualTo(latestFirst(ops(scope).stream()
                        .filter(op -> op.key() == key)
                        .mapToLong(Op::sequence)
                        .toArray()));
    }

    void assertFound(EntityWalk walk) throws SQLException {
        LongArrayList found = new LongArrayList();
        index.findOthers(walk, found);
        long[] all = latestFirst(ops(walk.scopeId()).stream()
                .filter(op -> op.entity() == walk.entityKey() && op.device() != walk.deviceKey())
                .mapToLong(Op::sequence)
                .filter(sequence -> sequence > walk.above() && sequence < walk.below())
                .toArray());
        assertThat(found.toArray())
                .as(walk.toString())
                .isEqualTo(Arrays.copyOf(all, Math.min(all.length, EntityWalk.MOST)));
    }

    private static long[] latestFirst(long[] sequences) {
        LongArrayList reversed = new LongArrayList(sequences.length);
        for (int i = sequences.length - 1; i >= 0; i--) {
            reversed.add(sequences[i]);
        }
        return reversed.toArray();
    }

    /** Asks for some ops of every kind. */
    void assertSome(Random random, int questions) throws SQLException {
        for (Map.Entry<Long, List<Op>> scope : ops.entrySet()) {
            List<Op> all = scope.getValue();
            for (int i = 0; i < questions && !all.isEmpty(); i++) {
                Op op = all.get(random.nextInt(all.size()));
                assertFound(scope.getKey(), op.key());
                assertFound(scope.getKey(), random.nextLong());
                long below = random.nextBoolean() ? op.sequence() : head(scope.getKey()) + 1;
                long above = random.nextBoolean() ? 1 : Math.max(1, below - random.nextInt(200));
                assertFound(new EntityWalk(scope.getKey(), op.entity(), random.nextInt(4), above, below));
            }
        }
    }

    /** The chunks have the ops, every op is in one run at most, and nothing of other runs is left. Call {@link #finish} before. */
    void assertSound() throws SQLException {
        assertThat(stored()).isEqualTo(ops);
        List<String> damages = new ArrayList<>();
        for (Map.Entry<Long, List<Op>> scope : ops.entrySet()) {
            RunCheck check = new RunCheck((kind, sequence, text) -> damages.add(kind + " " + sequence + ": " + text));
            check.read(connection, scope.getKey());
            scope.getValue().forEach(op -> check.op(op.sequence(), op.key(), op.entity(), op.device()));
            check.finish();
        }
        assertThat(damages).isEmpty();
        assertThat(TestDatabase.rows(file, "SELECT DISTINCT id >> 24 FROM key_parts ORDER BY 1"))
                .isEqualTo(TestDatabase.rows(file, "SELECT id FROM key_runs ORDER BY 1"));
    }

    private Map<Long, List<Op>> stored() throws SQLException {
        Map<Long, List<Op>> stored = new HashMap<>();
        ops.keySet().forEach(scope -> stored.put(scope, new ArrayList<>()));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT id, head, body, id >> 40 FROM chunks ORDER BY id")) {
            while (row.next()) {
                ChunkHead head = new ChunkHead(ChunkIds.sequence(row.getLong(1)), row.getBytes(2));
                assertThat(head.ascends()).isTrue();
                assertThat(head.firstMisplaced(row.getBytes(3))).isEqualTo(-1);
                for (int i = 0; i < head.ops(); i++) {
                    stored.computeIfAbsent(row.getLong(4), scope -> new ArrayList<>())
                            .add(new Op(head.sequence(i), head.opKey(i), head.entityKey(i), head.deviceKey(i)));
                }
            }
        }
        return stored;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
