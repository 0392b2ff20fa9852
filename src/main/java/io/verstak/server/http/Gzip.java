package io.verstak.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Compresses the text that an answer consists of. Vert.x's own compression would cover every answer of a listener, and
 * take sendfile from the blobs.
 */
public final class Gzip {
    /** Below this a packet is saved by nothing. */
    private static final int SMALLEST_BYTES = 1024;

    /** Compressing more than this takes long enough to be felt on an event loop. */
    private static final int LARGE_BYTES = 64 << 10;

    private Gzip() {}

    /** Ends the response with a body, compressed if the client takes that and it is worth it. */
    public static void end(RoutingContext context, Buffer body) {
        HttpServerResponse response = context.response();
        response.putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (body.length() < SMALLEST_BYTES || !accepted(context.request().getHeader(HttpHeaders.ACCEPT_ENCODING))) {
            response.end(body);
        } else if (body.length() <= LARGE_BYTES) {
            endCompressed(response, compress(body));
        } else {
            Vertx vertx = context.vertx();
            vertx.executeBlocking(() -> compress(body), false)
                    .onSuccess(compressed -> endCompressed(response, compressed))
                    .onFailure(context::fail);
        }
    }

    private static void endCompressed(HttpServerResponse response, Buffer compressed) {
        response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip").end(compressed);
    }

    /** Whether {@code Accept-Encoding} names gzip, or everything, without a weight of zero (RFC 9110, section 12.5.3). */
    public static boolean accepted(@Nullable String acceptEncoding) {
        if (acceptEncoding == null) {
            return false;
        }
        boolean any = false;
        for (String element : acceptEncoding.split(",", -1)) {
            String[] parts = element.strip().split(";", 2);
            boolean refused = parts.length == 2 && parts[1].strip().matches("[qQ]=0(\\.0{0,3})?");
            String coding = parts[0].strip();
            if (coding.equalsIgnoreCase("gzip") || coding.equalsIgnoreCase("x-gzip")) {
                return !refused;
            }
            any |= coding.equals("*") && !refused;
        }
        return any;
    }

    private static Buffer compress(Buffer body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(body.length() / 4);
        try (FastGzip gzip = new FastGzip(out)) {
            gzip.write(body.getBytes());
        } catch (IOException e) {
            throw new UncheckedIOException("memory takes every byte", e);
        }
        return Buffer.buffer(out.toByteArray());
    }

    /** Speed counts more than the last percent of size. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(ByteArrayOutputStream out) throws IOException {
            super(out, 16 << 10);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
