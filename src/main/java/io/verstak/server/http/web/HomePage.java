package io.verstak.server.http.web;

import io.verstak.server.http.Call;
import io.verstak.server.http.Cookies;
import io.verstak.server.http.FormFields;
import io.verstak.server.http.Languages;
import io.verstak.server.http.LocalPath;
import io.vertx.core.Future;

/** What this server is, and in which language it speaks. */
public final class HomePage {

    public Future<Reply> show(Call call) {
        return Future.succeededFuture(Reply.page("home"));
    }

    /** Takes the reader back in the language they chose. */
    public Future<Reply> language(Call call, FormFields fields) {
        Reply back = Reply.to(LocalPath.orElse(fields.get("next"), "/"));
        return Future.succeededFuture(Languages.spoken(fields.get("language"))
                .map(chosen -> back.cookie(Cookies.LANGUAGE, chosen.locale().toLanguageTag()))
                .orElse(back));
    }
}
