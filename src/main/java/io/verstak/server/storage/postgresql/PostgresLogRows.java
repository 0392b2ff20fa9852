package io.verstak.server.storage.postgresql;

import static java.util.Objects.requireNonNull;

import io.verstak.server.domain.Sha256;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.LogGap;
import io.verstak.server.storage.log.LogKey;
import io.verstak.server.storage.log.LogRows;
import io.verstak.server.storage.log.ScopeTail;
import io.verstak.server.storage.log.StoredOp;
import io.verstak.server.storage.postgresql.LogConnection.Statement;
import io.verstak.server.storage.postgresql.failover.Witness;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The rows of the log on a connection that writes. A transaction takes two round trips: all that is asked for, and all that is
 * written with the COMMIT. It asks once more if it passes over scopes. Not safe for several threads.
 *
 * <p>The scopes are locked first, in the order of their ids, and by a statement of its own: each later one has a newer snapshot, with
 * all that the node which held the locks before has committed.
 */
final class PostgresLogRows implements LogRows, LogGap.Rows, AutoCloseable {
    private static final String KNOWN_OPS = """
            SELECT k.scope_id, k.op_key, k.seq FROM unnest($1::bigint[], $2::bigint[]) AS w (scope_id, op_key)
            JOIN op_keys k ON k.scope_id = w.scope_id AND k.op_key = w.op_key""";

    private static final String BLOB_SIZES = """
            SELECT r.scope_id, r.sha256, r.size FROM unnest($1::bigint[], $2::text[]) AS w (scope_id, sha256)
            JOIN blob_refs r ON r.scope_id = w.scope_id AND r.sha256 = w.sha256""";

    private static final String DEVICES = """
            SELECT d.id, u.blocked, s.delete_after, d.read_only FROM unnest($1::text[]) AS w (id) JOIN devices d ON d.id = w.id
            JOIN users u ON u.id = d.user_id LEFT JOIN scopes s ON s.id = d.scope_id WHERE d.revoked_at IS NULL""";

    private static final String INSERT_CHUNKS = """
            INSERT INTO chunks (scope_id, last_seq, chain, head, body)
            SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bytea[], $4::bytea[], $5::bytea[])""";

    private final LogConnection connection;
    private final ScopeTable scopes;
    private final EntityTails entities;
    private final StoredOps ops;
    private final AnswerTable answers;
    private @Nullable Witness stored;

    PostgresLogRows(LogConnection connection) {
        this.connection = connection;
        this.scopes = new ScopeTable(connection);
        this.entities = new EntityTails(connection);
        this.ops = new StoredOps(connection);
        this.answers = new AnswerTable(connection);
    }

    /**
     * Begins a transaction with the next statements that are sent.
     *
     * @param waits a moment for scopes that another node writes to, and then fails ({@code 55P03}); or passes over them
     */
    void begin(boolean waits) {
        scopes.begin(waits);
    }

    @Override
    public Stored load(Wanted wanted) {
        Statement locked = scopes.lock(wanted.scopes());
        Statement known = wanted.ops().isEmpty() ? null : connection.add(KNOWN_OPS, keys(wanted.ops()));
        Statement ends = wanted.pushes().isEmpty() ? null : entities.load(wanted.pushes());
        Statement blobs = wanted.blobs().isEmpty() ? null : connection.add(BLOB_SIZES, blobKeys(wanted.blobs()));
        Statement answered = wanted.answers().isEmpty() ? null : answers.load(wanted.answers(), wanted.answersSince());
        Set<String> pushing =
                wanted.pushes().stream().map(push -> push.device().deviceId()).collect(Collectors.toSet());
        Statement devices = pushing.isEmpty() ? null : connection.add(DEVICES, ids(pushing));
        connection.send();
        Map<Long, ScopeTail> tails = scopes.tails(locked.rows());
        if (ends != null) {
            entities.loaded(ends.rows());
            ops.keep(entities.walkAll(tails.keySet()));
        }
        return new Stored(
                tails,
                known == null ? Map.of() : knownOps(known.rows(), tails.keySet()),
                blobs == null ? Map.of() : blobSizes(blobs.rows()),
                answered == null ? Map.of() : AnswerTable.requests(answered.rows()),
                devices == null ? Map.of() : refusals(pushing, devices.rows()),
                devices == null ? Set.of() : readers(devices.rows()),
                scopes.busy(wanted.scopes(), tails.keySet()));
    }

    /** Locks a scope, in a transaction that begins with it. What is returned is empty if it does not exist, and otherwise has it or is busy. */
    Stored lock(long scopeId, long now) {
        Stored locked = load(new Wanted(Set.of(scopeId), List.of(), List.of(), List.of(), 0));
        scopes.renew(locked.scopes().values(), now);
        return locked;
    }

    /** Only ops with a key that is known are read: a retry, or two ids that share a key. */
    private Map<LogKey, List<KnownOp>> knownOps(RowSet<Row> rows, Set<Long> scopes) {
        Map<LogKey, LogKey> hits = new HashMap<>();
        for (Row row : rows) {
            if (scopes.contains(row.getLong(0))) {
                hits.put(new LogKey(row.getLong(0), row.getLong(2)), new LogKey(row.getLong(0), row.getLong(1)));
            }
        }
        Map<LogKey, List<KnownOp>> found = new HashMap<>();
        ops.keep(hits.keySet());
        ops.read(
                hits.keySet(),
                (place, op) -> found.computeIfAbsent(requireNonNull(hits.get(place)), key -> new ArrayList<>(1))
                        .add(new KnownOp(op.header().opId(), op.sequence(), op.deviceKey())));
        return found;
    }

