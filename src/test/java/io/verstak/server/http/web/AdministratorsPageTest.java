package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Administrators' own account, and the list of who administers the server. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AdministratorsPageTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String LIST = "/admin/administrators";
    private static final String ACCOUNT = "/admin/account";
    private static final String OTHER_PASSWORD = "copper-lantern-77";
    private static final Pattern SESSION = Pattern.compile("name=\"session\" value=\"([0-9a-f]+)\"");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of())
            .withUser("anna")
            .withUser("bert")
            .withAdministrator("root")
            .withAdministrator("dora")
            .withAdministrator("eve");

    /** Signed in once for all tests. */
    private static Visitor root;

    private static Visitor eve;

    @BeforeAll
    static void begin() {
        root = signIn("root");
        eve = signIn("eve");
    }

    private static Visitor signIn(String name, String password) {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=" + name, "password=" + password);
        return visitor;
    }

    private static Visitor signIn(String name) {
        return signIn(name, TestServer.PASSWORD);
    }

    private static boolean administers(Visitor visitor) {
        return visitor.get("/admin/dashboard").status() == 200;
    }

    @Test
    void an_administrator_who_is_added_signs_in_with_the_password_that_was_shown_once() {

        Answer added = root.send(LIST, LIST + "/add", "username=carl");
        Matcher shown = Pattern.compile("<code>([a-z0-9]{20})</code>")
                .matcher(root.get(LIST).text());

        assertThat(added.header("Location")).isEqualTo(LIST);
        assertThat(shown.find()).isTrue();
        assertThat(root.get(LIST).text()).contains("carl").doesNotContain(shown.group(1));
        assertThat(root.send(LIST, LIST + "/add", "username=CARL").status()).isEqualTo(409);
        assertThat(administers(signIn("carl", shown.group(1)))).isTrue();
        assertThat(root.send(LIST, LIST + "/add", "username=a b").status()).isEqualTo(400);
        assertThat(SERVER.rows("SELECT message FROM audit_log WHERE type = 'administrator_set'"))
                .contains("An administrator was made. (root: carl)");
    }

    @Test
    void a_user_becomes_an_administrator_and_stays_a_user_when_removed() {
        Visitor anna = Visitor.user(SERVER, "anna");
        assertThat(administers(anna)).isFalse();

        assertThat(root.send(LIST, LIST + "/grant", "login=anna@example.org").status())
                .isEqualTo(303);

        Visitor both = Visitor.user(SERVER, "anna");
        assertThat(administers(both)).isTrue();
        String id = SERVER.rows("SELECT id FROM users WHERE username = 'anna'").get(0);
        assertThat(root.get("/admin/user?id=" + id).text()).contains("administers the server, too, as anna");
        assertThat(both.get(ACCOUNT).header("Location")).isEqualTo("/account");
        assertThat(both.send(
                                "/account",
                                ACCOUNT + "/password",
                                "password=" + TestServer.PASSWORD,
                                "new_password=" + OTHER_PASSWORD)
                        .status())
                .isEqualTo(409);

        assertThat(root.send(LIST, LIST + "/remove", "name=anna", "typed_name=anna")
                        .status())
                .isEqualTo(303);

        assertThat(administers(both)).isFalse();
        assertThat(both.get("/account").status()).isEqualTo(200);
    }

    @Test
    void users_who_are_blocked_unconfirmed_or_nobody_do_not_become_administrators() {
        SERVER.execute("UPDATE users SET confirmed = 0 WHERE username = 'bert'");

        assertThat(root.send(LIST, LIST + "/grant", "login=bert").status()).isEqualTo(403);
        SERVER.execute("UPDATE users SET confirmed = 1, blocked = 1 WHERE username = 'bert'");
        assertThat(root.send(LIST, LIST + "/grant", "login=bert").status()).isEqualTo(403);
        assertThat(root.send(LIST, LIST + "/grant", "login=nobody").status()).isEqualTo(404);
        assertThat(root.send(LIST, LIST + "/grant", "login=nobody").text())
                .contains("There is no user with this name or address.");
    }

    @Test
    void a_removal_asks_for_the_name_and_a_proof_and_ends_the_sessions() {
        Visitor dora = signIn("dora");

        for (String typed : new String[] {"", "root", "Dora"}) {
            assertThat(root.send(LIST, LIST + "/remove", "name=dora", "typed_name=" + typed)
                            .status())
                    .isEqualTo(400);
        }
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);
        for (String action : new String[] {"/add", "/grant", "/remove"}) {
            assertThat(root.send(LIST, LIST + action, "username=x-1", "login=anna", "name=dora", "typed_name=dora")
                            .status())
                    .isEqualTo(403);
        }
        assertThat(administers(dora)).isTrue();
        assertThat(root.send(LIST, LIST + "/remove", "name=dora", "typed_name=dora", "password=" + TestServer.PASSWORD)
                        .status())
                .isEqualTo(303);
        assertThat(administers(dora)).isFalse();
        assertThat(SERVER.rows("SELECT username FROM administrators")).doesNotContain("dora");
    }

    @Test
    @Order(Integer.MAX_VALUE)
    void the_last_administrator_stays() {
        SERVER.execute("DELETE FROM administrators WHERE username_key <> 'root'");
        assertThat(root.get(LIST).text()).doesNotContain("remove-name-0");

        Answer kept = root.send(LIST, LIST + "/remove", "name=root", "typed_name=root");

        assertThat(kept.status()).isEqualTo(409);
        assertThat(administers(root)).isTrue();
    }

    @Test
    void another_password_of_an_administrator_ends_the_other_sessions() {
        Visitor elsewhere = signIn("eve");

        assertThat(eve.send(ACCOUNT, ACCOUNT + "/password", "new_password=" + OTHER_PASSWORD)
                        .status())
                .as("the old password is asked for, even of a confirmed session")
                .isEqualTo(403);
        assertThat(changePassword(eve, TestServer.PASSWORD, "short").status()).isEqualTo(400);
        assertThat(changePassword(eve, TestServer.PASSWORD, OTHER_PASSWORD).status())
                .isEqualTo(303);

        assertThat(administers(eve)).isTrue();
        assertThat(administers(elsewhere)).isFalse();
        assertThat(administers(signIn("eve", OTHER_PASSWORD))).isTrue();
    }

    @Test
    void v7_an_administrator_ends_one_session_or_all_others_and_nobody_elses() {
        Visitor there = signIn("root");
        Matcher other = SESSION.matcher(root.get(ACCOUNT).text());
        assertThat(other.find()).isTrue();

        eve.send(ACCOUNT, ACCOUNT + "/sessions/end", "session=" + other.group(1));
        assertThat(administers(there)).isTrue();
        root.send(ACCOUNT, ACCOUNT + "/sessions/end-others");

        assertThat(administers(there)).isFalse();
        assertThat(administers(root)).isTrue();
        Visitor again = signIn("root");
        Matcher one = SESSION.matcher(root.get(ACCOUNT).text());
        assertThat(one.find()).isTrue();
        root.send(ACCOUNT, ACCOUNT + "/sessions/end", "session=" + one.group(1));
        assertThat(administers(again)).isFalse();
        assertThat(root.get(ACCOUNT).text()).contains("Account (root)</a>");
    }

    @Test
    void v7_signing_out_everywhere_ends_the_sessions_of_the_same_person_as_user() {
        SERVER.addUser("fay");
        root.send(LIST, LIST + "/grant", "login=fay");
        Visitor fay = Visitor.user(SERVER, "fay");
        String elsewhere = new Web(SERVER).session("fay");

        fay.send("/account", ACCOUNT + "/sessions/end-others");

        assertThat(new Web(SERVER).devices(elsewhere).status()).isEqualTo(401);
        assertThat(fay.get("/account").status()).isEqualTo(200);
        assertThat(administers(fay)).isTrue();
    }

    private static Answer changePassword(Visitor visitor, String old, String chosen) {
        return visitor.send(ACCOUNT, ACCOUNT + "/password", "password=" + old, "new_password=" + chosen);
    }
}
