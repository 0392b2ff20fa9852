package io.verstak.server.http.server;

import io.micrometer.core.instrument.MeterRegistry;
import io.verstak.server.account.AccountDeletion;
import io.verstak.server.account.Devices;
import io.verstak.server.account.OwnAccount;
import io.verstak.server.account.OwnPassword;
import io.verstak.server.account.Registration;
import io.verstak.server.account.Sessions;
import io.verstak.server.account.StepUp;
import io.verstak.server.account.factor.change.OwnPasskeys;
import io.verstak.server.account.factor.change.OwnSecondFactor;
import io.verstak.server.account.module.AccountModule;
import io.verstak.server.account.notice.SecurityLog;
import io.verstak.server.account.provider.Identities;
import io.verstak.server.account.provider.Reauthentication;
import io.verstak.server.admin.Administration;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.OutgoingMail;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSetup;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.blob.resumable.ResumableUploads;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.HttpConfig;
import io.verstak.server.config.LimitsConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.ServerException;
import io.verstak.server.http.api.AdminApi;
import io.verstak.server.http.api.AdminDevicesApi;
import io.verstak.server.http.api.AdminMailApi;
import io.verstak.server.http.api.AdminStatsApi;
import io.verstak.server.http.api.AuthApi;
import io.verstak.server.http.api.AuthApi.ConfirmRequest;
import io.verstak.server.http.api.BlobApi;
import io.verstak.server.http.api.CapabilitiesApi;
import io.verstak.server.http.api.ClientApi;
import io.verstak.server.http.api.EventsApi;
import io.verstak.server.http.api.HealthApi;
import io.verstak.server.http.api.SyncApi;
import io.verstak.server.http.api.TusApi;
import io.verstak.server.http.api.UserApi;
import io.verstak.server.http.core.BasePath;
import io.verstak.server.http.core.Bodies;
import io.verstak.server.http.core.ClientAddress;
import io.verstak.server.http.core.Cookies;
import io.verstak.server.http.core.Csrf;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.TrustedProxies;
import io.verstak.server.http.export.AccountExport;
import io.verstak.server.http.export.VaultExport;
import io.verstak.server.http.guard.TransportGuard;
import io.verstak.server.http.guard.TransportLimits;
import io.verstak.server.http.live.LiveStreams;
import io.verstak.server.http.web.AccountPage;
import io.verstak.server.http.web.ErrorPage;
import io.verstak.server.http.web.ForgotPage;
import io.verstak.server.http.web.OneTimeSecrets;
import io.verstak.server.http.web.RegisterPage;
import io.verstak.server.http.web.SecurityLogPage;
import io.verstak.server.http.web.SetupMailPage;
import io.verstak.server.http.web.Views;
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
import io.verstak.server.maintenance.Maintenance;
import io.verstak.server.metrics.Engines;
import io.verstak.server.metrics.Health;
import io.verstak.server.metrics.Inventory;
import io.verstak.server.metrics.Statistics;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.sync.wait.HeadNotifier;
import io.verstak.server.sync.wait.WaitingPulls;
import io.verstak.server.vault.OwnVaults;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The objects of the listeners, made once and wired to each other. */
public final class HttpModule {
    private final ApiRoutes api;
    private final PageRoutes pages;
    private final FilesRoutes files;
    private final TusApi uploads;
    private final BasePath base;
    private final Cookies cookies;
    private final RequestLog requests;
    private final Failures failures;
    private final Views views;
    private final TransportGuard guard;
    private final LiveStreams live;

