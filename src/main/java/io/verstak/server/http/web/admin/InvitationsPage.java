package io.verstak.server.http.web.admin;

import io.verstak.server.admin.Invitations;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.InvitationSummary;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;

/** Invitations, by mail or with a link handed over. */
public final class InvitationsPage {
    private static final String PATH = "/admin/invitations";

    private final Invitations invitations;
    private final Inventory inventory;
    private final OneTimeSecrets secrets;
    private final Clock clock;

    /**
     * The content of the page.
     *
     * @param link of the invitation just created; empty if none
     */
    public record View(List<InvitationSummary> invitations, Paging.Pages pages, long now, String link, String email) {}

    public InvitationsPage(Invitations invitations, Inventory inventory, OneTimeSecrets secrets, Clock clock) {
        this.invitations = invitations;
        this.inventory = inventory;
        this.secrets = secrets;
        this.clock = clock;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String link = secrets.taken(call, administrator, PATH);
        return page(call, link, "").map(page -> OneTimeSecrets.shown(page, link));
    }

    private Future<Reply> page(Request call, String link, String email) {
        Paging paging = Paging.of(call);
        return inventory
                .invitations(paging.offset(), Paging.SIZE + 1)
                .map(found -> Reply.page(
                        "admin/invitations",
                        new View(
                                Paging.cut(found),
                                paging.pages(found.size() > Paging.SIZE, PATH),
                                clock.millis(),
                                link,
                                email)));
    }

    public Future<Reply> invite(Request call, SessionIdentity administrator, FormFields fields) {
        String email = fields.get("email").strip();
        return invitations
                .invite(call.actor(administrator), email)
                .map(link -> secrets.pass(administrator, PATH, link))
                .recover(Reply.again(() -> page(call, "", email)));
    }

    public Future<Reply> revoke(Request call, SessionIdentity administrator, FormFields fields) {
        return invitations
                .revoke(call.actor(administrator), fields.get("invitation"))
                .map(gone -> Reply.to(PATH).flash("invitation-revoked"));
    }
}
