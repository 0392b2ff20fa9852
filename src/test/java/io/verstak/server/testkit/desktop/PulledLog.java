package io.verstak.server.testkit.desktop;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.PulledOp;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.Function;

/** The ops that a desktop has pulled, its own included, and the folder after any of them. */
final class PulledLog {
    private final Function<Sha256, byte[]> blobs;
    private final List<PulledOp> ops = new ArrayList<>();
    private Replay replay;

    /** A folder to which the first ops were applied. */
    private final class Replay {
        private final PlainFolder folder = new PlainFolder();
        private final OpApplier applier = new OpApplier(folder, Set.of(), blobs);
        private int applied;

        boolean isBeyond(long sequence) {
            return applied > 0 && ops.get(applied - 1).serverSequence() > sequence;
        }

        void to(long sequence) {
            while (applied < ops.size() && ops.get(applied).serverSequence() <= sequence) {
                applier.apply(ops.get(applied));
                applied++;
            }
        }
    }

    /** @param blobs downloads a blob */
    PulledLog(Function<Sha256, byte[]> blobs) {
        this.blobs = blobs;
        replay = new Replay();
    }

    /** @param pulled all that were pulled so far */
    void take(List<PulledOp> pulled) {
        ops.addAll(pulled.subList(ops.size(), pulled.size()));
    }

    int size() {
        return ops.size();
    }

    PulledOp get(int index) {
        return ops.get(index);
    }

    List<PulledOp> all() {
        return List.copyOf(ops);
    }

    /** What the folder held after the op of this sequence. Fast in the order of sequences. */
    NavigableMap<String, PlainEntry> entriesAt(long sequence) {
        if (replay.isBeyond(sequence)) {
            replay = new Replay();
        }
        replay.to(sequence);
        return replay.folder.entries();
    }
}
