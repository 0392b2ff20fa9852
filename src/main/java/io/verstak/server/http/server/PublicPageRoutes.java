package io.verstak.server.http.server;

import io.verstak.server.http.web.AdminSignInPage;
import io.verstak.server.http.web.Assets;
import io.verstak.server.http.web.ConfirmPage;
import io.verstak.server.http.web.ForgotPage;
import io.verstak.server.http.web.HomePage;
import io.verstak.server.http.web.RegisterPage;
import io.verstak.server.http.web.SetupMailPage;
import io.verstak.server.http.web.SetupPage;
import io.verstak.server.http.web.SignInPage;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;

/** The addresses of the pages that anybody can open, and of the files that all pages load. */
final class PublicPageRoutes {
    private static final String CONFIRM = "/api/v1/auth/confirm";

    private final PageEndpoints call;
    private final Handler<RoutingContext> confirmJson;
    private final Assets assets;
    private final HomePage home;
    private final ConfirmPage confirm;
    private final RegisterPage register;
    private final ForgotPage forgot;
    private final SignInPage signIn;
    private final SetupPage setup;
    private final SetupMailPage setupMail;
    private final AdminSignInPage adminSignIn;

    PublicPageRoutes(
            PageEndpoints call,
            Handler<RoutingContext> confirmJson,
            Assets assets,
            HomePage home,
            ConfirmPage confirm,
            RegisterPage register,
            ForgotPage forgot,
            SignInPage signIn,
            SetupPage setup,
            SetupMailPage setupMail,
            AdminSignInPage adminSignIn) {
        this.call = call;
        this.confirmJson = confirmJson;
        this.assets = assets;
        this.home = home;
        this.confirm = confirm;
        this.register = register;
        this.forgot = forgot;
        this.signIn = signIn;
        this.setup = setup;
        this.setupMail = setupMail;
        this.adminSignIn = adminSignIn;
    }

    void add(RouteTable table) {
        table.verbatim(HttpMethod.GET, "/static/*", assets::serve)
                .verbatim(HttpMethod.HEAD, "/static/*", assets::serve)
                .get("/", call.page(home::show))
                .post("/language", call.form(home::language))
                .get(CONFIRM, call.page(confirm::ask))
                .post(CONFIRM, call.jsonOrForm(confirmJson, confirm::confirm))
                .get("/confirmed", call.page(confirm::done))
                .get("/register", call.page(register::show))
                .post("/register", call.form(register::register))
                .get("/registered", call.page(register::done))
                .get("/forgot", call.page(forgot::ask))
                .post("/forgot", call.form(forgot::send))
                .get("/forgot/sent", call.page(forgot::sent))
                .get("/reset", call.page(forgot::choose))
                .post("/reset", call.form(forgot::reset))
                .get("/.well-known/change-password", call.page(forgot::change))
                .get("/login", call.page(signIn::show))
                .post("/login", call.form(signIn::signIn))
                .get("/logout", call.userPage(signIn::home))
                .post("/logout", call.userForm(signIn::signOut))
                .get("/setup", call.page(setup::show))
                .post("/setup", call.form(setup::setUp))
                .get("/setup/mail", call.adminPage(setupMail::show))
                .post("/setup/mail", call.adminForm(setupMail::save))
                .get("/admin/login", call.page(adminSignIn::show))
                .post("/admin/login", call.form(adminSignIn::signIn))
                .get("/admin", call.adminPage(adminSignIn::home))
                .get("/admin/logout", call.adminPage(adminSignIn::home))
                .post("/admin/logout", call.adminForm(adminSignIn::signOut));
    }
}
