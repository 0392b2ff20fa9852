package io.verstak.server.http.server;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.http.export.AccountExport;
import io.verstak.server.http.export.VaultExport;
import io.verstak.server.http.live.LiveStreams;
import io.verstak.server.http.server.PageEndpoints.Anyone;
import io.verstak.server.http.server.PageEndpoints.Pages;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.Assets;
import io.verstak.server.http.web.ForgotPage;
import io.verstak.server.http.web.RegisterPage;
import io.verstak.server.http.web.SecurityLogPage;
import io.verstak.server.http.web.SetupMailPage;
import io.verstak.server.http.web.security.AccountLinkPage;
import io.verstak.server.http.web.security.AdminSignInPage;
import io.verstak.server.http.web.security.ConfirmPage;
import io.verstak.server.http.web.security.IdentitiesPage;
import io.verstak.server.http.web.security.PasskeySignInPage;
import io.verstak.server.http.web.security.PasskeysPage;
import io.verstak.server.http.web.security.ProviderPage;
import io.verstak.server.http.web.security.SecondFactorPage;
import io.verstak.server.http.web.security.SecondStepPage;
import io.verstak.server.http.web.security.SetupPage;
import io.verstak.server.http.web.security.SignInPage;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/**
 * The routes of the pages, and of the files that all pages load.
 *
 * @param confirmJson answers programs that send JSON to the address of the page to confirm an account
 */
