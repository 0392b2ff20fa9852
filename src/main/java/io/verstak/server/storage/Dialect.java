package io.verstak.server.storage;

/** The dialects of SQL. The stores have one text for all; only what an engine cannot do in that text asks for its dialect. */
public enum Dialect {
    SQLITE(""),
    POSTGRESQL(" FOR UPDATE");

    private final String lock;

    Dialect(String lock) {
        this.lock = lock;
    }

    /**
     * Returns the end of a query that locks its rows until the transaction ends. Only rows that the op log changes need it: writers take turns,
     * and on SQLite the log takes turns with them.
     */
    public String lock() {
        return lock;
    }
}
