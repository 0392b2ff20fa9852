package io.verstak.server.storage.move;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;

/**
 * A database that is one end of a move. Every call blocks, belongs to one thread, and fails with {@link
 * io.verstak.server.storage.StorageException} in one line for a person.
 *
 * <p>A row is an array of {@code Long}, {@code String}, {@code byte[]} and null, in the order of the columns of its table.
 */
public interface MoveEnd extends AutoCloseable {
    /** The largest number of rows that are read or written at once. */
    int MOST_ROWS = 1000;

    /** Returns where the database is, for a person. */
    String place();

    /** Returns the tables that are moved, as the catalogue names them, in their order. */
    List<MoveTable> tables();

    /** Returns the number of rows of a table. */
    long count(MoveTable table);

    /**
     * Returns the next rows in the order of the key: at most {@link #MOST_ROWS}, and one or as many as fit.
     *
     * @param after the key of the last row before; empty: from the beginning
     */
    List<Object[]> page(MoveTable table, List<Object> after, long maxBytes);

    /** Returns a text as this database would hold it. */
    String storable(String text);

    /** Returns the highest id ever given in each table that gives ids, as far as the database remembers. */
    Map<String, Long> highestIds();

    /** Returns the mark that is stored. */
    Optional<MoveMark> mark();

    /** Fails if another process uses the database. */
    void requireIdle();

    // Of the database that data comes from.

    /** Stores what the engine has put off until rows are next changed. */
    default void settle() {}

    /** Returns whether {@link #leave} was called, in an earlier run. */
    boolean isLeft();

    /** Gives the database up: no server starts with it any more. Its rows stay as they are. */
    void leave(MoveMark mark);

    // Of the database that data goes to.

    /** Fails if the database has data of people. */
    void requireUnused();

    /** Empties the tables that are moved and begins with a mark. */
    void begin(List<MoveTable> tables, MoveMark mark);

    /** Adds rows, and what is made of them, and stores the mark: all or nothing. */
    void add(MoveTable table, List<Object[]> rows, MoveMark mark);

    /** Continues to give ids above these, and above all that are stored. */
    void continueIds(Map<String, Long> highest);

    /** Returns the number of ops in the index of the log, if it is made with the rows. */
    Optional<Long> indexedOps();

    /**
     * Makes what needs all rows. May be called again after it was interrupted.
     *
     * @param progress receives the number of vaults
     */
    void prepare(LongConsumer progress);

    /** Stores a mark. */
    void mark(MoveMark mark);

    /** Makes the database one that a server starts with. */
    void complete(MoveMark mark);

    @Override
    void close();
}