    public HttpModule(
            Vertx vertx,
            Bus bus,
            ServerSettings settings,
            AccountModule accounts,
            HeadNotifier watch,
            Health health,
            Inventory inventory,
            Engines engines,
            Statistics statistics,
            Maintenance maintenance,
            OneTimeSecrets secrets,
            MeterRegistry registry,
            Clock clock) {
        ServerConfig config = settings.now();
        TrustedProxies proxies = trustedProxies(config.http());
        ClientAddress addresses = new ClientAddress(proxies);
        requests = new RequestLog(new RequestMeters(registry), statistics.requests()::count, addresses);
        Supplier<String> publicUrl = () -> settings.now().http().publicUrl();
        Origins origins = new Origins(publicUrl, proxies);
        base = new BasePath(publicUrl);
        cookies = new Cookies(origins, base);
        Csrf csrf = new Csrf(cookies, origins);
        views = new Views(
                () -> settings.now().web(),
                accounts.policy()::registrationOffered,
                accounts.providers(),
                () -> accounts.passkeys().relyingParty().hasPasskeys(),
                accounts.passkeys()::signInRequest,
                origins,
                base,
                cookies,
                csrf);
        failures = new Failures(new ErrorPage(views), registry);
        guard = new TransportGuard(TransportLimits.of(config.http()), proxies::contains);
        Supplier<LimitsConfig> limits = () -> settings.now().limits();
        LongSupplier maxBlob = () -> limits.get().maxBlobBytes();
        Authentication authentication = new Authentication(accounts, addresses, csrf);
        Bodies bodies = new Bodies(vertx, () -> limits.get().maxJsonBody());
        Endpoints endpoint = new Endpoints(authentication, bodies, addresses, csrf);
        Administration administration = bus.client(Administration.class);
        OutgoingMail outgoing = bus.client(OutgoingMail.class);
        Supplier<Future<Boolean>> sendsMail =
                () -> outgoing.mail().map(mail -> !mail.host().isEmpty());
        Registration registration = bus.client(Registration.class);
        OwnPassword ownPassword = bus.client(OwnPassword.class);
        Devices devices = bus.client(Devices.class);
        AccountDeletion deletion = bus.client(AccountDeletion.class);
        Sessions sessions = bus.client(Sessions.class);
        Identities identities = bus.client(Identities.class);
        SyncLog log = bus.client(SyncLog.class);
        accounts.deviceTokens().onDoubt(new RevocationMonitor(vertx, watch, accounts.deviceTokens())::doubt);
        live = new LiveStreams(
                vertx,
                session -> session.administrator()
                        ? accounts.administratorTokens().holds(session)
                        : accounts.sessionTokens().holds(session));
        accounts.sessionTokens().onDoubt(live::doubt);
        accounts.administratorTokens().onDoubt(live::doubt);
        AdministratorSessions administrators = bus.client(AdministratorSessions.class);
        OwnAccount ownAccount = bus.client(OwnAccount.class);
        OwnVaults ownVaults = bus.client(OwnVaults.class);
        SecurityLog securityLog = bus.client(SecurityLog.class);
        BlobStore blobs = bus.client(BlobStore.class);
        AuthApi auth = new AuthApi(registration, sessions, ownPassword);
        uploads = new TusApi(bus.client(ResumableUploads.class), base, maxBlob);
        api = new ApiRoutes(
                endpoint,
                new ClientApi(devices, clock),
                auth,
                new UserApi(sessions, devices, ownVaults),
                new SyncApi(log, new WaitingPulls(vertx, log, watch), accounts.activity(), authentication::device),
                new EventsApi(log, watch, accounts.activity(), authentication::device),
                new BlobApi(blobs, maxBlob),
                uploads,
                new CapabilitiesApi(limits, config.web().files()),
                new HealthApi(health, clock),
                new OpenApiDocument(base),
                new AdminApi(administration, inventory),
                new AdminDevicesApi(administration, inventory),
                new AdminStatsApi(statistics),
                new AdminMailApi(outgoing, settings));
        files = FilesRoutes.of(vertx, bus, config, limits, clock);
        SignInPage signIn = new SignInPage(sessions, administrators);
        AdminSignInPage adminSignIn = new AdminSignInPage(administrators);
        OwnPasskeys passkeys = bus.client(OwnPasskeys.class);
        OwnSecondFactor secondFactor = bus.client(OwnSecondFactor.class);
        Supplier<String> serverName = () -> settings.now().web().serverName();
        StepUp stepUp = bus.client(StepUp.class);
        pages = new PageRoutes(
                new PageEndpoints(authentication, bodies, addresses, csrf, views, stepUp, outgoing::unsentMailCount),
                endpoint.anyone().json(ConfirmRequest.class).answer(auth::confirm),
                views.assets(),
                new RegisterPage(registration, accounts.policy(), sendsMail),
                new ForgotPage(ownPassword, sendsMail),
                signIn,
                new SetupPage(bus.client(ServerSetup.class), administrators, settings, origins),
                new SetupMailPage(administrators, outgoing),
                adminSignIn,
                new SecondStepPage(sessions, administrators, signIn, adminSignIn),
                new PasskeySignInPage(sessions, administrators, signIn, adminSignIn),
                PasskeysPage.ofUsers(passkeys, secrets),
                PasskeysPage.ofAdministrators(passkeys, secrets),
                SecondFactorPage.ofUsers(secondFactor, secrets, serverName),
                SecondFactorPage.ofAdministrators(secondFactor, secrets, serverName),
                VaultRoutes.of(bus, accounts.policy(), secrets, origins, clock),
                live,
                new AccountPage(ownAccount, ownVaults, sessions, ownPassword, deletion, sendsMail),
                new SecurityLogPage(
                        securityLog, () -> settings.now().retention().auditDays()),
                new ConfirmPage(stepUp, bus.client(Reauthentication.class)),
                new AccountLinkPage(registration, ownAccount, deletion, secrets),
                new ProviderPage(identities, signIn),
                new IdentitiesPage(ownAccount, identities, accounts.providers()),
                new VaultExport(vertx, ownVaults, log, blobs, clock),
                new AccountExport(ownAccount, ownVaults, sessions, clock),
                AdminRoutes.of(
                        vertx, bus, settings, health, inventory, engines, statistics, maintenance, secrets, clock));
    }

