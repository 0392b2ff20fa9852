package io.verstak.server.http.web.security;

import io.verstak.server.account.Credentials;
import io.verstak.server.admin.AdministratorSessions;
import io.verstak.server.admin.ServerSettings;
import io.verstak.server.admin.ServerSettings.Name;
import io.verstak.server.admin.ServerSetup;
import io.verstak.server.admin.ServerSetup.Setup;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.Actor;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.http.core.FormFields;
import io.verstak.server.http.core.Origins;
import io.verstak.server.http.core.Request;
import io.verstak.server.http.web.Reply;
import io.verstak.server.http.web.SetupMailPage;
import io.vertx.core.Future;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The page of the first start's link: creates the administrator, and sets the name and the address of the server. */
public final class SetupPage {
    private static final String TEMPLATE = "setup";
    private static final String TOKEN = "token";

    /** The actor in the audit log, as there is no administrator yet. */
    private static final String SETUP = "setup";

    private static final Pattern LOOPBACK = Pattern.compile("^https?://(?:localhost|127\\.|\\[::1])");

    private final ServerSetup setup;
    private final AdministratorSessions administrators;
    private final ServerSettings settings;
    private final Origins origins;

    /**
     * The content of the form.
     *
     * @param ownAccount whether to create a user with this address as well
     */
    public record View(
            String token,
            String username,
            boolean ownAccount,
            String email,
            String serverName,
            String publicUrl,
            String language,
            String registration) {
        Optional<String> ownEmail() {
            return ownAccount ? Optional.of(email) : Optional.empty();
        }
    }

    public SetupPage(
            ServerSetup setup, AdministratorSessions administrators, ServerSettings settings, Origins origins) {
        this.setup = setup;
        this.administrators = administrators;
        this.settings = settings;
        this.origins = origins;
    }

    /** Shows what the server is for and where to sign in, or that it must be set up first. */
    public Future<Reply> welcome(Request call) {
        return setup.isSetUp().otherwise(true).map(done -> Reply.page("home", Map.of("setUp", done)));
    }

    /** Returns the form; 410 when the link is used, replaced or expired. */
    public Future<Reply> show(Request call) {
        String token = call.parameter(TOKEN);
        ServerConfig now = settings.now();
        View view = new View(
                token,
                "",
                true,
                "",
                now.web().serverName(),
                publicUrl(call, now),
                call.language().isEmpty() ? now.web().language() : call.language(),
                registration(now));
        return setup.canSetUp(token, call.clientAddress()).map(can -> can ? Reply.page(TEMPLATE, view) : over());
    }

    /** The configured address, or the one by which this browser has reached the server, unless nobody else can use it. */
    private String publicUrl(Request call, ServerConfig now) {
        String reached = origins.address(call.context());
        return now.http().publicUrl().isEmpty() && LOOPBACK.matcher(reached).find() ? "" : reached;
    }

    /** Whatever the configuration names; where it names nothing, strangers are not let in unasked. */
    private String registration(ServerConfig now) {
        boolean named = settings.explained().stream()
                .anyMatch(setting -> setting.key().equals("accounts.registration")
                        && !setting.source().equals("default"));
        return named ? now.accounts().registration() : "invitation";
    }

    /**
     * Stores the settings, creates the administrator, which invalidates the link, and signs in. The settings come first: if one
     * is refused, the link still works.
     */
    public Future<Reply> setUp(Request call, FormFields fields) {
        View view = new View(
                fields.get(TOKEN),
                fields.get("username").strip(),
                fields.ticked("own_account"),
                fields.get("email").strip(),
                fields.get("server_name"),
                fields.get("public_url"),
                fields.get("language"),
                fields.get("registration"));
        return setup.canSetUp(view.token(), call.clientAddress())
                .compose(can -> can ? setUp(call, view, fields.get("password")) : Future.succeededFuture(over()));
    }

    private Future<Reply> setUp(Request call, View view, String password) {
        return settings.change(changes(view), new Actor(SETUP, call.clientAddress()))
                .compose(set -> setup.setUp(
                        new Setup(view.token(), view.username(), password, view.ownEmail(), call.clientAddress())))
                .compose(made -> administrators.signIn(
                        new Credentials(view.username(), password, call.clientAddress()), SignInPage.client(call)))
                .map(both ->
                        AdminSignInPage.signedIn(Reply.to(SetupMailPage.PATH).flash("set-up"), both))
                .recover(Reply.again(TEMPLATE, view));
    }

    /** Stores no setting that equals the configuration: the configuration may change it later. */
    private Map<Name, Optional<String>> changes(View view) {
        ServerConfig now = settings.now();
        Map<Name, Optional<String>> changes = new EnumMap<>(Name.class);
        put(changes, Name.SERVER_NAME, view.serverName(), now.web().serverName());
        put(changes, Name.PUBLIC_URL, view.publicUrl(), now.http().publicUrl());
        put(changes, Name.LANGUAGE, view.language(), now.web().language());
        put(changes, Name.REGISTRATION, view.registration(), now.accounts().registration());
        return changes;
    }

    private static void put(Map<Name, Optional<String>> changes, Name name, String typed, String now) {
        String value = typed.strip();
        if (!value.isEmpty() && !value.equals(now)) {
            changes.put(name, Optional.of(value));
        }
    }

    private static Reply over() {
        return Reply.page("setup-over").status(ErrorCode.GONE.status());
    }
}
