package io.verstak.server.http.server;

import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.RequestRecord;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Methods and paths with their handlers; a path that is known but not with this method answers 405 and names those, and to OPTIONS
 * 204 with the same names (RFC 9110, section 9.3.7).
 */
final class RouteTable {
    private static final int NO_CONTENT = 204;

    private final Router router;
    private final Map<String, TreeSet<String>> methods = new LinkedHashMap<>();
    private final Map<String, Handler<RoutingContext>> doors = new LinkedHashMap<>();
    private final Map<String, Handler<RoutingContext>> innerDoors = new LinkedHashMap<>();

    RouteTable(Router router) {
        this.router = router;
    }

    /** HEAD is answered like GET, without the body (RFC 9110, section 9.3.2). */
    RouteTable get(String path, Handler<RoutingContext> handler) {
        return stream(path, handler).on(HttpMethod.HEAD, path, handler);
    }

    /** What makes its answer piece by piece and would do all of that work for a HEAD: GET alone. */
    RouteTable stream(String path, Handler<RoutingContext> handler) {
        return on(HttpMethod.GET, path, handler);
    }

    RouteTable post(String path, Handler<RoutingContext> handler) {
        return on(HttpMethod.POST, path, handler);
    }

    RouteTable on(HttpMethod method, String path, Handler<RoutingContext> handler) {
        router.route(method, path).handler(named(path, handler));
        methods.computeIfAbsent(path, unknown -> new TreeSet<>()).add(method.name());
        return this;
    }

    /**
     * Takes the path without resolving its dots: those and escapes in it are a parameter's to refuse, and never lead to another route.
     */
    RouteTable verbatim(HttpMethod method, String path, Handler<RoutingContext> handler) {
        router.route(method, path).useNormalizedPath(false).handler(named(path, handler));
        methods.computeIfAbsent(path, unknown -> new TreeSet<>()).add(method.name());
        return this;
    }

    /**
     * Asks first who somebody is whom no route below this path has taken: what there is and what not is not for strangers. The
     * handler passes on, or answers.
     */
    RouteTable door(String path, Handler<RoutingContext> handler) {
        doors.put(path, handler);
        return this;
    }

    /** As {@link #door}, but a known path with a wrong method is told so without asking. */
    RouteTable innerDoor(String path, Handler<RoutingContext> handler) {
        innerDoors.put(path, handler);
        return this;
    }

    private static Handler<RoutingContext> named(String path, Handler<RoutingContext> handler) {
        return context -> {
            RequestRecord.of(context).route(path);
            handler.handle(context);
        };
    }

    /** Closes the table: what no route took is 204 to OPTIONS or else 405 on a known path and 404 elsewhere. */
    void end() {
        doors.forEach((path, handler) -> router.route(path).handler(handler));
        methods.forEach((path, allowed) -> {
            allowed.add(HttpMethod.OPTIONS.name());
            String allow = allowed.stream().collect(Collectors.joining(", "));
            router.route(path).handler(context -> {
                RequestRecord.of(context).route(path);
                context.response().putHeader(HttpHeaders.ALLOW, allow);
                if (context.request().method().equals(HttpMethod.OPTIONS)) {
                    context.response().setStatusCode(NO_CONTENT).end();
                } else {
                    context.fail(new ServerException(ErrorCode.METHOD_NOT_ALLOWED));
                }
            });
        });
        innerDoors.forEach((path, handler) -> router.route(path).handler(handler));
        router.route().handler(context -> context.fail(new ServerException(ErrorCode.NOT_FOUND)));
    }
}
