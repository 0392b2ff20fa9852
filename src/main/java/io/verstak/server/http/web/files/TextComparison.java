package io.verstak.server.http.web.files;

import com.github.difflib.DiffUtils;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.DeltaType;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Two versions of a text side by side.
 *
 * @param rows in the order of the texts
 * @param cut whether there were more rows
 */
public record TextComparison(List<Row> rows, boolean cut) {
    /** What two texts that differ in everything cost grows with the square of their lines. */
    static final int MAX_LINES = 5_000;

    /** Words are compared within lines up to this length, in characters. */
    private static final int MAX_COMPARED_LINE = 1_000;

    /** How often words are compared in all. Lines after that are marked as a whole. */
    private static final int MAX_COMPARED_WORDS = 50_000_000;

    private static final int MAX_ROWS = 4_000;
    private static final int CONTEXT = 3;
    private static final Pattern LINES = Pattern.compile("\\r\\n|\\n|\\r");

    /** What became of a line. */
    public enum Kind {
        SAME,
        CHANGED,
        ADDED,
        REMOVED,
        /** Lines that are the same and not shown. */
        FOLDED
    }

    /** A part of a line. */
    public record Piece(String text, boolean changed) {}

    /**
     * A line of each text; on a side without one the number is 0.
     *
     * @param oldNumber from 1; of {@link Kind#FOLDED} the number of lines that are not shown
     */
    public record Row(Kind kind, int oldNumber, List<Piece> oldText, int newNumber, List<Piece> newText) {}

    /**
     * Compares two texts; empty: one has too many lines.
     *
     * @param folds whether long runs of equal lines are left out
     */
    static Optional<TextComparison> of(String before, String after, boolean folds) {
        List<String> old = lines(before);
        List<String> now = lines(after);
        if (old.size() > MAX_LINES || now.size() > MAX_LINES) {
            return Optional.empty();
        }
        Builder rows = new Builder(folds);
        List<AbstractDelta<String>> deltas = DiffUtils.diff(old, now, new MyersDiffWithLinearSpace<>(), null, true)
                .getDeltas();
        for (int i = 0; i < deltas.size(); i++) {
            AbstractDelta<String> delta = deltas.get(i);
            if (delta.getType() == DeltaType.EQUAL) {
                rows.same(delta.getSource().getLines(), i == 0, i == deltas.size() - 1);
            } else {
                rows.changed(delta.getSource().getLines(), delta.getTarget().getLines());
            }
        }
        rows.end();
        List<Row> all = rows.rows;
        return Optional.of(new TextComparison(
                List.copyOf(all.subList(0, Math.min(all.size(), MAX_ROWS))), all.size() > MAX_ROWS));
    }

    /** Returns whether the texts differ in nothing but, perhaps, the ends of their lines. */
    public boolean isSame() {
        return rows.stream().allMatch(row -> row.kind() == Kind.SAME || row.kind() == Kind.FOLDED);
    }

    private static List<String> lines(String text) {
        return text.isEmpty() ? List.of() : List.of(LINES.split(text, -1));
    }

    /** Collects rows. */
    private static final class Builder {
        private final List<Row> rows = new ArrayList<>();
        private final boolean folds;
        private final List<String> removed = new ArrayList<>();
        private final List<String> added = new ArrayList<>();
        private int oldNumber;
        private int newNumber;
        private int comparedWords;

        Builder(boolean folds) {
            this.folds = folds;
        }

        /** Lines that were removed and added at one place are changed lines: the algorithm tells of them one after the other. */
        void changed(List<String> old, List<String> now) {
            removed.addAll(old);
            added.addAll(now);
        }

        void same(List<String> lines, boolean first, boolean last) {
            end();
            int before = first ? 0 : CONTEXT;
            int after = last ? 0 : CONTEXT;
            int folded = lines.size() - before - after;
            boolean whole = !folds || folded <= 1;
            for (int i = 0; i < lines.size(); i++) {
                oldNumber++;
                newNumber++;
                if (whole || i < before || i >= before + folded) {
                    List<Piece> text = List.of(new Piece(lines.get(i), false));
                    rows.add(new Row(Kind.SAME, oldNumber, text, newNumber, text));
                } else if (i == before) {
                    rows.add(new Row(Kind.FOLDED, folded, List.of(), 0, List.of()));
                }
            }
        }

        /** Adds the rows of the change that are not added yet. */
        void end() {
            for (int i = 0; i < Math.max(removed.size(), added.size()); i++) {
                if (i >= removed.size()) {
                    newNumber++;
                    rows.add(new Row(Kind.ADDED, 0, List.of(), newNumber, List.of(new Piece(added.get(i), true))));
                } else if (i >= added.size()) {
                    oldNumber++;
                    rows.add(new Row(Kind.REMOVED, oldNumber, List.of(new Piece(removed.get(i), true)), 0, List.of()));
                } else {
                    oldNumber++;
                    newNumber++;
                    List<List<Piece>> sides = words(removed.get(i), added.get(i));
                    rows.add(new Row(Kind.CHANGED, oldNumber, sides.get(0), newNumber, sides.get(1)));
                }
            }
            removed.clear();
            added.clear();
        }

        /** Returns the words of two lines, the old one first. */
        private List<List<Piece>> words(String old, String now) {
            if (old.length() > MAX_COMPARED_LINE
                    || now.length() > MAX_COMPARED_LINE
                    || comparedWords > MAX_COMPARED_WORDS) {
                return List.of(List.of(new Piece(old, true)), List.of(new Piece(now, true)));
            }
            List<Piece> left = new ArrayList<>();
            List<Piece> right = new ArrayList<>();
            DiffUtils.diff(
                            split(old),
                            split(now),
                            new MyersDiffWithLinearSpace<String>((one, other) -> {
                                comparedWords++;
                                return one.equals(other);
                            }),
                            null,
                            true)
                    .getDeltas()
                    .forEach(delta -> {
                        boolean changed = delta.getType() != DeltaType.EQUAL;
                        add(left, delta.getSource().getLines(), changed);
                        add(right, delta.getTarget().getLines(), changed);
                    });
            return List.of(List.copyOf(left), List.copyOf(right));
        }

        private static List<String> split(String line) {
            BreakIterator ends = BreakIterator.getWordInstance(Locale.ROOT);
            ends.setText(line);
            List<String> words = new ArrayList<>();
            int from = ends.first();
            for (int to = ends.next(); to != BreakIterator.DONE; to = ends.next()) {
                words.add(line.substring(from, to));
                from = to;
            }
            return words;
        }

        private static void add(List<Piece> pieces, List<String> words, boolean changed) {
            if (!words.isEmpty()) {
                pieces.add(new Piece(String.join("", words), changed));
            }
        }
    }
}
