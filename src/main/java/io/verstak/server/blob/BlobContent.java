package io.verstak.server.blob;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A stored blob that is open for reading. */
public interface BlobContent {

    /** Ends a response with a range of the bytes. Called on the response's context. */
    Future<Void> send(HttpServerResponse response, long from, long length);

    /**
     * Reads bytes from a position on. Blocks.
     *
     * @return the number of bytes read; negative at the end
     */
    int read(ByteBuffer target, long position) throws IOException;

    Future<Void> close();
}
