package io.verstak.server.storage.sqlite.index;

import java.sql.SQLException;

/** Entries of a run in ascending order of key and sequence. Positioned before the first one at the beginning. */
interface RunEntries {
    /** Moves to the next entry. Returns false after the last one. */
    boolean next() throws SQLException;

    long key();

    long sequence();

    /** Returns the device's key; 0 in the part of op keys. */
    long device();
}
