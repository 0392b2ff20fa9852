package io.verstak.server.move;

import java.util.List;

/**
 * What a move has done and compared.
 *
 * @param from where the data was
 * @param to where it is
 * @param tables what was compared; empty if an earlier run had compared everything already
 * @param replaced texts with a character that PostgreSQL cannot hold, as {@code table key column}
 * @param missing blobs that are damaged or missing where the data was, by their SHA-256
 * @param continued whether an earlier run had begun
 * @param seconds that this run took
 */
public record MoveReport(
        String from,
        String to,
        List<Table> tables,
        long operations,
        List<String> replaced,
        Blobs blobs,
        List<String> missing,
        boolean continued,
        double seconds) {

    /**
     * A table that is the same at both ends.
     *
     * @param sha256 the digest of all rows, in the order of their keys
     */
    public record Table(String name, long rows, long bytes, String sha256) {}

    /** Blobs that were copied, and uploads that have not ended. Both are 0 if the data directory stays the same. */
    public record Blobs(long count, long bytes, long uploads) {
        static final Blobs NONE = new Blobs(0, 0, 0);
    }

    public MoveReport {
        tables = List.copyOf(tables);
        replaced = List.copyOf(replaced);
        missing = List.copyOf(missing);
    }

    /** Returns the bytes of all rows. */
    public long bytes() {
        return tables.stream().mapToLong(Table::bytes).sum();
    }

    /** Returns the number of all rows. */
    public long rows() {
        return tables.stream().mapToLong(Table::rows).sum();
    }
}
