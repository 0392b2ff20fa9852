package io.verstak.server.storage.log;

/** A sequence, or a key of 64 bits, within a scope. */
public record LogKey(long scopeId, long number) implements Comparable<LogKey> {
    @Override
    public int compareTo(LogKey other) {
        return scopeId == other.scopeId ? Long.compare(number, other.number) : Long.compare(scopeId, other.scopeId);
    }
}
