package io.verstak.server.http.web.admin;

import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.UnsentMail;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;

/** Unsent mails: the reason, their links, another try, and their deletion. */
public final class OutboxPage {
    private static final String PATH = "/admin/outbox";

    private final OutgoingMail outgoing;

    /** The content of the page. */
    public record View(List<UnsentMail> mails, Paging.Pages pages, boolean mailIsOn) {}

    public OutboxPage(OutgoingMail outgoing) {
        this.outgoing = outgoing;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        Paging paging = Paging.of(call);
        return outgoing.mail()
                .compose(mail -> outgoing.unsentMails(paging.offset(), Paging.SIZE + 1)
                        .map(unsent -> Reply.page(
                                "admin/outbox",
                                new View(
                                        Paging.cut(unsent),
                                        paging.pages(unsent.size() > Paging.SIZE, PATH),
                                        !mail.host().isEmpty()))));
    }

    public Future<Reply> retry(Request call, SessionIdentity administrator, FormFields fields) {
        return outgoing.retryMail(call.actor(administrator), fields.get("mail"))
                .map(due -> Reply.to(PATH).flash("mail-retried"));
    }

    public Future<Reply> delete(Request call, SessionIdentity administrator, FormFields fields) {
        return outgoing.deleteMail(call.actor(administrator), fields.get("mail"))
                .map(gone -> Reply.to(PATH).flash("mail-deleted"));
    }
}
