package io.verstak.server.http.web.admin;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer for code that blocks: each write waits until the socket has taken it. The answer begins with the first one, so
 * that a failure before it is answered by a page. For a thread of its own.
 */
final class ResponseStream extends OutputStream {
    private static final long PATIENCE_MINUTES = 10;

    private final Context context;
    private final Supplier<HttpServerResponse> head;
    private @Nullable HttpServerResponse response;
    private long sent;

    /**
     * @param context of the request
     * @param head prepares the answer, in that context
     */
    ResponseStream(Context context, Supplier<HttpServerResponse> head) {
        this.context = context;
        this.head = head;
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
        context.runOnContext(ready -> Future.succeededFuture()
                .compose(begin -> response().write(piece))
                .onComplete(taken));
        try {
            taken.future().toCompletionStage().toCompletableFuture().get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException gone) {
            throw new IOException("the client has gone away after %s bytes".formatted(sent), gone);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", stopped);
        }
        sent += length;
    }

    private HttpServerResponse response() {
        HttpServerResponse begun = response;
        if (begun == null) {
            begun = head.get().setChunked(true);
            response = begun;
        }
        return begun;
    }
}
