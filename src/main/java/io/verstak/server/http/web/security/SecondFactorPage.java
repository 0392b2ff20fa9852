package io.verstak.server.http.web.security;

import io.netty.handler.codec.http.QueryStringEncoder;
import io.verstak.server.account.factor.change.OwnSecondFactor;
import io.verstak.server.account.factor.change.OwnSecondFactor.Caller;
import io.verstak.server.account.factor.change.OwnSecondFactor.Offer;
import io.verstak.server.account.factor.change.OwnSecondFactor.State;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.QrImage;
import io.verstak.server.http.web.Reply;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Sets up and removes the second factor of a signed-in user, or of a signed-in administrator. */
public final class SecondFactorPage {
    /** Where a user sets it up. */
    public static final String USER = "/account/second-factor";

    /** Where an administrator sets it up. */
    public static final String ADMINISTRATOR = "/admin/second-factor";

    private static final String TEMPLATE = "second-factor";
    private static final String PROOF = "password";
    private static final String SEPARATOR = "\n";

    private final OwnSecondFactor factors;
    private final OneTimeSecrets secrets;
    private final Supplier<String> serverName;
    private final boolean administrators;
    private final String path;

    /**
     * The content of the page.
     *
     * @param nav the navigation that it has
     * @param app an authenticator app to set up; null: there is one
     * @param codes new recovery codes, shown once; empty: none
     * @param enrols whether the session may do nothing else
     * @param failed the form that was refused; empty: none
     */
    public record View(
            String path,
            String nav,
            State state,
            @Nullable App app,
            List<String> codes,
            boolean enrols,
            String failed) {}

    /**
     * An authenticator app to set up.
     *
     * @param sealed the secret, for the form
     * @param text the secret in groups, to be typed
     * @param link for an app on this device; the QR code holds it, too
     */
    public record App(String sealed, String text, String link, QrImage image) {}

    private SecondFactorPage(
            OwnSecondFactor factors,
            OneTimeSecrets secrets,
            Supplier<String> serverName,
            boolean administrators,
            String path) {
        this.factors = factors;
        this.secrets = secrets;
        this.serverName = serverName;
        this.administrators = administrators;
        this.path = path;
    }

    public static SecondFactorPage ofUsers(
            OwnSecondFactor factors, OneTimeSecrets secrets, Supplier<String> serverName) {
        return new SecondFactorPage(factors, secrets, serverName, false, USER);
    }

    public static SecondFactorPage ofAdministrators(
            OwnSecondFactor factors, OneTimeSecrets secrets, Supplier<String> serverName) {
        return new SecondFactorPage(factors, secrets, serverName, true, ADMINISTRATOR);
    }

    public Future<Reply> show(Request call, SessionIdentity session) {
        String codes = secrets.taken(call, session, path);
        return page(call, session, "", codes, "").map(page -> OneTimeSecrets.shown(page, codes));
    }

    private Future<Reply> page(Request call, SessionIdentity session, String sealed, String codes, String failed) {
        Caller caller = caller(call, session);
        return factors.state(caller)
                .compose(state -> state.app()
                        ? Future.succeededFuture(reply(session, state, null, codes, failed))
                        : factors.offer(caller, sealed)
                                .map(offer -> reply(session, state, app(state, offer), codes, failed)));
    }

    private Reply reply(SessionIdentity session, State state, @Nullable App app, String codes, String failed) {
        return Reply.page(
                TEMPLATE,
                new View(
                        path,
                        session.enrols() ? "none" : administrators ? "admin" : "user",
                        state,
                        app,
                        codes.isEmpty() ? List.of() : List.of(codes.split(SEPARATOR)),
                        session.enrols(),
                        failed));
    }

    private App app(State state, Offer offer) {
        String issuer = serverName.get();
        QueryStringEncoder link =
                new QueryStringEncoder("otpauth://totp/" + encoded(issuer) + ":" + encoded(state.username()));
        link.addParam("secret", offer.secret());
        link.addParam("issuer", issuer);
        link.addParam("algorithm", "SHA1");
        link.addParam("digits", "6");
        link.addParam("period", "30");
        return new App(
                offer.sealed(),
                offer.secret().replaceAll("(.{4})(?=.)", "$1 "),
                link.toString(),
                QrImage.of(link.toString()));
    }

    private static String encoded(String text) {
        QueryStringEncoder encoder = new QueryStringEncoder("");
        encoder.addParam("", text);
        return encoder.toString().substring("?=".length());
    }

    /** Sets up the authenticator app, once a code of it was entered. */
    public Future<Reply> setUp(Request call, SessionIdentity session, FormFields fields) {
        String other = call.cookie(administrators ? Cookies.USER_SESSION : Cookies.ADMIN_SESSION);
        String sealed = fields.get("secret");
        return factors.setUp(caller(call, session), sealed, fields.get("code"), fields.get(PROOF), other)
                .map(codes -> shown(session, codes).flash("second-factor-on"))
                .recover(Reply.again(() -> page(call, session, sealed, "", "set-up")));
    }

    /** Replaces the recovery codes. */
    public Future<Reply> renewCodes(Request call, SessionIdentity session, FormFields fields) {
        return factors.renewCodes(caller(call, session), fields.get(PROOF))
                .map(codes -> shown(session, codes).flash("recovery-codes-new"))
                .recover(Reply.again(() -> page(call, session, "", "", "codes")));
    }

    /** Removes the authenticator app. */
    public Future<Reply> remove(Request call, SessionIdentity session, FormFields fields) {
        return factors.remove(caller(call, session), fields.get(PROOF))
                .map(removed -> Reply.to(path).flash("second-factor-off"))
                .recover(Reply.again(() -> page(call, session, "", "", "remove")));
    }

    private Reply shown(SessionIdentity session, List<String> codes) {
        return codes.isEmpty() ? Reply.to(path) : secrets.pass(session, path, String.join(SEPARATOR, codes));
    }

    private Caller caller(Request call, SessionIdentity session) {
        return new Caller(administrators, session, call.clientAddress());
    }
}
