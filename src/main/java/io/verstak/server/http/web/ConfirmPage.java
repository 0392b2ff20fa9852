package io.verstak.server.http.web;

import io.verstak.server.account.Registration;
import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.Call;
import io.verstak.server.http.FormFields;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;

/** Where the link in a confirmation mail leads. Scanners of mail follow links, so only the button confirms. */
public final class ConfirmPage {
    private static final String TEMPLATE = "confirm";
    private static final String TOKEN = "token";
    private static final int SEE_OTHER = 303;

    private final Views views;
    private final Registration registration;

    public ConfirmPage(Views views, Registration registration) {
        this.views = views;
        this.registration = registration;
    }

    /** The page with the button; 400 when the token would not be taken. */
    public Future<Void> ask(RoutingContext context, Call call) {
        String token = context.request().getParam(TOKEN, "");
        call.noStore();
        return registration
                .canConfirm(token, call.clientAddress())
                .compose(can -> can ? show(context, "confirm", Map.of(TOKEN, token)) : invalid(context));
    }

    /** What the button sends. */
    public Future<Void> confirm(RoutingContext context, Call call, FormFields fields) {
        call.noStore();
        return registration
                .confirm(fields.get(TOKEN), call.clientAddress())
                .compose(confirmed -> context.response()
                        .setStatusCode(SEE_OTHER)
                        .putHeader(HttpHeaders.LOCATION, "/confirmed")
                        .end())
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() == ErrorCode.INVALID_REQUEST
                                ? invalid(context)
                                : Future.failedFuture(failure));
    }

    public Future<Void> done(RoutingContext context, Call call) {
        return show(context, "confirm.done", Map.of());
    }

    private Future<Void> invalid(RoutingContext context) {
        context.response().setStatusCode(ErrorCode.INVALID_REQUEST.status());
        return show(context, "confirm.invalid", Map.of());
    }

    private Future<Void> show(RoutingContext context, String text, Map<String, Object> values) {
        Language language = views.language(context);
        Map<String, Object> model = new HashMap<>(values);
        model.put("title", language.text(text + ".title"));
        model.put("advice", language.text(text + ".advice"));
        model.put("button", language.text("confirm.button"));
        return views.render(context, TEMPLATE, language, model);
    }
}
