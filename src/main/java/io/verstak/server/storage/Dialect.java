package io.verstak.server.storage;

/** The dialects of SQL. The stores have one text for all; only what an engine cannot do in that text asks for its dialect. */
public enum Dialect {
    SQLITE,
    POSTGRESQL
}
