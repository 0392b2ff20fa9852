package io.verstak.server.http.web.security;

import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.account.provider.Identities;
import io.verstak.server.account.provider.Identities.IdentityView;
import io.verstak.server.account.provider.Providers;
import io.verstak.server.account.provider.Providers.Offer;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;

/** Users' accounts at providers: what is joined, and what can be. */
public final class IdentitiesPage {
    private static final String PATH = "/account/identities";

    private final OwnAccount account;
    private final Identities identities;
    private final Providers providers;

    /** The content of the page. */
    public record View(String username, List<IdentityView> identities, List<Offer> offers) {}

    public IdentitiesPage(OwnAccount account, Identities identities, Providers providers) {
        this.account = account;
        this.identities = identities;
        this.providers = providers;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return show(session);
    }

    private Future<Reply> show(SessionIdentity session) {
        return Future.all(account.profile(session), identities.identities(session))
                .map(read -> Reply.page(
                        "security/identities",
                        new View(
                                read.<Profile>resultAt(0).username(),
                                read.<List<IdentityView>>resultAt(1),
                                providers.offered())));
    }

    public Future<Reply> join(Request call, SessionIdentity session, FormFields fields) {
        return identities
                .beginJoin(fields.get("provider"), proof(call, session, fields))
                .map(ProviderPage::leave)
                .recover(Reply.again(() -> show(session)));
    }

    public Future<Reply> remove(Request call, SessionIdentity session, FormFields fields) {
        return identities
                .remove(proof(call, session, fields), fields.get("issuer"), fields.get("subject"))
                .map(removed -> Reply.to(PATH).flash("identity-removed"))
                .recover(Reply.again(() -> show(session)));
    }

    private static Proof proof(Request call, SessionIdentity session, FormFields fields) {
        return new Proof(session, fields.get("password"), call.clientAddress());
    }
}
