package io.verstak.server.http.web.admin;

import io.verstak.server.account.Administration;
import io.verstak.server.account.SessionIdentity;
import io.verstak.server.domain.listing.ListedInvitation;
import io.verstak.server.http.Call;
import io.verstak.server.http.FormFields;
import io.verstak.server.http.web.Reply;
import io.verstak.server.ops.Inventory;
import io.vertx.core.Future;
import java.time.Clock;
import java.util.List;

/** Invitations, by mail or with a link handed over. */
public final class InvitationsPage {
    private static final String PATH = "/admin/invitations";

    private final Administration administration;
    private final Inventory inventory;
    private final ShownOnce secrets;
    private final Clock clock;

    /**
     * The content of the page.
     *
     * @param link of the invitation just created; empty if none
     */
    public record View(List<ListedInvitation> invitations, Paging.Pages pages, long now, String link, String email) {}

    public InvitationsPage(Administration administration, Inventory inventory, ShownOnce secrets, Clock clock) {
        this.administration = administration;
        this.inventory = inventory;
        this.secrets = secrets;
        this.clock = clock;
    }

    public Future<Reply> show(Call call, SessionIdentity administrator) {
        return page(call, secrets.take(administrator, call.parameter("shown")).orElse(""), "");
    }

    private Future<Reply> page(Call call, String link, String email) {
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

    public Future<Reply> invite(Call call, SessionIdentity administrator, FormFields fields) {
        String email = fields.get("email").strip();
        return administration
                .invite(Guard.actor(call, administrator), email)
                .map(link -> Reply.to(PATH + "?shown=" + secrets.keep(administrator, link)))
                .recover(Guard.again(() -> page(call, "", email)));
    }

    public Future<Reply> revoke(Call call, SessionIdentity administrator, FormFields fields) {
        return administration
                .revokeInvitation(Guard.actor(call, administrator), fields.get("invitation"))
                .map(gone -> Reply.to(PATH).saying("invitation-revoked"));
    }
}
