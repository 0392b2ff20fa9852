package io.verstak.server.http.web.security;

import io.verstak.server.account.StepUp;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;

/** Confirms a session by a proof of any kind, and returns to the page that needs it. */
public final class ConfirmPage {
    private static final String TEMPLATE = "step-up";

    private final StepUp stepUp;

    /**
     * The content of the page.
     *
     * @param next the path to return to
     * @param failed the form that was refused; empty: none
     * @param request what the browser is asked to confirm the session with a passkey; empty: there is none
     */
    public record View(String next, String failed, String request) {}

    public ConfirmPage(StepUp stepUp) {
        this.stepUp = stepUp;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return page(session, call.parameter("next"), "");
    }

    private Future<Reply> page(SessionIdentity session, String next, String failed) {
        return stepUp.passkeyRequest(session).map(request -> Reply.page(TEMPLATE, new View(next, failed, request)));
    }

    /** Confirms the session by a passkey. */
    public Future<Reply> byPasskey(Request call, SessionIdentity session, FormFields fields) {
        String next = fields.get("next");
        return stepUp.confirmByPasskey(session, fields.get("credential"), call.clientAddress())
                .map(confirmed -> back(session, next))
                .recover(Reply.again(() -> page(session, next, "passkey")));
    }

    /** Confirms the session by the password. */
    public Future<Reply> byPassword(Request call, SessionIdentity session, FormFields fields) {
        String next = fields.get("next");
        return stepUp.confirm(new Proof(session, fields.get("password"), call.clientAddress()))
                .map(confirmed -> back(session, next))
                .recover(Reply.again(() -> page(session, next, "password")));
    }

    /** Confirms the session by a code of an authenticator app, or by a recovery code. */
    public Future<Reply> byCode(Request call, SessionIdentity session, FormFields fields) {
        String next = fields.get("next");
        return stepUp.confirmByCode(session, fields.get("code"), call.clientAddress())
                .map(confirmed -> back(session, next))
                .recover(Reply.again(() -> page(session, next, "code")));
    }

    /** Returns to the page that a form names, on this server, after the session was confirmed. */
    public static Reply back(SessionIdentity session, String next) {
        return Reply.toLocal(next, session.administrator() ? "/admin/dashboard" : "/account")
                .flash("confirmed");
    }
}
