package io.verstak.server.http.web;

import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.domain.Actor;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.MailForm;
import io.verstak.server.http.core.Request;
import io.vertx.core.Future;
import java.util.Optional;

/** The second step of the setup: the mail server, with a test. It can be left for later. */
public final class SetupMailPage {
    /** Where the step is. */
    public static final String PATH = "/setup/mail";

    private static final String TEMPLATE = "setup-mail";
    private static final String DASHBOARD = "/admin/dashboard";

    private final AdministratorSessions administrators;
    private final OutgoingMail outgoing;

    /** What the form holds. */
    public record View(MailForm.Typed mail, String testTo) {}

    public SetupMailPage(AdministratorSessions administrators, OutgoingMail outgoing) {
        this.administrators = administrators;
        this.outgoing = outgoing;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        return outgoing.mail().map(now -> Reply.page(TEMPLATE, new View(MailForm.Typed.of(now), "")));
    }

    /** Keeps what was typed and goes on to the dashboard; with an address to try only when the mail there could be sent. */
    public Future<Reply> save(Request call, SessionIdentity administrator, FormFields fields) {
        String testTo = fields.get("test_to").strip();
        Actor actor = new Actor(administrator.owner(), call.clientAddress());
        return Future.succeededFuture(fields)
                .map(MailForm::read)
                .compose(draft -> administrators
                        .require(AccountPage.proof(call, administrator, fields))
                        .compose(right -> outgoing.saveMail(actor, draft)))
                .compose(saved -> testTo.isEmpty()
                        ? Future.succeededFuture(Reply.to(DASHBOARD).flash("set-up-mail"))
                        : test(testTo))
                .recover(refusal -> outgoing.mail()
                        .compose(now -> Reply.again(
                                        TEMPLATE, new View(MailForm.Typed.of(fields, now.hasPassword()), testTo))
                                .apply(refusal)));
    }

    private Future<Reply> test(String recipient) {
        return outgoing.testMail(Optional.empty(), recipient)
                .map(sent -> Reply.to(DASHBOARD).flash("test-sent"));
    }
}
