package io.verstak.server.storage;

/** The dialects of SQL. The stores have one text for all; only what an engine cannot do in that text asks for its dialect. */
public enum Dialect {
    SQLITE("SQLite", "", "LIKE"),
    POSTGRESQL("PostgreSQL", " FOR UPDATE", "ILIKE");

    private final String product;
    private final String lock;
    private final String like;

    Dialect(String product, String lock, String like) {
        this.product = product;
        this.lock = lock;
        this.like = like;
    }

    /** Returns the name of the engine that speaks it. */
    public String product() {
        return product;
    }

    /**
     * Returns the end of a query that locks its rows until the transaction ends. Only rows that the op log changes need it: writers take turns,
     * and on SQLite the log takes turns with them.
     */
    public String lock() {
        return lock;
    }

    /** Returns the operator that compares with a pattern, regardless of the case of ASCII letters. */
    public String like() {
        return like;
    }
}
