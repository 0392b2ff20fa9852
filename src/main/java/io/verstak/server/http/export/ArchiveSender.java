package io.verstak.server.http.export;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;

/**
 * Sends an archive as fast as its client reads it: the next piece is produced when the socket has taken the previous
 * one.
 */
final class ArchiveSender {
    private final ArchivePart archive;
    private final HttpServerResponse response;
    private final Promise<Void> sent = Promise.promise();

    ArchiveSender(ArchivePart archive, HttpServerResponse response) {
        this.archive = archive;
        this.response = response;
    }

    /** Completes when everything is sent. Fails if the client disconnects or a piece cannot be produced. */
    Future<Void> send() {
        step();
        return sent.future().eventually(archive::close);
    }

    /** Each step is a separate chain of futures; a single chain would grow with the file. */
    private void step() {
        archive.next().compose(this::write).onSuccess(this::goOn).onFailure(sent::tryFail);
    }

    private Future<Boolean> write(Optional<Buffer> piece) {
        if (piece.isEmpty()) {
            return response.end().map(false);
        }
        return piece.get().length() == 0
                ? Future.succeededFuture(true)
                : response.write(piece.get()).map(true);
    }

    private void goOn(boolean more) {
        if (more) {
            step();
        } else {
            sent.tryComplete();
        }
    }
}
