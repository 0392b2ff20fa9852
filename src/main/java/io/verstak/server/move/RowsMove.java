package io.verstak.server.move;

import io.verstak.server.move.MoveReport.Table;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.log.ChunkHead;
import io.verstak.server.storage.move.MoveEnd;
import io.verstak.server.storage.move.MoveMark;
import io.verstak.server.storage.move.MoveTable;
import io.verstak.server.storage.move.MoveTable.Kind;
import io.verstak.server.storage.move.RowDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Copies the rows of all tables, and compares them. Holds a page of {@link #PAGE_BYTES} at a time, or one larger row. Blocks. */
final class RowsMove {
    private static final long PAGE_BYTES = 4L << 20;
    private static final int SHOWN_LETTERS = 12;

    private final MoveEnd source;
    private final MoveEnd target;
    private final boolean oneNode;
    private final MoveProgress progress;
    private final List<MoveTable> tables;
    private final Set<String> replaced = new TreeSet<>();
    private long operations;

    /**
     * @param sameStore whether blobs stay in the store where they are
     * @param oneNode whether the target serves one node, which has no name
     * @throws StorageException in one line for a person, if the two ends have different tables
     */
    RowsMove(MoveEnd source, MoveEnd target, boolean sameStore, boolean oneNode, MoveProgress progress) {
        this.source = source;
        this.target = target;
        this.oneNode = oneNode;
        this.progress = progress;
        List<MoveTable> all = source.tables();
        requireSame(all, target.tables());
        this.tables = sameStore
                ? all
                : all.stream()
                        .filter(table -> !table.isOfBucket())
                        .map(MoveTable::withoutBucket)
                        .toList();
    }

    /** Returns the tables that are copied. */
    List<MoveTable> tables() {
        return tables;
    }

    static void requireSame(List<MoveTable> here, List<MoveTable> there) {
        Map<String, MoveTable> others = new HashMap<>();
        there.forEach(table -> others.put(table.name(), table));
        for (MoveTable table : here) {
            MoveTable other = others.remove(table.name());
            if (other == null) {
                throw new StorageException(
                        "table %s of one database is missing in the other: both must be of this release"
                                .formatted(table.name()));
            }
            if (!table.equals(other)) {
                throw new StorageException(
                        "table %s is not the same in both databases (%s): both must be of this release"
                                .formatted(table.name(), table.differenceFrom(other)));
            }
        }
        if (!others.isEmpty()) {
            throw new StorageException(
                    "tables of one database are missing in the other: %s: both must be of this release"
                            .formatted(String.join(", ", new TreeSet<>(others.keySet()))));
        }
    }

    /** Returns the digest of all rows but the log's, whose changes show in {@code scopes}: another one if a server has used the source. */
    String fingerprint() {
        RowDigest digest = new RowDigest();
        for (MoveTable table : tables) {
            if (!table.name().equals(MoveTable.CHUNKS)) {
                each(source, table, List.of(), rows -> rows.forEach(digest::add));
            }
        }
        return digest.hex();
    }

    /** Work on a page. */
    private interface Page {
        void rows(List<Object[]> rows);
    }

    private static void each(MoveEnd end, MoveTable table, List<Object> start, Page page) {
        List<Object> after = start;
        while (true) {
            List<Object[]> rows = end.page(table, after, PAGE_BYTES);
            if (rows.isEmpty()) {
                return;
            }
            page.rows(rows);
            if (table.key().isEmpty()) {
                return;
            }
            after = table.keyOf(rows.get(rows.size() - 1));
        }
    }

    /** Copies all rows after the mark. Each page and its new mark are one transaction. */
    void copy(MoveMark begun) {
        MoveMark mark = begun;
        int first = begun.table().isEmpty() ? 0 : indexOf(begun.table());
        for (MoveTable table : tables.subList(first, tables.size())) {
            List<Object> after = table.name().equals(begun.table()) ? begun.key() : List.of();
            progress.part(shown(table.name()), source.count(table));
            MoveMark atTable = mark;
            each(source, table, after, rows -> {
                target.add(
                        table, storable(table, rows), atTable.at(table.name(), table.keyOf(rows.get(rows.size() - 1))));
                progress.advance(rows.size());
            });
            mark = mark.at(table.name(), List.of());
        }
        target.continueIds(source.highestIds());
    }

    private static String shown(String name) {
        return name.substring(0, Math.min(name.length(), SHOWN_LETTERS));
    }

    private int indexOf(String name) {
        for (int i = 0; i < tables.size(); i++) {
            if (tables.get(i).name().equals(name)) {
                return i;
            }
        }
        throw new StorageException("%s: has no table %s any more".formatted(source.place(), name));
    }

    /**
     * Replaces texts that the target cannot hold, and the names of nodes if it has one only. In a key nothing is replaced: the row would
     * be another one.
     */
    private List<Object[]> storable(MoveTable table, List<Object[]> rows) {
        if (oneNode && table.name().equals("uploads")) {
            int node = table.indexOf("node");
            rows.forEach(row -> row[node] = "");
        }
        for (int i = 0; i < table.columns().size(); i++) {
            if (table.columns().get(i).kind() == Kind.TEXT) {
                for (Object[] row : rows) {
                    row[i] = storable(table, row, i);
                }
            }
        }
        return rows;
    }

    private Object storable(MoveTable table, Object[] row, int column) {
        if (!(row[column] instanceof String text)) {
            return row[column];
        }
        String other = target.storable(text);
        if (!other.equals(text)) {
            String name = table.columns().get(column).name();
            String place = "%s %s %s".formatted(table.name(), keyText(table, row), name);
            if (table.key().contains(name)) {
                throw new StorageException(
                        "%s: a text with a character that PostgreSQL cannot hold (U+0000) in a key; delete or rename it and run the command again"
                                .formatted(place));
            }
            replaced.add(place);
        }
        return other;
    }

    private static String keyText(MoveTable table, Object[] row) {
        return table.keyOf(row).stream()
                .map(String::valueOf)
                .map(text -> text.replace('\0', '\uFFFD'))
                .collect(Collectors.joining("/"));
    }

    /**
     * Reads both ends from beginning to end.
     *
     * @param different runs before it fails because a table differs
     * @throws StorageException in one line for a person, naming the table that differs
     */
    List<Table> compare(Runnable different) {
        List<Table> compared = new ArrayList<>();
        for (MoveTable table : tables) {
            progress.part("comparing", 2 * source.count(table));
            RowDigest from = new RowDigest();
            each(source, table, List.of(), rows -> {
                storable(table, rows).forEach(from::add);
                progress.advance(rows.size());
            });
            RowDigest to = new RowDigest();
            each(target, table, List.of(), rows -> {
                rows.forEach(to::add);
                count(table, rows);
                progress.advance(rows.size());
            });
            String sha256 = to.hex();
            if (from.rows() != to.rows() || !from.hex().equals(sha256)) {
                different.run();
                throw new StorageException(
                        "table %s differs: %s rows in %s, %s rows in %s. A server may have used one of them meanwhile. The data stays where it was; run the command again, it copies everything again"
                                .formatted(table.name(), from.rows(), source.place(), to.rows(), target.place()));
            }
            compared.add(new Table(table.name(), to.rows(), to.bytes(), sha256));
        }
        Optional<Long> indexed = target.indexedOps();
        if (indexed.isPresent() && indexed.get() != operations) {
            different.run();
            throw new StorageException(
                    "the index of the log has %s ops and not %s; run the command again, it copies everything again"
                            .formatted(indexed.get(), operations));
        }
        return compared;
    }

    private void count(MoveTable table, List<Object[]> rows) {
        if (table.name().equals(MoveTable.CHUNKS)) {
            int head = table.indexOf("head");
            rows.forEach(row -> operations += ((byte[]) row[head]).length / ChunkHead.ENTRY_BYTES);
        }
    }

    /** Returns the number of ops that were compared. */
    long operations() {
        return operations;
    }

    /** Returns the texts that were replaced, as {@code table key column}. */
    List<String> replaced() {
        return List.copyOf(replaced);
    }
}
