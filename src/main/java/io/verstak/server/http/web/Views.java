package io.verstak.server.http.web;

import freemarker.cache.ClassTemplateLoader;
import freemarker.cache.StrongCacheStorage;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import freemarker.template.TemplateScalarModel;
import io.verstak.server.account.provider.Providers;
import io.verstak.server.config.WebConfig;
import io.verstak.server.domain.BuildInfo;
import io.verstak.server.domain.Language;
import io.verstak.server.domain.MailFailure;
import io.verstak.server.domain.SessionIdentity.Person;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.Browsers;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.Gzip;
import io.verstak.server.http.core.Languages;
import io.verstak.server.http.core.Origins;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Writes the answers of pages: a template in the reader's language with its security headers, or a redirect. */
public final class Views {
    /** What a reader may choose; without a choice a page is as the reader's system is. */
    public static final Set<String> THEMES = Set.of("light", "dark");

    private static final int LARGEST_PAGE_GUESS = 16 << 10;

    private static final Set<String> SESSIONS = Set.of(Cookies.USER_SESSION, Cookies.ADMIN_SESSION);

    private final Supplier<WebConfig> web;
    private final BooleanSupplier registrationOffered;
    private final Providers providers;
    private final BooleanSupplier hasPasskeys;
    private final Supplier<String> passkeyRequest;
    private final Origins origins;
    private final BasePath base;
    private final Cookies cookies;
    private final Csrf csrf;
    private final Assets assets;
    private final boolean files;
    private final Configuration freeMarker;
    private final String version = BuildInfo.load().version();

    /**
     * Reads the files that pages load. Blocks; for start-up.
     *
     * @param web the current settings
     * @param hasPasskeys whether people can have passkeys at present
     * @param passkeyRequest what a browser is asked to sign in with one
     */
    public Views(
            Supplier<WebConfig> web,
            BooleanSupplier registrationOffered,
            Providers providers,
            BooleanSupplier hasPasskeys,
            Supplier<String> passkeyRequest,
            Origins origins,
            BasePath base,
            Cookies cookies,
            Csrf csrf) {
        this.web = web;
        this.registrationOffered = registrationOffered;
        this.providers = providers;
        this.hasPasskeys = hasPasskeys;
        this.passkeyRequest = passkeyRequest;
        this.origins = origins;
        this.base = base;
        this.cookies = cookies;
        this.csrf = csrf;
        this.assets = Assets.load();
        this.files = web.get().files();
        this.freeMarker = configuration();
    }

    /** Configures templates: output is escaped, and they can call nothing but what the model holds. */
    static Configuration configuration() {
        Configuration freeMarker = new Configuration(Configuration.VERSION_2_3_33);
        freeMarker.setTemplateLoader(new ClassTemplateLoader(Views.class, "/templates"));
        freeMarker.setCacheStorage(new StrongCacheStorage());
        freeMarker.setTemplateUpdateDelayMilliseconds(Long.MAX_VALUE);
        freeMarker.setDefaultEncoding(StandardCharsets.UTF_8.name());
        freeMarker.setLocalizedLookup(false);
        freeMarker.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        freeMarker.setAPIBuiltinEnabled(false);
        freeMarker.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        freeMarker.setLogTemplateExceptions(false);
        // For numbers in attributes and addresses; numbers for people go through number() and bytes().
        freeMarker.setNumberFormat("computer");
        freeMarker.setLocale(Locale.ROOT);
        return freeMarker;
    }

    /** Compiles every template, so that no request has to wait for it. Blocks. */
    public void warm() {
        TemplateList.names().forEach(this::template);
    }

    /** Returns the files that pages load. */
    public Assets assets() {
        return assets;
    }

    /** Returns the reader's language. */
    Language language(RoutingContext context) {
        return Languages.asked(context).orElseGet(() -> Language.of(web.get().language()));
    }

    /** Writes the reply of a page. */
    public Future<Void> answer(RoutingContext context, Reply reply) {
        HttpServerResponse response = context.response();
        for (Reply.SetCookie cookie : reply.cookies()) {
            if (cookie.value().isEmpty()) {
                cookies.drop(context, cookie.name());
            } else {
                cookies.put(context, cookie.name(), cookie.value());
                if (SESSIONS.contains(cookie.name())) {
                    cookies.put(context, Cookies.BROWSER, Browsers.of(context));
                }
            }
        }
        if (!reply.flash().isEmpty()) {
            cookies.put(context, Cookies.FLASH, reply.flash());
        }
        PageHeaders.put(response, origins.https(context));
        response.setStatusCode(reply.status());
        if (!reply.location().isEmpty()) {
            String there = reply.location();
            return response.putHeader(HttpHeaders.LOCATION, there.startsWith("/") ? base.url(there) : there)
                    .end();
        }
        ServerException problem = reply.problem();
        if (problem != null && (reply.status() == 429 || reply.status() == 503)) {
            response.putHeader("Retry-After", Integer.toString(problem.retryAfterSeconds()));
        }
        return render(context, reply);
    }

    private Future<Void> render(RoutingContext context, Reply reply) {
        StringWriter out = new StringWriter(LARGEST_PAGE_GUESS);
        try {
            template(reply.template() + ".ftlh").process(model(context, reply), out);
        } catch (TemplateException | IOException failure) {
            return Future.failedFuture(failure);
        }
        context.response().putHeader(HttpHeaders.CONTENT_TYPE, "text/html; charset=utf-8");
        Gzip.end(context, Buffer.buffer(out.toString()));
        return Future.succeededFuture();
    }

    private Map<String, Object> model(RoutingContext context, Reply reply) {
        Language language = language(context);
        Map<String, Object> model = new HashMap<>(TemplateFunctions.of(language));
        model.put("language", language.locale().toLanguageTag());
        model.put("serverName", web.get().serverName());
        model.put("registrationOffered", registrationOffered.getAsBoolean());
        model.put("providers", providers.offered());
        model.put("filesShown", files);
        model.put("hasPasskeys", hasPasskeys.getAsBoolean());
        // Made only for a page that asks for it.
        model.put("passkeyRequest", (TemplateScalarModel) passkeyRequest::get);
        // Only whether there is a session, not whether it is valid: enough to choose a link.
        model.put("hasSession", Cookies.read(context, Cookies.USER_SESSION).isPresent());
        model.put("url", TemplateFunctions.url(base.now()));
        model.put(
                "hasAdminSession", Cookies.read(context, Cookies.ADMIN_SESSION).isPresent());
        model.put(
                "theme",
                Cookies.read(context, Cookies.THEME).filter(THEMES::contains).orElse(""));
        model.put("version", version);
        model.put("assets", base.url(assets.base()));
        model.put("csrf", csrf.token(context));
        model.put("here", context.request().uri());
        model.put("view", reply.view());
        model.put("unsentMails", reply.unsentMails());
        Person person = reply.person();
        if (person != null) {
            model.put("person", person);
        }
        ServerException problem = reply.problem();
        if (problem != null) {
            model.put("problem", ErrorMessages.text(problem, language));
            model.put("problemFields", ErrorMessages.fields(problem));
            model.put("sent", SentForm.of(context));
            // Only refusals for administrators have a detail.
            MailFailure.of(problem.detail()).ifPresent(failure -> model.put("mailFailure", failure));
        }
        Cookies.read(context, Cookies.FLASH).ifPresent(flash -> {
            cookies.drop(context, Cookies.FLASH);
            if (language.has("flash." + flash)) {
                model.put("flash", language.text("flash." + flash));
            }
        });
        return model;
    }

    private Template template(String name) {
        try {
            return freeMarker.getTemplate(name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
