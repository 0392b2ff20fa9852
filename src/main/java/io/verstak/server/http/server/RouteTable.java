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
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Methods and paths with their handlers. A known path with another method answers 405 with the allowed methods, and OPTIONS
 * with 204 and the same (RFC 9110, section 9.3.7). GET of an address of forms leads to the page that they stand on.
 */
final class RouteTable {
    private static final int NO_CONTENT = 204;
    private static final int SEE_OTHER = 303;
    private static final TreeSet<String> NONE = new TreeSet<>();

    private final Router router;
    private final Map<String, TreeSet<String>> methods = new LinkedHashMap<>();
    private final Map<String, Handler<RoutingContext>> guards = new LinkedHashMap<>();
    private final Map<String, Handler<RoutingContext>> lastGuards = new LinkedHashMap<>();

    RouteTable(Router router) {
        this.router = router;
    }

    /** Answers HEAD as well: like GET, without the body (RFC 9110, section 9.3.2). */
    RouteTable get(String path, Handler<RoutingContext> handler) {
        return getOnly(path, handler).on(HttpMethod.HEAD, path, handler);
    }

    /** Does not answer HEAD: for an answer that is made piece by piece, all of whose work a HEAD would cause too. */
    RouteTable getOnly(String path, Handler<RoutingContext> handler) {
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

    /** Matches the path with its dots and escapes as they were sent: a parameter refuses them, and no other route is reached. */
    RouteTable verbatim(HttpMethod method, String path, Handler<RoutingContext> handler) {
        router.route(method, path).useNormalizedPath(false).handler(named(path, handler));
        methods.computeIfAbsent(path, unknown -> new TreeSet<>()).add(method.name());
        return this;
    }

    /**
     * Guards the paths below this one that no route has taken, so that only admitted callers learn which paths exist. The
     * handler passes the request on, or answers it.
     */
    RouteTable guard(String path, Handler<RoutingContext> handler) {
        guards.put(path, handler);
        return this;
    }

    /** As {@link #guard}, but a known path with a wrong method is refused with 405 before the handler is asked. */
    RouteTable guardLast(String path, Handler<RoutingContext> handler) {
        lastGuards.put(path, handler);
        return this;
    }

    /** Whether it is an address that only a form of a page is sent to. A browser may open it again: a refused form is answered there. */
    private static boolean isForm(String path, Set<String> allowed) {
        return allowed.contains(HttpMethod.POST.name())
                && !allowed.contains(HttpMethod.GET.name())
                && !path.contains("/api/");
    }

    /** Returns the page of a form, the nearest one above it, relative to it: a proxy may have stripped what stands before it. */
    private String pageOf(String form, @Nullable String query) {
        StringBuilder up = new StringBuilder();
        String page = form.substring(0, form.lastIndexOf('/'));
        while (!page.isEmpty() && !methods.getOrDefault(page, NONE).contains(HttpMethod.GET.name())) {
            page = page.substring(0, page.lastIndexOf('/'));
            up.append("../");
        }
        up.append(page.isEmpty() ? "./" : "../" + page.substring(page.lastIndexOf('/') + 1));
        return query == null || query.isEmpty()
                ? up.toString()
                : up.append('?').append(query).toString();
    }

    private static Handler<RoutingContext> named(String path, Handler<RoutingContext> handler) {
        return context -> {
            RequestRecord.of(context).route(path);
            handler.handle(context);
        };
    }

    /** Closes the table: a request that no route takes gets 404, or on a known path 405, or 204 for OPTIONS. */
    void end() {
        guards.forEach((path, handler) -> router.route(path).handler(handler));
        methods.forEach((path, allowed) -> {
            allowed.add(HttpMethod.OPTIONS.name());
            String allow = allowed.stream().collect(Collectors.joining(", "));
            router.route(path).handler(context -> {
                RequestRecord.of(context).route(path);
                context.response().putHeader(HttpHeaders.ALLOW, allow);
                HttpMethod method = context.request().method();
                if (method.equals(HttpMethod.OPTIONS)) {
                    context.response().setStatusCode(NO_CONTENT).end();
                } else if (method.equals(HttpMethod.GET) && isForm(path, allowed)) {
                    context.response()
                            .setStatusCode(SEE_OTHER)
                            .putHeader(
                                    HttpHeaders.LOCATION,
                                    pageOf(path, context.request().query()))
                            .end();
                } else {
                    context.fail(new ServerException(ErrorCode.METHOD_NOT_ALLOWED));
                }
            });
        });
        lastGuards.forEach((path, handler) -> router.route(path).handler(handler));
        router.route().handler(context -> context.fail(new ServerException(ErrorCode.NOT_FOUND)));
    }
}
