package io.verstak.server.http.web;

import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.OwnPassword;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.Sessions.SessionView;
import io.verstak.server.account.StepUp.Proof;
import io.verstak.server.domain.Profile;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.Vault;
import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.vault.OwnVaults;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/** Users' own accounts: what they see and change. */
public final class AccountPage {
    private static final String PATH = "/account";
    private static final String PASSWORD = "password";

    /** The field for the name of what a form deletes. */
    public static final String TYPED_NAME = "typed_name";

    private final OwnAccount account;
    private final OwnVaults vaults;
    private final Sessions sessions;
    private final OwnPassword passwords;
    private final AccountDeletion deletion;
    private final Supplier<Future<Boolean>> sendsMail;

    /**
     * The content of the page.
     *
     * @param browsers the signed-in browsers with their names
     * @param failed the form that was refused; empty: none
     * @param email the content of its field
     */
    public record View(Profile profile, List<Browser> browsers, List<Vault> vaults, String failed, String email) {}

    /** A browser that is signed in. */
    public record Browser(SessionView session, String name) {}

    public AccountPage(
            OwnAccount account,
            OwnVaults vaults,
            Sessions sessions,
            OwnPassword passwords,
            AccountDeletion deletion,
            Supplier<Future<Boolean>> sendsMail) {
        this.sendsMail = sendsMail;
        this.account = account;
        this.vaults = vaults;
        this.sessions = sessions;
        this.passwords = passwords;
        this.deletion = deletion;
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        return show(session, "", "");
    }

    private Future<Reply> show(SessionIdentity session, String failed, String email) {
        Future<Profile> profile = account.profile(session);
        Future<List<SessionView>> all = sessions.sessions(session);
        Future<List<Vault>> own = vaults.vaults(session);
        return Future.all(profile, all, own)
                .map(read -> Reply.page(
                        "account",
                        new View(
                                profile.result(),
                                all.result().stream()
                                        .map(each -> new Browser(each, BrowserName.of(each.userAgent())))
                                        .toList(),
                                own.result(),
                                failed,
                                email)));
    }

    public Future<Reply> changePassword(Request call, SessionIdentity session, FormFields fields) {
        return passwords
                .change(proof(call, session, fields), fields.get("new_password"))
                .map(changed -> Reply.to(PATH).flash("password-changed"))
                .recover(Reply.again(() -> show(session, PASSWORD, "")));
    }

    public Future<Reply> changeEmail(Request call, SessionIdentity session, FormFields fields) {
        String email = fields.get("email");
        return account.changeEmail(proof(call, session, fields), email)
                .compose(sent -> sendsMail.get())
                .map(sends -> Reply.to(PATH).flash(sends ? "email-sent" : "email-waits"))
                .recover(Reply.again(() -> show(session, "email", email)));
    }

    public Future<Reply> keepEmail(Request call, SessionIdentity session, FormFields fields) {
        return account.keepEmail(session).map(kept -> Reply.to(PATH).flash("email-kept"));
    }

    public Future<Reply> endSession(Request call, SessionIdentity session, FormFields fields) {
        return sessions.endSession(
                        session, fields.get("session"), call.cookie(Cookies.ADMIN_SESSION), call.clientAddress())
                .map(ended -> Reply.to(PATH).flash("session-ended"));
    }

    public Future<Reply> endOtherSessions(Request call, SessionIdentity session, FormFields fields) {
        return sessions.signOutOthers(session, call.cookie(Cookies.ADMIN_SESSION), call.clientAddress())
                .map(ended -> Reply.to(PATH).flash("sessions-ended"));
    }

    static Proof proof(Request call, SessionIdentity session, FormFields fields) {
        return new Proof(session, fields.get(PASSWORD), call.clientAddress());
    }

    /** Changes the language of mails, and of the pages in this browser. */
    public Future<Reply> language(Request call, SessionIdentity session, FormFields fields) {
        String language = fields.get("language");
        return account.setLanguage(session, language).map(set -> {
            Reply back = Reply.to(PATH).flash("language-saved");
            return language.isEmpty() ? back : back.cookie(Cookies.LANGUAGE, language);
        });
    }

    public Future<Reply> delete(Request call, SessionIdentity session, FormFields fields) {
        return deletion.delete(proof(call, session, fields), fields.get(TYPED_NAME))
                .map(asked -> Reply.to("/dashboard"))
                .recover(Reply.again(() -> show(session, "delete", "")));
    }
}
