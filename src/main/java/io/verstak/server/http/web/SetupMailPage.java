package io.verstak.server.http.web;

import io.verstak.server.account.Actor;
import io.verstak.server.account.Administration;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.http.Call;
import io.verstak.server.http.FormFields;
import io.vertx.core.Future;
import java.util.Optional;

/** The second step of the setup: the mail server, with a test. It can be left for later. */
public final class SetupMailPage {
    /** Where the step is. */
    static final String PATH = "/setup/mail";

    private static final String TEMPLATE = "setup-mail";
    private static final String DASHBOARD = "/admin/dashboard";

    private final Administration administration;

    /** What the form holds; the password never comes back. */
    public record View(
            String host, String port, String security, String user, boolean hasPassword, String from, String testTo) {}

    public SetupMailPage(Administration administration) {
        this.administration = administration;
    }

    public Future<Reply> show(Call call, SessionIdentity administrator) {
        return administration
                .mail()
                .map(now -> Reply.page(
                        TEMPLATE,
                        new View(
                                now.host(),
                                Integer.toString(now.port()),
                                now.security(),
                                now.user(),
                                now.hasPassword(),
                                now.from(),
                                "")));
    }

    /** Keeps what was typed and goes on to the dashboard; with an address to try only when the mail there could be sent. */
    public Future<Reply> save(Call call, SessionIdentity administrator, FormFields fields) {
        View typed = new View(
                fields.get("smtp_host"),
                fields.get("smtp_port"),
                fields.get("smtp_security"),
                fields.get("smtp_user"),
                false,
                fields.get("smtp_from"),
                fields.get("test_to").strip());
        Actor actor = new Actor(administrator.owner(), call.clientAddress());
        return Future.succeededFuture(fields)
                .map(MailForm::read)
                .compose(draft -> administration.saveMail(actor, draft))
                .compose(saved -> typed.testTo().isEmpty()
                        ? Future.succeededFuture(Reply.to(DASHBOARD).saying("set-up-mail"))
                        : test(typed.testTo()))
                .recover(Reply.again(TEMPLATE, typed));
    }

    private Future<Reply> test(String recipient) {
        return administration
                .testMail(Optional.empty(), recipient)
                .map(sent -> Reply.to(DASHBOARD).saying("test-sent"));
    }
}
