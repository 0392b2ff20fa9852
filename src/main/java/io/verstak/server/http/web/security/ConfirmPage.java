package io.verstak.server.http.web.security;

import io.verstak.server.account.StepUp;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.provider.Providers.Offer;
import io.verstak.server.account.provider.Reauthentication;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;

/** Confirms a session by a proof of any kind, and returns to the page that needs it. */
public final class ConfirmPage {
    private static final String TEMPLATE = "step-up";

    private static final int MAX_NEXT = 512;

    private final StepUp stepUp;
    private final Reauthentication reauthentication;

    /**
     * The content of the page.
     *
     * @param next the path to return to
     * @param failed the form that was refused; empty: none
     * @param request what the browser is asked to confirm the session with a passkey; empty: there is none
     * @param offers the providers where the person can sign in again
     */
    public record View(String next, String failed, String request, List<Offer> offers) {}

    public ConfirmPage(StepUp stepUp, Reauthentication reauthentication) {
        this.stepUp = stepUp;
        this.reauthentication = reauthentication;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return page(session, call.parameter("next"), "");
    }

    private Future<Reply> page(SessionIdentity session, String next, String failed) {
        return Future.all(stepUp.passkeyRequest(session), reauthentication.offers(session))
                .map(read ->
                        Reply.page(TEMPLATE, new View(next, failed, read.resultAt(0), read.<List<Offer>>resultAt(1))));
    }

    /** Confirms the session by a passkey. */
    public Future<Reply> byPasskey(Request call, SessionIdentity session, FormFields fields) {
        return answer(
                session,
                fields,
                "passkey",
                stepUp.confirmByPasskey(session, fields.get("credential"), call.clientAddress()));
    }

    /** Confirms the session by the password. */
    public Future<Reply> byPassword(Request call, SessionIdentity session, FormFields fields) {
        return answer(
                session,
                fields,
                "password",
                stepUp.confirm(new Proof(session, fields.get("password"), call.clientAddress())));
    }

    /** Confirms the session by a code of an authenticator app, or by a recovery code. */
    public Future<Reply> byCode(Request call, SessionIdentity session, FormFields fields) {
        return answer(session, fields, "code", stepUp.confirmByCode(session, fields.get("code"), call.clientAddress()));
    }

    private Future<Reply> answer(SessionIdentity session, FormFields fields, String way, Future<Void> confirmed) {
        String next = fields.get("next");
        return confirmed.map(done -> back(session, next)).recover(Reply.again(() -> page(session, next, way)));
    }

    /** Sends the browser to a provider, where the person signs in again. */
    public Future<Reply> toProvider(Request call, SessionIdentity session, FormFields fields) {
        String next = fields.get("next");
        return reauthentication
                .begin(session, fields.get("provider"), next.length() <= MAX_NEXT ? next : "")
                .map(ProviderPage::leave)
                .recover(Reply.again(() -> page(session, next, "provider")));
    }

    /** Confirms the session by the provider's answer, which {@link ProviderPage#complete} hands on. The cookie is used up by it. */
    public Future<Reply> byProvider(Request call, SessionIdentity session) {
        String next = call.parameter("next");
        return reauthentication
                .complete(session, ProviderPage.answer(call, ""), SignInPage.client(call))
                .map(confirmed -> back(session, next))
                .recover(Reply.again(() -> page(session, next, "provider")))
                .map(reply -> reply.cookie(Cookies.PROVIDER, ""));
    }

    /** Returns to the page that a form names, on this server, after the session was confirmed. */
    public static Reply back(SessionIdentity session, String next) {
        return Reply.toLocal(next, session.administrator() ? "/admin/dashboard" : "/account")
                .flash("confirmed");
    }
}
