package io.verstak.server.http.web;

import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The page that says what went wrong and what to do. */
public final class ErrorPage {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorPage.class);

    private final Views views;

    public ErrorPage(Views views) {
        this.views = views;
    }

    /** Answers with the page; the status is set already. */
    public void show(RoutingContext context, ErrorCode code) {
        Language language = views.language(context);
        Map<String, Object> model = Map.of(
                "title", language.text("error." + code.status() + ".title", "error.other.title"),
                "advice", language.text("error." + code.status() + ".advice", "error.other.advice"));
        views.render(context, "error", language, model).onFailure(failure -> {
            LOG.error("the error page cannot be shown", failure);
            context.response().end();
        });
    }
}
