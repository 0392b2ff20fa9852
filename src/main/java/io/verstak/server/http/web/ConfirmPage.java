package io.verstak.server.http.web;

import io.verstak.server.account.Registration;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.Map;

/** The page that a confirmation mail links to. Mail scanners follow links, so only the button confirms. */
public final class ConfirmPage {
    private static final String TOKEN = "token";

    private final Registration registration;

    public ConfirmPage(Registration registration) {
        this.registration = registration;
    }

    /** Returns the page with the button; 400 when the token would be refused. */
    public Future<Reply> ask(Request call) {
        String token = call.parameter(TOKEN);
        return registration
                .canConfirm(token, call.clientAddress())
                .map(can -> can ? Reply.page("confirm", Map.of(TOKEN, token)) : ExpiredLinkPage.ofAccount());
    }

    /** Handles the button. */
    public Future<Reply> confirm(Request call, FormFields fields) {
        return registration
                .confirm(fields.get(TOKEN), call.clientAddress())
                .map(confirmed -> Reply.to("/confirmed"))
                .recover(failure ->
                        failure instanceof ServerException refusal && refusal.code() == ErrorCode.INVALID_REQUEST
                                ? Future.succeededFuture(ExpiredLinkPage.ofAccount())
                                : Future.failedFuture(failure));
    }

    public Future<Reply> done(Request call) {
        return Future.succeededFuture(Reply.page("confirmed"));
    }
}
