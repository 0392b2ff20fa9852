package io.verstak.server.http.web.security;

import io.verstak.server.account.factor.change.OwnPasskeys;
import io.verstak.server.account.factor.change.OwnPasskeys.Overview;
import io.verstak.server.account.factor.change.OwnSecondFactor.Caller;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.domain.listing.BrowserName;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The passkeys of a signed-in user, or of a signed-in administrator. */
public final class PasskeysPage {
    private static final String TEMPLATE = "passkeys";
    private static final String USER = "/account/passkeys";
    private static final String ADMINISTRATOR = "/admin/passkeys";
    private static final String CHANGE = "change";
    private static final String SEPARATOR = "\n";

    private final OwnPasskeys passkeys;
    private final OneTimeSecrets secrets;
    private final boolean administrators;
    private final String path;

    /**
     * The content of the page.
     *
     * @param path of the page
     * @param nav its navigation
     * @param obstacle why there are no passkeys, as part of a message's key
     * @param codes new recovery codes, shown once; empty: none
     * @param enrols whether the session may do nothing but set up a second factor
     * @param failed the form that was refused; empty: none
     */
    public record View(
            String path,
            String nav,
            Overview overview,
            String obstacle,
            List<String> codes,
            boolean enrols,
            String failed) {}

    private PasskeysPage(OwnPasskeys passkeys, OneTimeSecrets secrets, boolean administrators, String path) {
        this.passkeys = passkeys;
        this.secrets = secrets;
        this.administrators = administrators;
        this.path = path;
    }

    public static PasskeysPage ofUsers(OwnPasskeys passkeys, OneTimeSecrets secrets) {
        return new PasskeysPage(passkeys, secrets, false, USER);
    }

    public static PasskeysPage ofAdministrators(OwnPasskeys passkeys, OneTimeSecrets secrets) {
        return new PasskeysPage(passkeys, secrets, true, ADMINISTRATOR);
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        String codes = secrets.taken(call, session, path);
        return show(call, session, codes, "").map(page -> OneTimeSecrets.shown(page, codes));
    }

    private Future<Reply> show(Request call, SessionIdentity session, String codes, String failed) {
        return passkeys.overview(caller(call, session))
                .map(overview -> Reply.page(
                        TEMPLATE,
                        new View(
                                path,
                                session.enrols() ? "none" : administrators ? "admin" : "user",
                                overview,
                                overview.obstacle().name().toLowerCase(Locale.ROOT),
                                codes.isEmpty() ? List.of() : List.of(codes.split(SEPARATOR)),
                                session.enrols(),
                                failed)));
    }

    /** Adds a passkey, which is named after the browser, and shows recovery codes with the first one. */
    public Future<Reply> add(Request call, SessionIdentity session, FormFields fields) {
        @Nullable String agent = call.header(HttpHeaders.USER_AGENT);
        String other = call.cookie(administrators ? Cookies.USER_SESSION : Cookies.ADMIN_SESSION);
        return passkeys.add(
                        caller(call, session),
                        fields.get("password"),
                        fields.get("credential"),
                        BrowserName.of(agent == null ? "" : agent),
                        other)
                .map(codes -> shown(session, codes).flash("passkey-added"))
                .recover(Reply.again(() -> show(call, session, "", "add")));
    }

    public Future<Reply> rename(Request call, SessionIdentity session, FormFields fields) {
        return passkeys.rename(caller(call, session), fields.get("id"), fields.get("name"))
                .map(renamed -> Reply.to(path).flash("passkey-renamed"))
                .recover(Reply.again(() -> show(call, session, "", CHANGE)));
    }

    public Future<Reply> remove(Request call, SessionIdentity session, FormFields fields) {
        return passkeys.remove(caller(call, session), fields.get("password"), fields.get("id"))
                .map(removed -> Reply.to(path).flash("passkey-removed"))
                .recover(Reply.again(() -> show(call, session, "", CHANGE)));
    }

    public Future<Reply> removePassword(Request call, SessionIdentity session, FormFields fields) {
        return passkeys.removePassword(caller(call, session), fields.get("password"))
                .map(removed -> Reply.to(path).flash("password-removed"))
                .recover(Reply.again(() -> show(call, session, "", "password")));
    }

    private Reply shown(SessionIdentity session, List<String> codes) {
        return codes.isEmpty() ? Reply.to(path) : secrets.pass(session, path, String.join(SEPARATOR, codes));
    }

    private Caller caller(Request call, SessionIdentity session) {
        return new Caller(administrators, session, call.clientAddress());
    }
}
