package io.verstak.server.http.web;

import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page that explains an error and what to do. */
public final class ErrorPage {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPage.class);

    private final Views views;

    public ErrorPage(Views views) {
        this.views = views;
    }

    /** Answers a refusal with the page. */
    public void show(RoutingContext context, ServerException refusal) {
        Language language = views.language(context);
        String title = "error." + key(refusal.code(), language) + ".title";
        Reply page = Reply.page("error", Map.of("title", language.text(title))).error(refusal);
        views.answer(context, page).onFailure(failure -> {
            LOG.error("the error page cannot be shown", failure);
            context.response().end();
        });
    }

    private static String key(ErrorCode code, Language language) {
        if (language.has("error." + code.code() + ".title")) {
            return code.code();
        }
        String status = Integer.toString(code.status());
        return language.has("error." + status + ".title") ? status : "other";
    }
}
