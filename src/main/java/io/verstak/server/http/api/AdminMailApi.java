package io.verstak.server.http.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.MailDraft;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.MailForm;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Mail settings for administrators' scripts, as in section 6 of the wire contract. */
public final class AdminMailApi {
    private static final String SERVER_URL = "server_url";

    private final OutgoingMail outgoing;
    private final ServerSettings settings;

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Outcome(
            boolean ok, @Nullable String error, @Nullable String code) {
        static final Outcome OK = new Outcome(true, null, null);
    }

    public AdminMailApi(OutgoingMail outgoing, ServerSettings settings) {
        this.outgoing = outgoing;
        this.settings = settings;
    }

    /** An empty {@code server_url} restores the configured address; a missing one stays as it is. */
    public Future<?> save(Request call, SessionIdentity administrator, FormFields fields) {
        Actor actor = call.actor(administrator);
        return outcome(() -> {
                    Optional<MailDraft> draft = draft(fields);
                    return url(fields, actor)
                            .compose(done ->
                                    draft.isEmpty() ? Future.succeededFuture() : outgoing.saveMail(actor, draft.get()));
                })
                .map(outcome -> {
                    if (!outcome.ok()) {
                        call.status(ErrorCode.INVALID_REQUEST.status());
                    }
                    return outcome;
                });
    }

    private Future<Void> url(FormFields fields, Actor actor) {
        if (!fields.ticked(SERVER_URL)) {
            return Future.succeededFuture();
        }
        Optional<String> url = Optional.of(fields.get(SERVER_URL).strip()).filter(text -> !text.isEmpty());
        return settings.change(Map.of(Name.PUBLIC_URL, url), actor);
    }

    /** Tests the submitted settings, or those in effect if none are submitted. */
    public Future<?> test(Request call, SessionIdentity administrator, FormFields fields) {
        return outcome(
                () -> outgoing.testMail(draft(fields), fields.get("test_to").strip()));
    }

    private static Optional<MailDraft> draft(FormFields fields) {
        return MailForm.isIn(fields) ? Optional.of(MailForm.read(fields)) : Optional.empty();
    }

    private static Future<Outcome> outcome(Supplier<Future<Void>> work) {
        return Future.succeededFuture()
                .compose(read -> work.get())
                .map(Outcome.OK)
                .recover(failure -> failure instanceof ServerException refusal
                        ? Future.succeededFuture(new Outcome(
                                false, refusal.text(), refusal.code().code()))
                        : Future.failedFuture(failure));
    }
}
