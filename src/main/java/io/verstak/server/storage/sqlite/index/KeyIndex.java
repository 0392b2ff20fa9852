package io.verstak.server.storage.sqlite.index;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.Chunk;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.RecentOps;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all ops. The keys of a scope's latest ops are in memory, read from the heads of its chunks when the scope is first
 * used; older ones are in sorted runs. A new op id is found to be new without reading anything, mostly. The memory of all scopes
 * together is bounded: those that were not used for the longest time leave it.
 *
 * <p>Belongs to the thread and the connection of the log's writer. Chunks are the truth: what is in memory, or in a run, can be made
 * of them.
 */
public final class KeyIndex {
    /** A scope that leaves memory has its small chunks merged if it has more than this. */
    private static final int LEFT_CHUNKS = 16;
    /** Within a group the memory may be exceeded by this factor. */
    private static final int MOST_OVER = 2;

    private final Limits limits;
    private final RunParts parts;
    private final RunTable runs;
    private final Map<Long, ScopeKeys> scopes = new LinkedHashMap<>(16, 0.75f, true);
    private final Set<Long> toSeal = new LinkedHashSet<>();
    private final Set<Long> toMerge = new LinkedHashSet<>();
    private final Deque<Long> toDelete = new ArrayDeque<>();
    private @Nullable RunMerge merge;
    private final Set<Long> toPack = new LinkedHashSet<>();
    private final ChunkPacker packer;
    private @Nullable ScopeKeys lastUsed;
    private boolean swept;
    private long bytes;

    /**
     * How much is in memory, in a run, and done at once.
     *
     * @param sealedOps so many ops in memory become a run
     * @param leftOps a scope that leaves memory leaves a run if it has more ops than this; fewer are read from their chunks
     * @param tierOps a run of the first tier has fewer ops than this
     * @param packedChunks so many chunks of a scope are merged into as few as hold their ops
     * @param bytes the memory of all scopes
     * @param stepEntries entries of runs that one step merges
     * @param stepParts parts that one step deletes
     */
    record Limits(
            int sealedOps, int leftOps, int tierOps, int packedChunks, long bytes, int stepEntries, int stepParts) {
        static final Limits USUAL = new Limits(16_384, 64, 512, 100, 32L << 20, 16_384, 256);
    }

    public KeyIndex(Connection connection) throws SQLException {
        this(connection, Limits.USUAL);
    }

    KeyIndex(Connection connection, Limits limits) throws SQLException {
        this.limits = limits;
        parts = new RunParts(connection);
        runs = new RunTable(connection);
        packer = new ChunkPacker(connection);
    }

    /** Adds the sequences of the ops of a scope with a key. There may be several: two op ids may share a key. */
    public void find(long scopeId, long opKey, LongArrayList found) throws SQLException {
        scope(scopeId).find(opKey, parts, found);
    }

    /** Adds the sequences of the ops that a walk asks for, the latest first. */
    public void findOthers(EntityWalk walk, LongArrayList found) throws SQLException {
        scope(walk.scopeId()).findOthers(walk, parts, found);
    }

    private ScopeKeys scope(long scopeId) throws SQLException {
        ScopeKeys known = lastUsed;
        if (known == null || known.scopeId() != scopeId) {
            known = scopes.get(scopeId);
            lastUsed = known;
        }
        if (known != null) {
            return known;
        }
        // What was read can be read again: the upkeep, which leaves runs, comes only after the group.
        while (bytes > MOST_OVER * limits.bytes() && !scopes.isEmpty()) {
            forget(scopes.values().iterator().next());
        }
        ScopeKeys read = new ScopeKeys(scopeId, runs.runs(scopeId), limits.tierOps());
        scopes.put(scopeId, read);
        changed(read, 0);
        long before = read.bytes();
        runs.readRecent(read, limits.sealedOps());
        changed(read, before);
        // An imported log has no runs yet.
        while (read.recent().size() >= limits.sealedOps() && scopes.containsKey(scopeId)) {
            seal(read);
            before = read.bytes();
            runs.readRecent(read, limits.sealedOps());
            changed(read, before);
        }
        return read;
    }

    /** Makes the runs of a log that was written otherwise than by pushes, within a transaction. */
    public void build(long scopeId) throws SQLException {
        leave(scope(scopeId));
    }

    /** Adds a chunk that was committed; see {@link #add}. */
    public void addChunk(Chunk chunk) {
        ScopeKeys scope = scopes.get(chunk.scopeId());
        if (scope != null) {
            scope.added(chunk.lastSequence(), new ChunkHead(chunk.lastSequence(), chunk.head()).isSmall());
        }
    }

    /** Adds ops that were committed, after their chunks. */
    public void add(long scopeId, RecentOps ops) {
        ScopeKeys scope = scopes.get(scopeId);
        if (scope != null) {
            long before = scope.bytes();
            scope.recent().addAll(ops);
            changed(scope, before);
        }
    }

