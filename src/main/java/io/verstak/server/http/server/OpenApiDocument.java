package io.verstak.server.http.server;

import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.guard.SharedBytes;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Serves {@code openapi.yaml}, the machine-readable form of the wire contract. */
final class OpenApiDocument {
    static final String PATH = "/openapi.yaml";

    private static final String TYPE = "application/yaml";

    /** Where readers of the document find the server. */
    private static final String ROOT = "  - url: /\n";

    private final BasePath base;
    private final Buffer text;

    OpenApiDocument(BasePath base) {
        this.base = base;
        try (InputStream in = OpenApiDocument.class.getResourceAsStream(PATH)) {
            if (in == null) {
                throw new IllegalStateException("the jar lacks " + PATH);
            }
            text = SharedBytes.body(in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void serve(RoutingContext context) {
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, TYPE);
        String path = base.now();
        Gzip.end(
                context,
                path.isEmpty() ? text : Buffer.buffer(text.toString().replace(ROOT, "  - url: " + path + "\n")));
    }
}
