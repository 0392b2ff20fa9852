package io.verstak.server.http.web;

import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Languages;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;

/** The home page, and the choice of the language. */
public final class HomePage {
    /** Shows what the server is for, and where to sign in. */
    public Future<Reply> show(Request call) {
        return Future.succeededFuture(Reply.page("home"));
    }

    /** Redirects back in the chosen language. */
    public Future<Reply> language(Request call, FormFields fields) {
        Reply back = Reply.toLocal(fields.get("next"), "/");
        return Future.succeededFuture(Languages.spoken(fields.get("language"))
                .map(chosen -> back.cookie(Cookies.LANGUAGE, chosen.locale().toLanguageTag()))
                .orElse(back));
    }
}