    private void changed(ScopeKeys scope, long bytesBefore) {
        bytes += scope.bytes() - bytesBefore;
        if (scope.recent().size() >= limits.sealedOps()) {
            toSeal.add(scope.scopeId());
        }
        if (scope.unpacked() >= limits.packedChunks()) {
            toPack.add(scope.scopeId());
        }
        if (!scope.toMerge().isEmpty()) {
            toMerge.add(scope.scopeId());
        }
    }

    /** Forgets everything that was read: a transaction has failed, and what it did is unknown. */
    public void clear() {
        scopes.clear();
        lastUsed = null;
        toSeal.clear();
        toMerge.clear();
        toPack.clear();
        merge = null;
        swept = false;
        bytes = 0;
        parts.clear();
    }

    /** Returns the number of parts that were looked into. */
    long partsRead() {
        return parts.read();
    }

    /** Returns whether {@link #step} has something to do. */
    public boolean isDue() {
        return !toSeal.isEmpty()
                || isOver()
                || !toPack.isEmpty()
                || merge != null
                || !toMerge.isEmpty()
                || !toDelete.isEmpty()
                || !swept;
    }

    /** Does a piece of what is due, within a transaction; {@link #clear} if it fails. Takes some milliseconds. */
    public void step() throws SQLException {
        if (!toSeal.isEmpty()) {
            ScopeKeys scope = scopes.get(next(toSeal));
            // It may have been sealed since.
            if (scope != null && scope.recent().size() >= limits.sealedOps()) {
                seal(scope);
            }
        } else if (isOver()) {
            leaveSome();
        } else if (!toPack.isEmpty()) {
            pack(scopes.get(next(toPack)));
        } else if (merge != null) {
            merge(merge);
        } else if (!toMerge.isEmpty()) {
            begin(scopes.get(next(toMerge)));
        } else if (!swept) {
            toDelete.clear();
            toDelete.addAll(runs.unused());
            swept = true;
        } else if (!toDelete.isEmpty() && parts.delete(toDelete.getFirst(), limits.stepParts()) < limits.stepParts()) {
            toDelete.removeFirst();
        }
    }

    private static long next(Set<Long> scopes) {
        long first = scopes.iterator().next();
        scopes.remove(first);
        return first;
    }

    private void seal(ScopeKeys scope) throws SQLException {
        RecentOps ops = scope.recent();
        long before = scope.bytes();
        long id = runs.nextId();
        RunWriter writer = new RunWriter(parts, id, ops.size());
        for (RunEntries entry = new SortedOps(ops, RunParts.OPS); entry.next(); ) {
            writer.addOp(entry);
        }
        writer.endOps();
        for (RunEntries entry = new SortedOps(ops, RunParts.ENTITIES); entry.next(); ) {
            writer.addEntity(entry);
        }
        writer.endEntities();
        KeyRun run = writer.finish(scope.scopeId(), ops.sequence(0), ops.sequence(ops.size() - 1));
        if (runs.insert(run)) {
            scope.sealed(run);
            changed(scope, before);
        } else {
            toDelete.add(id);
            forget(scope);
        }
    }

    private void pack(@Nullable ScopeKeys scope) throws SQLException {
        if (scope != null) {
            packer.pack(scope);
        }
    }

    /** A single scope stays, however large. */
    private boolean isOver() {
        return bytes > limits.bytes() && scopes.size() > 1;
    }

    /** A group may bring in as many scopes as it has pushes: as many leave, until a run's worth of ops was written. */
    private void leaveSome() throws SQLException {
        for (long room = limits.sealedOps(); room > 0 && bytes > limits.bytes() && scopes.size() > 1; ) {
            ScopeKeys eldest = scopes.values().iterator().next();
            room -= limits.leftOps() + eldest.recent().size();
            leave(eldest);
        }
    }

    private void leave(ScopeKeys scope) throws SQLException {
        if (scope.unpacked() > LEFT_CHUNKS) {
            packer.pack(scope);
        }
        if (scope.recent().size() > limits.leftOps()) {
            seal(scope);
        }
        forget(scope);
    }

    private void forget(ScopeKeys scope) {
        lastUsed = null;
        if (scopes.remove(scope.scopeId()) != null) {
            bytes -= scope.bytes();
        }
    }

    private void begin(@Nullable ScopeKeys scope) throws SQLException {
        List<KeyRun> inputs = scope == null ? List.of() : scope.toMerge();
        if (!inputs.isEmpty() && runs.hasOps(inputs.get(0).scopeId())) {
            merge = new RunMerge(inputs, parts, runs.nextId());
        }
    }

    private void merge(RunMerge running) throws SQLException {
        if (!runs.hasOps(running.scopeId())) {
            // The vault is being deleted, and the runs' parts with it.
            merge = null;
            toDelete.add(running.id());
            return;
        }
        if (!running.step(limits.stepEntries())) {
            return;
        }
        merge = null;
        KeyRun result = running.result();
        if (!runs.replace(running.inputs(), result)) {
            toDelete.add(running.id());
            return;
        }
        running.inputs().forEach(input -> toDelete.add(input.id()));
        ScopeKeys scope = scopes.get(result.scopeId());
        if (scope != null) {
            long before = scope.bytes();
            scope.merged(running.inputs(), result);
            changed(scope, before);
        }
    }
}
