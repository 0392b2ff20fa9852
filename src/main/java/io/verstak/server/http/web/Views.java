package io.verstak.server.http.web;

import freemarker.cache.ClassTemplateLoader;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import io.verstak.server.config.WebConfig;
import io.verstak.server.domain.Language;
import io.verstak.server.http.Gzip;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.LanguageHeader;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.templ.freemarker.FreeMarkerTemplateEngine;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** Renders pages in the reader's language. */
public final class Views {
    private static final String CONTENT_SECURITY_POLICY =
            "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final List<String> TEMPLATES = List.of("error", "confirm");

    private final Supplier<WebConfig> config;
    private final FreeMarkerTemplateEngine engine;

    /** @param config as it holds at the moment */
    public Views(Vertx vertx, Supplier<WebConfig> config) {
        this.config = config;
        this.engine = FreeMarkerTemplateEngine.create(vertx, "ftlh");
        Configuration freeMarker = engine.unwrap();
        // From the jar as it is: Vert.x's own loader would unpack it below the system's temporary folder first.
        freeMarker.setTemplateLoader(new ClassTemplateLoader(Views.class, "/templates"));
        freeMarker.setDefaultEncoding(StandardCharsets.UTF_8.name());
        freeMarker.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
    }

    /** Compiles every template, so that no request has to. Blocks. */
    public void warm() {
        for (String template : TEMPLATES) {
            engine.render(Map.of("title", "", "advice", "", "serverName", "", "language", "en"), template)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        }
    }

    /** What the reader's browser asks for, among the languages there are. */
    public Language language(RoutingContext context) {
        for (LanguageHeader wanted : context.acceptableLanguages()) {
            if (wanted.tag().equalsIgnoreCase("ru") || wanted.tag().equalsIgnoreCase("en")) {
                return Language.of(wanted.tag().toLowerCase(Locale.ROOT));
            }
        }
        return Language.of(config.get().language());
    }

    /** Answers with a page; the status is set already. */
    Future<Void> render(RoutingContext context, String template, Language language, Map<String, Object> model) {
        Map<String, Object> values = new HashMap<>(model);
        values.put("serverName", config.get().serverName());
        values.put("language", language.locale().toLanguageTag());
        return engine.render(values, template)
                .onSuccess(page -> {
                    context.response()
                            .putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8")
                            .putHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY)
                            .putHeader("Referrer-Policy", "no-referrer")
                            .putHeader("X-Content-Type-Options", "nosniff");
                    Gzip.end(context, page);
                })
                .mapEmpty();
    }
}
