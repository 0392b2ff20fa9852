package io.verstak.server.importer;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What an import has found, what it has brought over, and what it has left behind and why. For one thread. */
public final class ImportReport {
    private static final int MAX_EXAMPLES = 20;
    private static final int MAX_NOTES = 1000;
    private static final int MAX_DAMAGED = 100_000;

    private final Map<ImportedEntity, long[]> counts = new EnumMap<>(ImportedEntity.class);
    private final Map<Reason, Skipped> skipped = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();
    private final List<String> damagedBlobs = new ArrayList<>();
    private long moreNotes;
    private boolean lost;

    private record Reason(ImportedEntity what, String text) {}

    /**
     * What was left behind for one reason.
     *
     * @param examples some of them, by name
     * @param lost false where nobody misses it: records that have expired, or that are made again
     */
    public record Skipped(ImportedEntity what, String reason, long count, List<String> examples, boolean lost) {}

    /** How many there were, and how many came over. */
    public record Count(long found, long imported) {
        public long skipped() {
            return found - imported;
        }
    }

    ImportReport() {
        for (ImportedEntity what : ImportedEntity.values()) {
            counts.put(what, new long[2]);
        }
    }

    void found(ImportedEntity what) {
        found(what, 1);
    }

    void found(ImportedEntity what, long count) {
        row(what)[0] += count;
    }

    void imported(ImportedEntity what) {
        row(what)[1]++;
    }

    /** Something that people would miss was left behind. */
    void lose(ImportedEntity what, String reason, String name) {
        lost = true;
        skip(what, reason, name, 1, true);
    }

    /** Something was left behind that is of no use any more. */
    void leave(ImportedEntity what, String reason, long count) {
        if (count > 0) {
            skip(what, reason, "", count, false);
        }
    }

    void leave(ImportedEntity what, String reason, String name) {
        skip(what, reason, name, 1, false);
    }

    private void skip(ImportedEntity what, String reason, String name, long count, boolean isLost) {
        Skipped before = skipped.get(new Reason(what, reason));
        List<String> examples = new ArrayList<>(before == null ? List.of() : before.examples());
        if (!name.isEmpty() && examples.size() < MAX_EXAMPLES) {
            examples.add(oneLine(name));
        }
        long all = count + (before == null ? 0 : before.count());
        skipped.put(new Reason(what, reason), new Skipped(what, reason, all, examples, isLost));
    }

    /** A blob whose bytes are not what its name says; it heals with its next upload. */
    void damaged(String sha256, String how) {
        lose(ImportedEntity.BLOBS, how + "; the next upload heals it", sha256);
        if (damagedBlobs.size() < MAX_DAMAGED) {
            damagedBlobs.add(sha256);
        }
    }

    /** Something to know that is no loss. */
    void note(String text) {
        if (notes.size() < MAX_NOTES) {
            notes.add(oneLine(text));
        } else {
            moreNotes++;
        }
    }

    /** What stands in a database written by others may hold anything; a terminal must not. */
    private static String oneLine(String text) {
        return text.strip().replaceAll("[\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]", "?");
    }

    private long[] row(ImportedEntity what) {
        return counts.computeIfAbsent(what, fresh -> new long[2]);
    }

    public Count count(ImportedEntity what) {
        return new Count(row(what)[0], row(what)[1]);
    }

    public List<Skipped> skipped() {
        return List.copyOf(skipped.values());
    }

    public List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        if (moreNotes > 0) {
            all.add("and %s more of this kind".formatted(moreNotes));
        }
        return all;
    }

    /** The hashes of blobs whose bytes did not come over. */
    public List<String> damagedBlobs() {
        return List.copyOf(damagedBlobs);
    }

    /** Whether all that anybody could miss came over. */
    public boolean isWhole() {
        return !lost;
    }
}
