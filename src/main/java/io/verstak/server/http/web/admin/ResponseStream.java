package io.verstak.server.http.web.admin;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The body of an answer for code that blocks: each write waits until the socket has taken it. For a thread of its own. */
final class ResponseStream extends OutputStream {
    private static final long PATIENCE_MINUTES = 10;

    private final Context context;
    private final HttpServerResponse response;

    /** @param context of the request */
    ResponseStream(Context context, HttpServerResponse response) {
        this.context = context;
        this.response = response.setChunked(true);
    }

    @Override
    public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
    }

    /** Fails when the client has gone away. */
    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Buffer piece = Buffer.buffer(length).appendBytes(bytes, offset, length);
        Promise<Void> taken = Promise.promise();
        context.runOnContext(ready -> response.write(piece).onComplete(taken));
        try {
            taken.future().toCompletionStage().toCompletableFuture().get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException gone) {
            throw new IOException("the client has gone away", gone);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", stopped);
        }
    }
}
