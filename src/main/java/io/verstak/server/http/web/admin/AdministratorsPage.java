package io.verstak.server.http.web.admin;

import io.verstak.server.admin.AdministratorAccounts;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Usernames;
import io.verstak.server.domain.listing.AdministratorSummary;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.Reply;
import io.verstak.server.metrics.Inventory;
import io.vertx.core.Future;
import java.util.List;

/** Who administers the server: added, made of a user, removed. */
public final class AdministratorsPage {
    private static final String PATH = "/admin/administrators";

    private final AdministratorAccounts accounts;
    private final Inventory inventory;
    private final OneTimeSecrets secrets;

    /**
     * The content of the page.
     *
     * @param self the key of the administrator who is signed in
     * @param secret a password that was made a moment ago; empty: none
     * @param typed what the form that was refused held
     * @param failed the form that was refused; empty: none
     */
    public record View(
            List<AdministratorSummary> administrators, String self, String secret, String typed, String failed) {}

    public AdministratorsPage(AdministratorAccounts accounts, Inventory inventory, OneTimeSecrets secrets) {
        this.accounts = accounts;
        this.inventory = inventory;
        this.secrets = secrets;
    }

    public Future<Reply> show(Request call, SessionIdentity administrator) {
        String secret = secrets.taken(call, administrator, PATH);
        return page(administrator, secret, "", "").map(page -> OneTimeSecrets.shown(page, secret));
    }

    private Future<Reply> page(SessionIdentity administrator, String secret, String typed, String failed) {
        return inventory
                .administrators()
                .map(all -> Reply.page(
                        "admin/administrators", new View(all, administrator.owner(), secret, typed, failed)));
    }

    public Future<Reply> add(Request call, SessionIdentity administrator, FormFields fields) {
        String name = fields.get("username").strip();
        return accounts.add(AdminForms.proof(call, administrator, fields), name)
                .map(password -> secrets.pass(administrator, PATH, password))
                .recover(Reply.again(() -> page(administrator, "", name, "add")));
    }

    /** Makes a user an administrator. */
    public Future<Reply> grant(Request call, SessionIdentity administrator, FormFields fields) {
        String login = fields.get("login").strip();
        return accounts.grant(AdminForms.proof(call, administrator, fields), login)
                .map(granted -> Reply.to(PATH).flash("administrator-added"))
                .recover(Reply.again(() -> page(administrator, "", login, "grant")));
    }

    /** An administrator who removes the own entry is signed out. */
    public Future<Reply> remove(Request call, SessionIdentity administrator, FormFields fields) {
        String name = fields.get("name");
        boolean self = Usernames.key(name).equals(administrator.owner());
        return accounts.remove(AdminForms.proof(call, administrator, fields), name, fields.get(AccountPage.TYPED_NAME))
                .map(removed -> Reply.to(self ? "/admin/login" : PATH).flash("administrator-removed"))
                .recover(Reply.again(() -> page(administrator, "", "", "remove")));
    }
}