    /** Compiles the pages, so that the first requests are not slow. Blocks. */
    public void warm() {
        views.warm();
    }

    public TransportGuard guard() {
        return guard;
    }

    /** Returns the event streams of open pages. */
    public LiveStreams live() {
        return live;
    }

    /** Returns method and path of each route. */
    public List<String> routes(Vertx vertx) {
        return router(vertx).getRoutes().stream()
                .filter(route -> route.getPath() != null && route.methods() != null)
                .flatMap(route -> route.methods().stream().map(method -> method.name() + " " + route.getPath()))
                .toList();
    }

    /** Returns the handler of the requests of one event loop. */
    public Handler<HttpServerRequest> handler(Vertx vertx) {
        return LocalRequest.handler(base, router(vertx));
    }

    private Router router(Vertx vertx) {
        Router router = Router.router(vertx);
        router.route().handler(this::begin).failureHandler(failures);
        router.route(TusApi.PATH + "/*").handler(uploads::begin);
        RouteTable table = new RouteTable(router);
        api.add(table);
        pages.add(table);
        files.add(table, pages.page().user(), api.endpoint());
        table.end();
        return router;
    }

    /** Runs before any other handler. */
    private void begin(RoutingContext context) {
        requests.begin(context);
        cookies.begin(context);
        // The reader of the body resumes the request; until then nothing of it is lost during look-ups.
        context.request().pause();
        if (context.request().headers().contains(HttpHeaders.CONTENT_ENCODING)) {
            context.fail(new ServerException(ErrorCode.UNSUPPORTED_MEDIA_TYPE));
            return;
        }
        context.next();
    }

    /** @throws ConfigException if one of them is neither an address nor a CIDR block */
    public static TrustedProxies trustedProxies(HttpConfig http) {
        try {
            return TrustedProxies.parse(http.trustedProxies());
        } catch (IllegalArgumentException notCidr) {
            throw ConfigException.notAllowed(
                    "http.trustedProxies",
                    http.trustedProxies(),
                    "addresses and blocks such as 10.0.0.0/8: " + notCidr.getMessage());
        }
    }
}
