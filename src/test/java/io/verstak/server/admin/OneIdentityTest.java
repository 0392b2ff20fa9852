package io.verstak.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An administrator who is a user, too, is one person: one sign-in, one sign-out, one password. */
class OneIdentityTest {
    private static final String PASSWORD = "correct horse battery";
    private static final String OTHER = "copper-lantern-twelve";

    private TestServer server = TestServer.start();

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void who_sets_the_server_up_with_an_own_account_syncs_with_the_same_name_and_password() {
        Visitor root = setUp();

        assertThat(root.get("/admin/dashboard").text()).contains("Next steps", "Connect your first device");
        assertThat(root.get("/dashboard").text()).contains("Hello, root");
        try (Desktop desktop = Desktop.pair(server::port, "root", PASSWORD, "notes")) {
            desktop.make(OutboxOp.note("n", "text")).sync();
        }
        assertThat(root.get("/admin/dashboard").text()).doesNotContain("Next steps");
    }

    @Test
    void without_the_tick_the_administrator_is_no_user() {
        Visitor root = setUp("username=root", "password=" + PASSWORD, "server_name=Verstak");

        assertThat(root.get("/admin/dashboard").status()).isEqualTo(200);
        assertThat(root.cookie("user_session")).isEmpty();
        assertThat(root.get("/admin/dashboard").text()).contains("Create your account for syncing");
    }

    @Test
    void an_own_account_needs_an_address_and_the_link_still_works_after_the_refusal() {
        Visitor visitor = new Visitor(server);
        String page = "/setup?token=" + server.setupToken();
        Answer refused = visitor.send(
                page,
                "/setup",
                "token=" + page.substring(page.indexOf('=') + 1),
                "username=root",
                "password=" + PASSWORD,
                "own_account=1",
                "email=");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("id=\"email-problem\"", "Enter a valid email address.", " checked");
        assertThat(visitor.get(page).status()).isEqualTo(200);
    }

    @Test
    void one_sign_in_opens_both_and_one_sign_out_ends_both() {
        setUp();
        for (String door : List.of("/login", "/admin/login")) {
            Visitor root = signIn(door, PASSWORD);
            assertThat(root.get("/dashboard").status()).as(door).isEqualTo(200);
            assertThat(root.get("/admin/dashboard").status()).as(door).isEqualTo(200);
            String user = root.cookie("user_session");
            String administrator = root.cookie("admin_session");

            String page = door.equals("/login") ? "/dashboard" : "/admin/dashboard";
            root.send(page, door.equals("/login") ? "/logout" : "/admin/logout");

            Visitor thief =
                    new Visitor(server).withCookie("user_session", user).withCookie("admin_session", administrator);
            assertThat(thief.get("/dashboard").status()).as(door).isEqualTo(303);
            assertThat(thief.get("/admin/dashboard").status()).as(door).isEqualTo(303);
        }
    }

    @Test
    void s23_signing_out_all_others_ends_both_sessions_of_the_other_browser_and_none_of_this_one() {
        Visitor root = setUp();
        Visitor other = signIn("/admin/login", PASSWORD);
        assertThat(other.get("/admin/dashboard").status()).isEqualTo(200);

        root.send("/account", "/account/sessions/end-others");

        assertThat(other.get("/dashboard").status()).isEqualTo(303);
        assertThat(other.get("/admin/dashboard").status()).isEqualTo(303);
        assertThat(root.get("/dashboard").status()).isEqualTo(200);
        assertThat(root.get("/admin/dashboard").status()).isEqualTo(200);
    }

    @Test
    void s23_ending_one_session_ends_the_administrators_session_of_that_browser_and_ending_the_own_one_both() {
        Visitor root = setUp();
        Visitor other = signIn("/login", PASSWORD);
        assertThat(other.get("/admin/dashboard").status()).isEqualTo(200);

        root.send("/account", "/account/sessions/end", "session=" + sessionId(other));

        assertThat(other.get("/dashboard").status()).isEqualTo(303);
        assertThat(other.get("/admin/dashboard").status()).isEqualTo(303);
        assertThat(root.get("/dashboard").status()).isEqualTo(200);
        assertThat(root.get("/admin/dashboard").status()).isEqualTo(200);

        root.send("/account", "/account/sessions/end", "session=" + sessionId(root));
        assertThat(root.get("/dashboard").status()).isEqualTo(303);
        assertThat(root.get("/admin/dashboard").status()).isEqualTo(303);
    }

