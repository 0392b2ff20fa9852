package io.verstak.server.sync;

import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.vertx.core.Future;

/** Reads ops of logs for those who look into them. May be called on any context; futures complete there. */
public interface OpLines {
    /** Reads about 256 KiB of a log above the cursor, for an export. Refuses with {@code UNAVAILABLE}. */
    Future<ExportChunk> lines(Scope scope, long cursor);

    /** Reads the first op above a cursor alone, as {@link #lines} does. */
    Future<ExportChunk> line(Scope scope, long cursor);
}
