package io.verstak.server.http.archive;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Optional;

/** One part of a download, made as it is taken. */
interface ArchivePart {

    /** The next bytes, which may be none yet; nothing at all when the part is over. Asked again only when it has come. */
    Future<Optional<Buffer>> next();

    /** Gives back what is still open. */
    default Future<Void> close() {
        return Future.succeededFuture();
    }
}
