package io.verstak.server.http.web;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.sharing.Role;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.VaultSharing;
import io.verstak.server.vault.VaultSharing.Access;
import io.vertx.core.Future;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** Whom an own vault is shared with, and what a user does with invitations and with vaults of others, which the dashboard shows. */
public final class SharingPage {
    private static final String DASHBOARD = "/dashboard";
    private static final String PATH = "/dashboard/sharing";
    private static final String VAULT = "vault";

    private final VaultSharing sharing;
    private final DashboardPage dashboard;

    /**
     * The content of the page.
     *
     * @param path of the page itself
     * @param login whom the form invites
     * @param role as what, in the form
     */
    public record View(Access access, String path, String login, String role) {}

    public SharingPage(VaultSharing sharing, DashboardPage dashboard) {
        this.sharing = sharing;
        this.dashboard = dashboard;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return page(session, call.parameter(VAULT), "", Role.EDITOR.key());
    }

    private Future<Reply> page(SessionIdentity session, String vaultId, String login, String role) {
        return sharing.access(session, vaultId)
                .map(access -> Reply.page("sharing", new View(access, path(vaultId), login, role)));
    }

    public Future<Reply> invite(Request call, SessionIdentity session, FormFields fields) {
        String vaultId = fields.get(VAULT);
        String login = fields.get("login");
        String role = fields.get("role");
        return sharing.invite(AccountPage.proof(call, session, fields), vaultId, login, role(role))
                .map(invited -> Reply.to(path(vaultId)).flash("vault-shared"))
                .recover(again(session, vaultId, login, role));
    }

    public Future<Reply> withdraw(Request call, SessionIdentity session, FormFields fields) {
        return sharing.withdraw(session, fields.get("invitation"), call.clientAddress())
                .map(withdrawn -> Reply.to(path(fields.get(VAULT))).flash("vault-invitation-withdrawn"));
    }

    public Future<Reply> change(Request call, SessionIdentity session, FormFields fields) {
        String vaultId = fields.get(VAULT);
        return sharing.change(session, vaultId, fields.get("member"), role(fields.get("role")), call.clientAddress())
                .map(changed -> Reply.to(path(vaultId)).flash("vault-member-changed"))
                .recover(again(session, vaultId, "", ""));
    }

    public Future<Reply> remove(Request call, SessionIdentity session, FormFields fields) {
        String vaultId = fields.get(VAULT);
        return sharing.remove(session, vaultId, fields.get("member"), call.clientAddress())
                .map(removed -> Reply.to(path(vaultId)).flash("vault-member-removed"))
                .recover(again(session, vaultId, "", ""));
    }

    public Future<Reply> accept(Request call, SessionIdentity session, FormFields fields) {
        return sharing.accept(session, fields.get("invitation"), call.clientAddress())
                .map(accepted -> Reply.to(DASHBOARD).flash("vault-joined"))
                .recover(Reply.again(() -> dashboard.show(call, session)));
    }

    public Future<Reply> decline(Request call, SessionIdentity session, FormFields fields) {
        return sharing.decline(session, fields.get("invitation"), call.clientAddress())
                .map(declined -> Reply.to(DASHBOARD).flash("vault-declined"));
    }

    public Future<Reply> leave(Request call, SessionIdentity session, FormFields fields) {
        return sharing.leave(session, fields.get(VAULT), fields.get("owner"), call.clientAddress())
                .map(left -> Reply.to(DASHBOARD).flash("vault-left"))
                .recover(failure -> failure instanceof ServerException refusal && refusal.code() == ErrorCode.NOT_FOUND
                        ? Future.succeededFuture(Reply.to(DASHBOARD))
                        : Future.failedFuture(failure));
    }

    private Function<Throwable, Future<Reply>> again(
            SessionIdentity session, String vaultId, String login, String role) {
        return Reply.again(() -> page(session, vaultId, login, role));
    }

    private static Role role(String key) {
        return Role.of(key).orElseThrow(() -> new ServerException(ErrorCode.INVALID_REQUEST));
    }

    private static String path(String vaultId) {
        return PATH + "?vault=" + URLEncoder.encode(vaultId, StandardCharsets.UTF_8);
    }
}
