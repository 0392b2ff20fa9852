package io.verstak.server.storage.sqlite.index;

import com.carrotsearch.hppc.LongArrayList;
import io.verstak.server.storage.log.EntityWalk;
import io.verstak.server.storage.log.RecentOps;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The keys of a scope's ops: runs, and in memory what is above them. */
final class ScopeKeys {
    /** As many runs of one tier become one of the next. */
    private static final int RUNS_OF_TIER = 8;

    /** Runs of this tier are not merged: in a server they have two million ops and more. */
    private static final int LAST_TIER = 5;

    private static final int OBJECT_BYTES = 1024;

    private final long scopeId;
    private final int tierOps;

    /** In the order of their sequences. */
    private final List<KeyRun> runs;

    private RecentOps recent = new RecentOps();
    private long runBytes;

    /** Up to this sequence chunks are as large as they get; above it so many are small. */
    private long packedTo;

    private int unpacked;

    /** @param tierOps a run of the first tier has fewer ops than this */
    ScopeKeys(long scopeId, List<KeyRun> runs, int tierOps) {
        this.scopeId = scopeId;
        this.tierOps = tierOps;
        this.runs = new ArrayList<>(runs);
        this.packedTo = runsEnd();
        countBytes();
    }

    private void countBytes() {
        runBytes = runs.stream().mapToLong(KeyRun::bytes).sum();
    }

    long packedTo() {
        return packedTo;
    }

    /** Returns the number of small chunks that may be merged. */
    int unpacked() {
        return unpacked;
    }

    /** A chunk was added. */
    void added(long lastSequence, boolean small) {
        if (small) {
            unpacked++;
        } else if (unpacked == 0) {
            packedTo = lastSequence;
        }
    }

    /** Chunks were read and merged, up to a sequence for good; so many are left that may take more. */
    void packed(long to, int read, int left) {
        packedTo = to;
        unpacked = Math.max(0, unpacked - read) + left;
    }

    long scopeId() {
        return scopeId;
    }

    RecentOps recent() {
        return recent;
    }

    /** Returns the highest sequence of the runs; 0 if there is none. */
    long runsEnd() {
        return runs.isEmpty() ? 0 : runs.get(runs.size() - 1).lastSequence();
    }

    /** Returns the size in memory, in bytes. */
    long bytes() {
        return OBJECT_BYTES + (long) recent.size() * RecentOps.OP_BYTES + runBytes;
    }

    /** Adds the sequences of the ops with a key. */
    void find(long opKey, RunParts parts, LongArrayList found) throws SQLException {
        recent.find(opKey, found);
        for (int i = runs.size() - 1; i >= 0; i--) {
            runs.get(i).find(opKey, parts, found);
        }
    }

    /** Adds the sequences of the ops that a walk asks for, the latest first. */
    void findOthers(EntityWalk walk, RunParts parts, LongArrayList found) throws SQLException {
        recent.findOthers(walk, found);
        for (int i = runs.size() - 1;
                i >= 0 && runs.get(i).lastSequence() > walk.above() && found.size() < EntityWalk.MOST;
                i--) {
            if (runs.get(i).firstSequence() < walk.below()) {
                runs.get(i).findOthers(walk, parts, found);
            }
        }
    }

    /** The ops in memory have become a run. */
    void sealed(KeyRun run) {
        runs.add(run);
        recent = new RecentOps();
        countBytes();
    }

    /** Runs have become one. */
    void merged(List<KeyRun> inputs, KeyRun result) {
        Set<Long> replaced = inputs.stream().map(KeyRun::id).collect(Collectors.toSet());
        runs.removeIf(run -> replaced.contains(run.id()));
        runs.add(result);
        runs.sort(Comparator.comparingLong(KeyRun::firstSequence));
        countBytes();
    }

    /**
     * Returns the latest runs that are to become one, or none: those of a tier and below, when there are enough of the tier. So
     * a scope has few runs, and an op is written once for each tier.
     */
    List<KeyRun> toMerge() {
        for (int tier = 0; tier < LAST_TIER; tier++) {
            int from = runs.size();
            int ofTier = 0;
            while (from > 0 && tier(runs.get(from - 1)) <= tier) {
                from--;
                ofTier += tier(runs.get(from)) == tier ? 1 : 0;
            }
            if (ofTier >= RUNS_OF_TIER) {
                return List.copyOf(runs.subList(from, runs.size()));
            }
        }
        return List.of();
    }

    private int tier(KeyRun run) {
        int tier = 0;
        for (long most = tierOps; run.ops() >= most && tier < LAST_TIER; most *= RUNS_OF_TIER) {
            tier++;
        }
        return tier;
    }
}
