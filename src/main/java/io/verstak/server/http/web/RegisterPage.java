package io.verstak.server.http.web;

import io.verstak.server.account.AccountPolicy;
import io.verstak.server.account.Registration;
import io.verstak.server.account.Registration.Application;
import io.verstak.server.error.Message;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.Map;
import java.util.function.Supplier;

/** Creates an account, if the server takes registrations. */
public final class RegisterPage {
    private static final String TEMPLATE = "register";

    private final Registration registration;
    private final AccountPolicy policy;
    private final Supplier<Future<Boolean>> sendsMail;

    /**
     * The content of the form.
     *
     * @param invite the token of an invitation; empty: none
     * @param inviteNeeded whether an invitation is required
     */
    public record View(String username, String email, String invite, boolean inviteNeeded) {}

    public RegisterPage(Registration registration, AccountPolicy policy, Supplier<Future<Boolean>> sendsMail) {
        this.sendsMail = sendsMail;
        this.registration = registration;
        this.policy = policy;
    }

    /** Fails with {@code NOT_FOUND} when registration is switched off. */
    public Future<Reply> show(Request call) {
        if (!policy.registrationOffered()) {
            return Message.REGISTRATION_CLOSED.refuse();
        }
        String invite = call.parameter("invite");
        return invite.isEmpty() || !policy.invitationHelps()
                ? Future.succeededFuture(Reply.page(TEMPLATE, view("", "", invite)))
                : registration
                        .invited(invite, call.clientAddress())
                        .map(invited -> invited.map(email -> Reply.page(TEMPLATE, view("", email, invite)))
                                .orElseGet(ExpiredLinkPage::ofInvitation));
    }

    public Future<Reply> register(Request call, FormFields fields) {
        String username = fields.get("username");
        String email = fields.get("email");
        String invite = fields.get("invite");
        return registration
                .register(new Application(
                        username,
                        email,
                        fields.get("password"),
                        fields.ticked("passkey"),
                        invite,
                        call.language(),
                        call.clientAddress()))
                .map(registered -> Reply.to("/registered"))
                .recover(Reply.again(TEMPLATE, view(username, email, invite)));
    }

    public Future<Reply> done(Request call) {
        return sendsMail.get().map(sends -> Reply.page("registered", Map.of("sendsMail", sends)));
    }

    private View view(String username, String email, String invite) {
        return new View(username, email, invite, policy.invitationNeeded());
    }
}