record PageRoutes(
        PageEndpoints page,
        Handler<RoutingContext> confirmJson,
        Assets assets,
        RegisterPage register,
        ForgotPage forgot,
        SignInPage signIn,
        SetupPage setup,
        SetupMailPage setupMail,
        AdminSignInPage adminSignIn,
        SecondStepPage secondStep,
        PasskeySignInPage passkeySignIn,
        PasskeysPage passkeys,
        PasskeysPage adminPasskeys,
        SecondFactorPage secondFactor,
        SecondFactorPage adminSecondFactor,
        VaultRoutes vaults,
        LiveStreams live,
        AccountPage account,
        SecurityLogPage securityLog,
        ConfirmPage confirm,
        AccountLinkPage links,
        ProviderPage provider,
        IdentitiesPage identities,
        VaultExport vaultExport,
        AccountExport accountExport,
        AdminRoutes administration) {
    private static final String CONFIRM = "/api/v1/auth/confirm";

    void add(RouteTable table) {
        everyone(table, page.anyone());
        users(table, page.user(), page.anyone());
        administrators(table, page.administrator(), page.anyone());
    }

    private void everyone(RouteTable table, Anyone anyone) {
        table.verbatim(HttpMethod.GET, "/static/*", assets::serve)
                .verbatim(HttpMethod.HEAD, "/static/*", assets::serve)
                .verbatim(HttpMethod.GET, "/favicon.ico", assets::favicon)
                .get("/", anyone.show(setup::welcome))
                .post("/language", anyone.form(signIn::language))
                .post("/theme", anyone.form(signIn::theme))
                .get(CONFIRM, anyone.show(links::ask))
                .post(CONFIRM, anyone.formOr(confirmJson, links::confirm))
                .get("/confirmed", anyone.show(links::confirmed))
                .get("/register", anyone.show(register::show))
                .post("/register", anyone.form(register::register))
                .get("/registered", anyone.show(register::done))
                .get("/forgot", anyone.show(forgot::ask))
                .post("/forgot", anyone.form(forgot::send))
                .get("/forgot/sent", anyone.show(forgot::sent))
                .get("/reset", anyone.show(forgot::choose))
                .post("/reset", anyone.form(forgot::reset))
                .get("/.well-known/change-password", anyone.show(forgot::change))
                .get("/login", anyone.show(signIn::show))
                .post("/login", anyone.form(signIn::signIn))
                .get("/login/passkey", anyone.show(passkeySignIn::show))
                .post("/login/passkey", anyone.form(passkeySignIn::user))
                .get("/login/second/passkey", anyone.show(secondStep::user))
                .post("/login/second/passkey", anyone.form(secondStep::passkeyOfUser))
                .get("/register/passkey", anyone.show(links::toSignIn))
                .post("/register/passkey", anyone.form(links::join))
                .get("/register/password", anyone.show(links::toSignIn))
                .post("/register/password", anyone.form(links::confirmWithoutPasskey))
                .get("/login/second", anyone.show(secondStep::user))
                .post("/login/second", anyone.form(secondStep::signInUser))
                .get("/register/provider", anyone.show(provider::toSignIn))
                .post("/register/provider", anyone.form(provider::register))
                .get("/login/provider/:id", anyone.show(provider::begin))
                .get("/login/provider/:id/callback", anyone.show(provider::complete));
    }

    private void users(RouteTable table, Pages<SessionIdentity> user, Anyone anyone) {
        Pages<SessionIdentity> enrolling = page.enrollingUser();
        vaults.add(table, user, live);
        table.get("/logout", user.show(signIn::home))
                .post("/logout", enrolling.form(signIn::signOut))
                .get("/account/passkeys", enrolling.show(passkeys::show))
                .post("/account/passkeys/add", enrolling.form(passkeys::add))
                .post("/account/passkeys/rename", user.form(passkeys::rename))
                .post("/account/passkeys/remove", user.form(passkeys::remove))
                .post("/account/password/remove", user.form(passkeys::removePassword))
                .get("/account/second-factor", enrolling.show(secondFactor::show))
                .post("/account/second-factor", enrolling.form(secondFactor::setUp))
                .post("/account/second-factor/codes", user.form(secondFactor::renewCodes))
                .post("/account/second-factor/remove", user.form(secondFactor::remove))
                .get("/confirm", user.show(confirm::show))
                .post("/confirm", user.form(confirm::byPassword))
                .post("/confirm/code", user.form(confirm::byCode))
                .post("/confirm/passkey", user.form(confirm::byPasskey))
                .post("/confirm/provider", user.form(confirm::toProvider))
                .get("/confirm/provider/:id", user.show(confirm::byProvider))
                .get("/account", user.show(account::show))
                .post("/account/password", user.form(account::changePassword))
                .get("/account/email", anyone.show(links::askEmail))
                .post("/account/email", user.form(account::changeEmail))
                .post("/account/email/keep", user.form(account::keepEmail))
                .post("/account/email/confirm", anyone.form(links::confirmEmail))
                .get("/account/email/done", anyone.show(links::emailDone))
                .post("/account/sessions/end", user.form(account::endSession))
                .post("/account/sessions/end-others", user.form(account::endOtherSessions))
                .get("/account/security-log", user.show(securityLog::show))
                .post("/account/security-log/seen", user.form(securityLog::dismiss))
                .get("/account/identities", user.show(identities::show))
                .post("/account/identities/join", user.form(identities::join))
                .post("/account/identities/remove", user.form(identities::remove))
                .post("/account/language", user.form(account::language))
                .getOnly("/account/vault.zip", user.stream(vaultExport::answer))
                .getOnly("/account/account.json", user.stream(accountExport::answer))
                .post("/account/delete", user.form(account::delete))
                .get("/account/keep", anyone.show(links::askKeep))
                .post("/account/keep", anyone.form(links::keep))
                .get("/account/kept", anyone.show(links::kept));
    }

    private void administrators(RouteTable table, Pages<SessionIdentity> administrator, Anyone anyone) {
        Pages<SessionIdentity> enrolling = page.enrollingAdministrator();
        table.get("/setup", anyone.show(setup::show))
                .post("/setup", anyone.form(setup::setUp))
                .get("/setup/mail", administrator.show(setupMail::show))
                .post("/setup/mail", administrator.form(setupMail::save))
                .get("/admin/login", anyone.show(adminSignIn::show))
                .post("/admin/login", anyone.form(adminSignIn::signIn))
                .get("/admin/login/passkey", anyone.show(passkeySignIn::admin))
                .post("/admin/login/passkey", anyone.form(passkeySignIn::administrator))
                .get("/admin/login/second/passkey", anyone.show(secondStep::administrator))
                .post("/admin/login/second/passkey", anyone.form(secondStep::passkeyOfAdministrator))
                .get("/admin/passkeys", enrolling.show(adminPasskeys::show))
                .post("/admin/passkeys/add", enrolling.form(adminPasskeys::add))
                .post("/admin/passkeys/rename", administrator.form(adminPasskeys::rename))
                .post("/admin/passkeys/remove", administrator.form(adminPasskeys::remove))
                .get("/admin/login/second", anyone.show(secondStep::administrator))
                .post("/admin/login/second", anyone.form(secondStep::signInAdministrator))
                .get("/admin/second-factor", enrolling.show(adminSecondFactor::show))
                .post("/admin/second-factor", enrolling.form(adminSecondFactor::setUp))
                .post("/admin/second-factor/codes", administrator.form(adminSecondFactor::renewCodes))
                .post("/admin/second-factor/remove", administrator.form(adminSecondFactor::remove))
                .get("/admin/confirm", administrator.show(confirm::show))
                .post("/admin/confirm", administrator.form(confirm::byPassword))
                .post("/admin/confirm/code", administrator.form(confirm::byCode))
                .post("/admin/confirm/passkey", administrator.form(confirm::byPasskey))
                .post("/admin/confirm/provider", administrator.form(confirm::toProvider))
                .get("/admin/confirm/provider/:id", administrator.show(confirm::byProvider))
                .get("/admin", administrator.show(adminSignIn::home))
                .get("/admin/logout", administrator.show(adminSignIn::home))
                .post("/admin/logout", enrolling.form(adminSignIn::signOut));
        table.get("/admin/account/security-log", administrator.show(securityLog::show))
                .post("/admin/account/security-log/seen", administrator.form(securityLog::dismiss));
        administration.add(table, administrator, live);
        table.guardLast("/admin/*", page.onlyAdministrators());
    }
}