    private static Map<BlobKey, Long> blobSizes(RowSet<Row> rows) {
        Map<BlobKey, Long> found = new HashMap<>();
        for (Row row : rows) {
            found.put(new BlobKey(row.getLong(0), new Sha256(row.getString(1))), row.getLong(2));
        }
        return found;
    }

    /** A device without a row is one that was deleted, or whose user was. */
    private static Map<String, ServerException> refusals(Set<String> devices, RowSet<Row> rows) {
        Map<String, ServerException> refused = new HashMap<>();
        devices.forEach(device -> refused.put(device, new ServerException(ErrorCode.UNAUTHORIZED)));
        for (Row row : rows) {
            if (row.getInteger(1) != 0) {
                refused.put(row.getString(0), new ServerException(Message.ACCOUNT_BLOCKED));
            } else if (row.getLong(2) != null) {
                refused.put(row.getString(0), new ServerException(Message.VAULT_DELETED));
            } else {
                refused.remove(row.getString(0));
            }
        }
        return refused;
    }

    private static Set<String> readers(RowSet<Row> rows) {
        return StreamSupport.stream(rows.spliterator(), false)
                .filter(row -> row.getInteger(3) != 0)
                .map(row -> row.getString(0))
                .collect(Collectors.toSet());
    }

    @Override
    public Map<EntityWalk, long[]> findOthers(Collection<EntityWalk> walks) {
        return entities.findOthers(walks);
    }

    @Override
    public void ops(Collection<LogKey> sequences, BiConsumer<LogKey, StoredOp> reader) {
        ops.read(sequences, reader);
    }

    @Override
    public byte[] answer(AnswerKey key) {
        return answers.get(key);
    }

    @Override
    public void store(Changes changes) {
        List<Chunk> chunks = changes.chunks();
        if (!chunks.isEmpty()) {
            entities.store(chunks);
            connection.add(
                    INSERT_CHUNKS,
                    Tuple.tuple()
                            .addArrayOfLong(array(chunks, Chunk::scopeId))
                            .addArrayOfLong(array(chunks, Chunk::lastSequence))
                            .addArrayOfBuffer(buffers(chunks, Chunk::chain))
                            .addArrayOfBuffer(buffers(chunks, Chunk::head))
                            .addArrayOfBuffer(buffers(chunks, Chunk::body)));
            scopes.store(changes.scopes(), changes.now());
            stored = Witness.of(chunks.get(chunks.size() - 1));
        }
        answers.store(changes);
    }

    /** Asks whether the log ends with a gap that can be widened, before it says what becomes of it. */
    @Override
    public boolean reserve(ScopeTail scope, long until, long now) {
        Statement extended = connection.add(
                "UPDATE log_skips SET until_seq = $1 WHERE scope_id = $2 AND until_seq = $3 AND until_seq > $4",
                Tuple.of(until, scope.scopeId(), scope.counter(), scope.head()));
        connection.add(
                "UPDATE scopes SET counter = $1, last_skip = $1 WHERE id = $2", Tuple.of(until, scope.scopeId()));
        connection.send();
        if (extended.rows().rowCount() > 0) {
            return false;
        }
        connection.add(
                "INSERT INTO log_skips (scope_id, until_seq, after_seq, created_at) VALUES ($1, $2, $3, $4)",
                Tuple.of(scope.scopeId(), until, scope.counter(), now));
        return true;
    }

    @Override
    public void audit(String type, String userId, String deviceId, String message, long now) {
        connection.add(
                "INSERT INTO audit_log (type, user_id, device_id, address, message, created_at)"
                        + " VALUES ($1, $2, $3, '', $4, $5)",
                Tuple.of(type, userId, deviceId, message, now));
    }

    /**
     * Sends what was stored, and the COMMIT. Each statement must have succeeded: a COMMIT behind one that has failed is answered like a
     * ROLLBACK, without an error.
     *
     * @throws ServerException {@code UNAVAILABLE} when what the COMMIT is worth is not known
     */
    void commit() {
        connection.commit(stored);
        clear();
    }

    private void clear() {
        stored = null;
        scopes.clear();
        entities.clear();
        ops.clear();
    }

    /** Rolls back whatever a failed transaction has left. */
    void rollback() {
        connection.clear();
        clear();
        if (connection.isOpen()) {
            connection.add("ROLLBACK", Tuple.tuple());
            try {
                connection.send();
            } catch (RuntimeException failure) {
                connection.close();
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }

    private static Tuple keys(Collection<LogKey> keys) {
        return Tuple.tuple().addArrayOfLong(array(keys, LogKey::scopeId)).addArrayOfLong(array(keys, LogKey::number));
    }

    private static Tuple blobKeys(Collection<BlobKey> keys) {
        return Tuple.tuple()
                .addArrayOfLong(array(keys, BlobKey::scopeId))
                .addArrayOfString(keys.stream().map(key -> key.sha256().hex()).toArray(String[]::new));
    }

    private static Tuple ids(Collection<String> ids) {
        return Tuple.tuple().addArrayOfString(ids.toArray(String[]::new));
    }

    private static <T> Long[] array(Collection<T> rows, Function<T, Long> column) {
        return rows.stream().map(column).toArray(Long[]::new);
    }

    private static <T> Buffer[] buffers(Collection<T> rows, Function<T, byte[]> column) {
        return rows.stream().map(column).map(Buffer::buffer).toArray(Buffer[]::new);
    }
}
