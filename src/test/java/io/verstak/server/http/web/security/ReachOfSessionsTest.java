package io.verstak.server.http.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What sessions reach that are not whole: those that must set up a second factor, and those whose confirmation is over. All routes. */
class ReachOfSessionsTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String PASSWORD = "password=" + TestServer.PASSWORD;

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of("http.publicUrl", "http://localhost"))
            .withUser("ann")
            .withUser("ben")
            .withAdministrator("root");

    /** What a session may do that must set up a second factor. */
    private static final Set<String> ENROLLING = Set.of(
            "POST /logout",
            "GET /account/passkeys",
            "POST /account/passkeys/add",
            "GET /account/second-factor",
            "POST /account/second-factor",
            "POST /admin/logout",
            "GET /admin/passkeys",
            "POST /admin/passkeys/add",
            "GET /admin/second-factor",
            "POST /admin/second-factor");

    /** Forms that ask for a proof, with what they need to get there. */
    private static final Map<String, List<String>> PROVED = Map.ofEntries(
            Map.entry("/account/passkeys/add", List.of("credential={}")),
            Map.entry("/account/passkeys/remove", List.of("id=x")),
            Map.entry("/account/password/remove", List.of()),
            Map.entry("/account/password", List.of("new_password=copper-lantern-77")),
            Map.entry("/account/email", List.of("email=new@example.org")),
            Map.entry("/account/delete", List.of("typed_name=ann")),
            Map.entry("/account/identities/join", List.of("provider=x")),
            Map.entry("/account/identities/remove", List.of("issuer=x", "subject=x")),
            Map.entry("/dashboard/revoke", List.of("device=x")),
            Map.entry("/dashboard/connect", List.of("vault=")),
            Map.entry("/dashboard/sharing/invite", List.of("vault=notes", "login=ben", "role=editor")),
            Map.entry("/dashboard/vault/delete", List.of("vault=notes", "typed_name=notes")),
            Map.entry("/admin/passkeys/add", List.of("credential={}")),
            Map.entry("/admin/passkeys/remove", List.of("id=x")),
            Map.entry("/admin/own-account/create", List.of("email=root@example.org")),
            Map.entry("/admin/own-account/join", List.of("login=ann", "user_" + PASSWORD)),
            Map.entry("/admin/user/edit", List.of("id=USER", "username=anna", "email=anna@example.org")),
            Map.entry("/admin/user/block", List.of("id=USER", "blocked=1")),
            Map.entry("/admin/user/reset-password", List.of("id=USER")),
            Map.entry("/admin/user/delete", List.of("id=USER", "typed_name=x")),
            Map.entry("/admin/bulk/run", List.of("action=block", "id=USER")),
            Map.entry("/admin/devices/revoke", List.of("id=x")),
            Map.entry("/admin/backups/now", List.of()),
            Map.entry("/admin/backups/download", List.of("name=x")),
            Map.entry("/admin/account/password", List.of("new_password=copper-lantern-77")),
            Map.entry("/admin/administrators/add", List.of("username=eve")),
            Map.entry("/admin/administrators/grant", List.of("login=ann")),
            Map.entry("/admin/administrators/remove", List.of("name=root", "typed_name=root")),
            Map.entry("/admin/settings", List.of("public_url=https://evil.example")),
            Map.entry("/admin/settings/limits", List.of()),
            Map.entry("/admin/vault/delete", List.of("vault=VAULT", "typed_name=notes")),
            Map.entry("/admin/settings/mail", List.of("smtp_host=mail.evil.example", "smtp_from=a@example.org")),
            Map.entry("/setup/mail", List.of("smtp_host=mail.evil.example", "smtp_from=a@example.org")));

    /** Forms that ask for none: they prove something themselves, end or undo something, or open nothing to anybody. */
    private static final Set<String> UNPROVED = Set.of(
            "/account/second-factor", // a code of the app, and a proof: StepUpTest
            "/account/second-factor/codes", // refused without a second factor
            "/account/second-factor/remove", // a proof at that moment: SecondFactorTest
            "/admin/second-factor",
            "/admin/second-factor/codes",
            "/admin/second-factor/remove",
            "/confirm",
            "/confirm/code",
            "/confirm/passkey",
            "/confirm/provider",
            "/admin/confirm",
            "/admin/confirm/code",
            "/admin/confirm/passkey",
            "/admin/confirm/provider",
            "/logout",
            "/admin/logout",
            "/account/passkeys/rename",
            "/admin/passkeys/rename",
            "/account/email/keep",
            "/account/language",
            "/account/security-log/seen",
            "/account/sessions/end",
            "/account/sessions/end-others",
            "/dashboard/keep",
            "/dashboard/rename",
            "/dashboard/sharing/accept",
            "/dashboard/sharing/change",
            "/dashboard/sharing/decline",
            "/dashboard/sharing/leave",
            "/dashboard/sharing/remove",
            "/dashboard/sharing/withdraw",
            "/dashboard/vault/rename",
            "/dashboard/vault/restore",
            "/files/bring-back", // destroys nothing
            "/files/note",
            "/files/upload",
            "/admin/account/sessions/end",
            "/admin/account/sessions/end-others",
            "/admin/bulk", // only asks
            "/admin/create-user",
            "/admin/account/security-log/seen",
            "/admin/invitations",
            "/admin/invitations/revoke",
            "/admin/outbox/delete",
            "/admin/outbox/retry",
            "/admin/settings/mail/forget", // the configuration holds again
            "/admin/settings/mail/test",
            "/admin/settings/reset", // the configuration holds again
            "/admin/storage/clean-up",
            "/admin/user/confirm",
            "/admin/user/quota",
            "/admin/vault/restore",
            "/admin/backups/verify");

    private static Visitor signedIn(String user) {
        Visitor visitor = Visitor.user(SERVER, user);
        visitor.send("/admin/login", "/admin/login", "username=root", PASSWORD);
        return visitor;
    }

    /** Returns the routes for which a stranger is sent to sign in. */
    private static List<String> ofSessions() {
        List<String> found = new ArrayList<>();
        for (String route : SERVER.routes()) {
            if (route.startsWith("HEAD ") || route.contains("/login")) {
                continue;
            }
            Answer stranger = send(new Visitor(SERVER), route);
            boolean page = stranger.status() == 303
                    && stranger.header("Location").matches("/(admin/)?login(\\?next=.*)?")
                    && !route.startsWith("GET /register/");
            if (page || stranger.status() == 401) {
                found.add(route);
            }
        }
        return found;
    }

    private static Answer send(Visitor visitor, String route, String... fields) {
        String[] parts = route.split(" ", 2);
        String path = parts[1].replaceAll(":\\w+", "x").replace("*", "x");
        if (!parts[0].equals("POST")) {
            return visitor.post(Request.of(parts[0], path));
        }
        visitor.get("/login");
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = "csrf_token=" + visitor.cookie("csrf_token");
        return visitor.post(Visitor.form(path, all).with("X-CSRF-Token", visitor.cookie("csrf_token")));
    }

    @Test
    void v6_a_session_that_must_set_up_a_second_factor_reaches_nothing_else() {
        SERVER.reload(Map.of("accounts.secondFactor", "everybody"));
        try {
            List<String> routes = ofSessions();
            assertThat(routes).hasSizeGreaterThan(90).contains("GET /account/vault.zip", "POST /dashboard/connect");
            Visitor enrolling = signedIn("ben");
            Set<String> reached = new TreeSet<>();
            for (String route : routes) {
                Answer answer = send(enrolling, route);
                boolean sentThere =
                        answer.status() == 303 && answer.header("Location").matches("/(account|admin)/second-factor");
                boolean ofDevices = answer.status() == 401 && route.contains("/api/");
                if (!sentThere && !ofDevices && !answer.text().contains("needs a second factor")) {
                    reached.add(route);
                }
                if (route.endsWith("/logout")) {
                    enrolling = signedIn("ben");
                }
            }
            assertThat(reached).containsExactlyInAnyOrderElementsOf(ENROLLING);
        } finally {
            SERVER.reload(Map.of("accounts.secondFactor", "optional"));
        }
    }

    @Test
    void v7_each_form_of_a_session_asks_for_a_proof_or_needs_none() {
        Set<String> forms = new TreeSet<>();
        ofSessions().stream()
                .filter(route -> route.startsWith("POST ") && !route.contains("/api/"))
                .forEach(route -> forms.add(route.substring("POST ".length())));
        Set<String> decided = new TreeSet<>(PROVED.keySet());
        decided.addAll(UNPROVED);
        assertThat(forms).isEqualTo(decided);

        SERVER.pair("ann", "notes").close();
        String ann = SERVER.rows("SELECT id FROM users WHERE username = 'ann'").get(0);
        String vault = SERVER.rows("SELECT id FROM scopes").get(0);
        Visitor left = signedIn("ann");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        PROVED.forEach((path, fields) -> {
            Answer refused = send(
                    left,
                    "POST " + path,
                    fields.stream()
                            .map(field -> field.replace("USER", ann).replace("VAULT", vault))
                            .toArray(String[]::new));
            assertThat(refused.status()).as(path + refused).isEqualTo(403);
            assertThat(refused.text()).as(path).doesNotContain("This form has expired");
        });
        assertThat(SERVER.rows("SELECT count(*) FROM users WHERE email LIKE 'new@%' OR blocked = 1"))
                .containsExactly("0");
        assertThat(SERVER.rows("SELECT username FROM administrators")).containsExactly("root");
        assertThat(SERVER.rows("SELECT count(*) FROM scopes WHERE delete_after IS NOT NULL"))
                .containsExactly("0");
    }
}