    @Test
    void s23_another_password_holds_for_both_and_ends_the_sessions_of_both() {
        Visitor root = setUp();
        Visitor elsewhere = signIn("/admin/login", PASSWORD);

        Answer weak = root.send("/account", "/account/password", "password=" + PASSWORD, "new_password=ten-bytes!");
        assertThat(weak.text()).contains("This password is too short.");
        Answer changed = root.send("/account", "/account/password", "password=" + PASSWORD, "new_password=" + OTHER);

        assertThat(changed.status()).isEqualTo(303);
        assertThat(root.get("/dashboard").status()).isEqualTo(200);
        assertThat(root.get("/admin/dashboard").status()).isEqualTo(303);
        assertThat(elsewhere.get("/dashboard").status()).isEqualTo(303);
        assertThat(elsewhere.get("/admin/dashboard").status()).isEqualTo(303);
        assertThat(signIn("/admin/login", PASSWORD).cookie("admin_session")).isEmpty();
        assertThat(signIn("/admin/login", OTHER).get("/dashboard").status()).isEqualTo(200);
    }

    @Test
    void a_password_that_is_set_on_the_command_line_holds_for_both() {
        String before = setUp().cookie("user_session");

        server.beside(accounts -> accounts.administrators().put("root", OTHER));

        assertThat(signIn("/login", OTHER).get("/admin/dashboard").status()).isEqualTo(200);
        assertThat(signIn("/login", PASSWORD).cookie("user_session")).isEmpty();
        assertThat(signIn("/admin/login", PASSWORD).cookie("admin_session")).isEmpty();
        assertThat(server.rows("SELECT password_hash FROM users WHERE username = 'root'"))
                .isEqualTo(server.rows("SELECT password_hash FROM administrators"));
        assertThat(new Visitor(server)
                        .withCookie("user_session", before)
                        .get("/dashboard")
                        .status())
                .isEqualTo(303);
    }

    @Test
    void s21_a_block_by_another_administrator_shuts_both_doors_at_once_and_nobody_blocks_themselves() {
        Visitor root = setUp();
        String id = server.rows("SELECT id FROM users WHERE username = 'root'").get(0);
        String page = "/admin/user?id=" + id;
        Answer self = root.send(page, "/admin/user/block", "id=" + id, "blocked=1", "password=" + PASSWORD);
        assertThat(self.text()).contains("You cannot block your own account.");
        server.withAdministrator("other");
        Visitor other = new Visitor(server);
        other.send("/admin/login", "/admin/login", "username=other", "password=" + TestServer.PASSWORD);

        other.send(page, "/admin/user/block", "id=" + id, "blocked=1", "password=" + TestServer.PASSWORD);

        assertThat(root.get("/dashboard").status()).isEqualTo(303);
        assertThat(root.get("/admin/dashboard").status()).isEqualTo(303);
        assertThat(signIn("/admin/login", PASSWORD).cookie("admin_session")).isEmpty();
        assertThat(signIn("/login", PASSWORD).cookie("user_session")).isEmpty();
    }

    @Test
    void who_deletes_the_own_account_stays_administrator() {
        Visitor root = setUp();
        String id = server.rows("SELECT id FROM users WHERE username = 'root'").get(0);

        root.send("/admin/user?id=" + id, "/admin/user/delete", "id=" + id, "typed_name=root", "password=" + PASSWORD);

        Visitor again = signIn("/admin/login", PASSWORD);
        assertThat(again.get("/admin/dashboard").status()).isEqualTo(200);
        assertThat(again.cookie("user_session")).isEmpty();
    }

