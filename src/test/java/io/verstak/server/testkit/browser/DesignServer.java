package io.verstak.server.testkit.browser;

import io.verstak.server.account.provider.Providers;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.TrustedProxies;
import io.verstak.server.http.web.Assets;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.Views;
import io.vertx.core.Vertx;
import io.vertx.core.http.Cookie;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** Shows the design sheet by the server's own views and files; {@code scripts/design.sh} starts it. It is in no packaged server. */
public final class DesignServer {
    private static final int DAYS = 30;

    /** What the page shows. */
    public record View(List<String> icons, List<Map<String, Object>> points) {}

    private DesignServer() {}

    public static void main(String[] arguments) {
        int port = Integer.parseInt(arguments[0]);
        Vertx vertx = Vertx.vertx();
        vertx.createHttpServer()
                .requestHandler(router(vertx))
                .listen(port, "127.0.0.1")
                .onSuccess(server -> System.out.println("http://127.0.0.1:" + server.actualPort()))
                .onFailure(failure -> {
                    System.err.println(failure.getMessage());
                    vertx.close();
                });
    }

    static Router router(Vertx vertx) {
        Origins origins = new Origins(() -> "", TrustedProxies.NONE);
        BasePath base = new BasePath(() -> "");
        Cookies cookies = new Cookies(origins, base);
        ServerConfig config = ConfigLoader.load(Optional.empty(), Map.of(), Map.of());
        Views views = new Views(
                config::web,
                () -> true,
                new Providers(ServerConfig::defaults),
                () -> false,
                () -> "",
                origins,
                base,
                cookies,
                new Csrf(cookies, origins));
        Router router = Router.router(vertx);
        router.get("/static/*").handler(views.assets()::serve);
        router.post().handler(BodyHandler.create()).handler(DesignServer::choose);
        router.get("/")
                .handler(context -> views.answer(context, Reply.page("design-sheet", view()))
                        .onFailure(context::fail));
        return router;
    }

    private static View view() {
        return new View(
                Assets.ICONS,
                IntStream.range(0, DAYS)
                        .<Map<String, Object>>mapToObj(day ->
                                Map.of("label", "day " + day, "value", day * 37 % 23, "text", "" + day * 37 % 23))
                        .toList());
    }

    /** Language and theme are kept as the server keeps them. */
    private static void choose(RoutingContext context) {
        context.request().formAttributes().forEach((name, value) -> {
            if (name.equals("theme") || name.equals("language")) {
                context.response().addCookie(Cookie.cookie(name.equals("theme") ? name : "lang", value));
            }
        });
        context.response().setStatusCode(303).putHeader("Location", "/").end();
    }
}
