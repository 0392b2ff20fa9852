package io.verstak.server.http.export;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** One part of a download, produced while it is sent. */
interface ArchivePart {

    /**
     * Returns the next bytes, possibly none yet; empty when the part is complete. Called again only after the previous
     * call has completed.
     */
    Future<Optional<Buffer>> next();

    /** Closes everything that is still open. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
