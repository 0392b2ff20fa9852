package io.verstak.bench.limit;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The program of {@link PlainServer}: one event loop per core, no router, no checks. A POST is answered with the
 * bytes of one file, held in memory; a GET with another file, by {@code sendFile}.
 */
public final class PlainHandler {
    /** What it says when every listener listens. */
    static final String READY = "plain handler is ready";

    private PlainHandler() {}

    /** Arguments: port, file for POST, file for GET. */
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[0]);
        Buffer page = Buffer.buffer(Files.readAllBytes(Path.of(arguments[1])));
        String file = arguments[2];
        int cores = Runtime.getRuntime().availableProcessors();
        Vertx.vertx()
                .deployVerticle(() -> new Listener(port, page, file), new DeploymentOptions().setInstances(cores))
                .await();
        System.out.println(READY);
    }

    private static final class Listener extends VerticleBase {
        private final int port;
        private final Buffer page;
        private final String file;

        Listener(int port, Buffer page, String file) {
            this.port = port;
            this.page = page;
            this.file = file;
        }

        @Override
        public Future<?> start() {
            return vertx.createHttpServer().requestHandler(this::answer).listen(port, "127.0.0.1");
        }

        private void answer(HttpServerRequest request) {
            if (request.method().name().equals("POST")) {
                request.response().putHeader("Content-Type", "application/json").end(page);
            } else {
                request.response()
                        .putHeader("Content-Type", "application/octet-stream")
                        .sendFile(file);
            }
        }
    }
}
