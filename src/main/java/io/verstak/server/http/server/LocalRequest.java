package io.verstak.server.http.server;

import io.verstak.server.http.core.BasePath;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.core.internal.http.HttpServerRequestWrapper;
import org.jspecify.annotations.Nullable;

/** A request with the path of the route table: in its normal spelling, and below the base path. */
public final class LocalRequest extends HttpServerRequestWrapper {
    /** The target of requests about the whole server (RFC 9112, section 3.2.4), which are answered like its first page. */
    private static final String OF_THE_SERVER = "*";

    private static final String HOME = "/";

    private final String path;

    private LocalRequest(HttpServerRequestInternal request, String path) {
        super(request);
        this.path = path;
    }

    /** Passes requests on with their local path. */
    static Handler<HttpServerRequest> handler(BasePath base, Handler<HttpServerRequest> routes) {
        return request -> {
            @Nullable String sent = request.path();
            String local =
                    sent == null || OF_THE_SERVER.equals(request.uri()) ? HOME : base.strip(BasePath.normal(sent));
            boolean same = local.equals(sent) || !(request instanceof HttpServerRequestInternal);
            routes.handle(same ? request : new LocalRequest((HttpServerRequestInternal) request, local));
        };
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public String uri() {
        @Nullable String query = query();
        return query == null ? path : path + "?" + query;
    }
}
