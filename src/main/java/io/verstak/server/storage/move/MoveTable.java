package io.verstak.server.storage.move;

import io.verstak.server.storage.MaintenanceStore;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A table that is moved, with its rows in the order of its key. Two engines have the same table if all of this is equal.
 *
 * @param columns in the order of their names
 * @param key the names of the primary key's columns; none: the table has few rows and is moved at once
 * @param leftOut the names of rows that are not moved; none but in {@code upkeep}
 */
public record MoveTable(String name, List<Column> columns, List<String> key, Set<String> leftOut) {
    /** The log: each engine names its rows in its own way. */
    public static final String CHUNKS = "chunks";

    private static final String UPKEEP = "upkeep";

    /** Its own mark belongs to each database; the first node makes the text that it compares its key with. */
    private static final Set<String> NAMES_LEFT_OUT = Set.of(MoveMark.NAME, MaintenanceStore.KEY_CHECK);

    /** What an engine makes of other tables, and what belongs to the processes that use a database. */
    private static final Set<String> LEFT_OUT = Set.of(
            "list_counts",
            "vault_ranks",
            "user_names",
            "key_runs",
            "key_parts",
            "op_keys",
            "schema_version",
            "leases",
            "nodes",
            "incarnations",
            "rate_buckets");

    /** Tables of SQLite itself, and of its index of names; the index of files, which is made again. */
    private static final List<String> LEFT_OUT_PREFIXES = List.of("sqlite_", "user_name_parts", "file_");

    /** What is in a bucket. Another store of blobs fills them itself. */
    private static final Set<String> OF_BUCKET =
            Set.of("objects", "object_intents", "object_deletions", "upload_objects", "upload_parts");

    /** Counted by triggers, or of the rows that are left out. */
    private static final Set<String> LEFT_OUT_COLUMNS = Set.of("users.devices", "scopes.incarnation");

    /** Their triggers count rows of other tables, so that these come first. */
    private static final List<String> FIRST = List.of("users", "scopes");

    /** What a column holds. */
    public enum Kind {
        NUMBER,
        TEXT,
        BYTES
    }

    public record Column(String name, Kind kind) {}

    public MoveTable {
        columns = columns.stream().sorted(Comparator.comparing(Column::name)).toList();
        key = List.copyOf(key);
        leftOut = Set.copyOf(leftOut);
    }

    public MoveTable(String name, List<Column> columns, List<String> key) {
        this(name, columns, key, name.equals(UPKEEP) ? NAMES_LEFT_OUT : Set.of());
    }

    /** Returns the table for a move to another store of blobs: the row that names the bucket stays at both ends as it is. */
    public MoveTable withoutBucket() {
        Set<String> names = new HashSet<>(leftOut);
        names.add(MaintenanceStore.OBJECTS_SERVER);
        return name.equals(UPKEEP) ? new MoveTable(name, columns, key, names) : this;
    }

    /** Returns the chunks of the log, as both engines describe them. */
    public static MoveTable chunks() {
        return new MoveTable(
                CHUNKS,
                List.of(
                        new Column("scope_id", Kind.NUMBER),
                        new Column("last_seq", Kind.NUMBER),
                        new Column("chain", Kind.BYTES),
                        new Column("head", Kind.BYTES),
                        new Column("body", Kind.BYTES)),
                List.of("scope_id", "last_seq"));
    }

    /** Returns whether a table of a catalogue is moved. */
    public static boolean isMoved(String table) {
        return !LEFT_OUT.contains(table) && LEFT_OUT_PREFIXES.stream().noneMatch(table::startsWith);
    }

    /** Returns whether a column of a table is moved. */
    public static boolean isMoved(String table, String column) {
        return !LEFT_OUT_COLUMNS.contains(table + "." + column);
    }

    /** Returns whether the table applies only while blobs stay in the same bucket. */
    public boolean isOfBucket() {
        return OF_BUCKET.contains(name);
    }

    /** Returns the tables in the order in which they are moved: the log, which is the largest, comes last. */
    public static List<MoveTable> inOrder(List<MoveTable> tables) {
        return tables.stream()
                .sorted(Comparator.comparingInt(MoveTable::rank).thenComparing(MoveTable::name))
                .toList();
    }

    private static int rank(MoveTable table) {
        int first = FIRST.indexOf(table.name());
        return first >= 0 ? first : table.name().equals(CHUNKS) ? FIRST.size() + 1 : FIRST.size();
    }

    /** Returns the names of the columns for SQL. */
    public String columnNames() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** Returns the names of the key's columns for SQL. */
    public String keyNames() {
        return String.join(", ", key);
    }

    /** Returns a placeholder for each column of the key, in brackets. */
    public String keyPlaceholders() {
        return key.stream().map(column -> "?").collect(Collectors.joining(", ", "(", ")"));
    }

    /** Returns the condition of rows that are moved, {@code true} for all. */
    public String condition() {
        return leftOut.isEmpty()
                ? "1 = 1"
                : leftOut.stream().sorted().collect(Collectors.joining("', '", "name NOT IN ('", "')"));
    }

    /** Returns the condition of rows that a new move removes from its target: those that it moves, and what else an old one left. */
    public String emptied() {
        return leftOut.contains(MaintenanceStore.OBJECTS_SERVER)
                ? "name <> '" + MaintenanceStore.OBJECTS_SERVER + "'"
                : "1 = 1";
    }

    /** Returns the key of a row. */
    public List<Object> keyOf(Object[] row) {
        return key.stream().map(column -> row[indexOf(column)]).toList();
    }

    /** Returns where a row has a column. */
    public int indexOf(String column) {
        return IntStream.range(0, columns.size())
                .filter(i -> columns.get(i).name().equals(column))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(name + " has no " + column));
    }

    /** Returns what differs from the same table of another engine, for a person; empty: nothing. */
    public String differenceFrom(MoveTable other) {
        return Stream.concat(
                        columns.stream().filter(column -> !other.columns.contains(column)),
                        other.columns.stream().filter(column -> !columns.contains(column)))
                .map(Column::name)
                .distinct()
                .collect(Collectors.joining(", "));
    }
}