    @Test
    void s26_an_administrator_of_before_makes_an_own_account_with_the_password_again() {
        server.withAdministrator("root");
        Visitor root = new Visitor(server);
        root.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        String page = "/admin/own-account";
        Answer wrong = root.send(page, page + "/create", "email=root@example.org", "password=wrong");
        assertThat(wrong.text()).contains("Wrong password.", "value=\"root@example.org\"");

        Answer made = root.send(page, page + "/create", "email=root@example.org", "password=" + TestServer.PASSWORD);

        assertThat(made.header("Location")).isEqualTo("/dashboard");
        assertThat(root.get("/dashboard").text()).contains("Hello, root");
        assertThat(root.get(page).text()).contains("You have an account for syncing.");
        Answer twice =
                root.send("/admin/users", page + "/create", "email=x@example.org", "password=" + TestServer.PASSWORD);
        assertThat(twice.status()).isEqualTo(409);
    }

    @Test
    void an_administrator_joins_an_account_that_is_there_with_the_passwords_of_both() {
        server.withAdministrator("root").withUser("anna");
        Visitor anna = Visitor.user(server, "anna");
        Desktop desktop = server.pair("anna", "notes");
        server.beside(accounts -> accounts.administrators().put("root", PASSWORD));
        Visitor root = signIn("/admin/login", PASSWORD);
        String page = "/admin/own-account";
        Answer wrong = root.send(page, page + "/join", "login=anna", "user_password=wrong", "password=" + PASSWORD);
        assertThat(wrong.text()).contains("id=\"user_password-problem\"", "value=\"anna\"");

        Answer joined = root.send(
                page, page + "/join", "login=anna", "user_password=" + TestServer.PASSWORD, "password=" + PASSWORD);

        assertThat(joined.status()).isEqualTo(303);
        assertThat(root.get("/dashboard").text()).contains("Hello, anna");
        assertThat(anna.get("/dashboard").status()).isEqualTo(303);
        desktop.make(OutboxOp.note("n", "text")).sync().close();
        Visitor again = new Visitor(server);
        again.send("/login", "/login", "username=anna", "password=" + PASSWORD);
        assertThat(again.get("/admin/dashboard").status()).isEqualTo(200);
    }

    @Test
    void s11_both_doors_share_one_budget_of_tries() {
        server.close();
        server = TestServer.start(Map.of(
                "rateLimits.enabled", "true",
                "rateLimits.login.attempts", "3",
                "rateLimits.login.windowSeconds", "3600"));
        setUp();
        Visitor thief = new Visitor(server);
        for (String door : List.of("/login", "/admin/login", "/login")) {
            assertThat(thief.send(door, door, "username=root", "password=wrong").status())
                    .isEqualTo(401);
        }

        for (String door : List.of("/login", "/admin/login")) {
            assertThat(thief.send(door, door, "username=root", "password=wrong").status())
                    .as(door)
                    .isEqualTo(429);
        }
    }

    @Test
    void a_reset_by_mail_holds_for_both() {
        setUp();
        Web web = new Web(server);
        web.forgot("root@example.org");
        String token = web.mailedToken("root@example.org", "reset");
        Visitor visitor = new Visitor(server);

        visitor.send("/reset?token=" + token, "/reset", "token=" + token, "password=" + OTHER);

        assertThat(signIn("/admin/login", OTHER).get("/dashboard").status()).isEqualTo(200);
        assertThat(signIn("/admin/login", PASSWORD).cookie("admin_session")).isEmpty();
    }

    private String sessionId(Visitor visitor) {
        String hash = Sha256.of(visitor.cookie("user_session").getBytes(StandardCharsets.UTF_8))
                .hex();
        return server.rows("SELECT id FROM sessions WHERE token_hash = '%s'".formatted(hash))
                .get(0);
    }

    private Visitor setUp() {
        return setUp(
                "username=root",
                "password=" + PASSWORD,
                "own_account=1",
                "email=root@example.org",
                "server_name=Verstak");
    }

    private Visitor setUp(String... fields) {
        Visitor visitor = new Visitor(server);
        String token = server.setupToken();
        String[] all = Arrays.copyOf(fields, fields.length + 1);
        all[fields.length] = "token=" + token;
        Answer answer = visitor.send("/setup?token=" + token, "/setup", all);
        assertThat(answer.status()).as(answer.text()).isEqualTo(303);
        return visitor;
    }

    private Visitor signIn(String door, String password) {
        Visitor visitor = new Visitor(server);
        visitor.send(door, door, "username=root", "password=" + password);
        return visitor;
    }
}
