package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A user who leaves: seven days in which nothing is lost, and then nothing left. */
class DeletionTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of())
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora");

    private final Web web = new Web(SERVER);

    @Test
    void s26_leaving_asks_for_the_password_and_is_harmless_when_sent_twice() {
        Visitor ann = Visitor.user(SERVER, "ann");

        Answer wrong = leave(ann, "ann", "not this one");
        assertThat(wrong.status()).isEqualTo(403);
        assertThat(deleteAfter("ann")).isEqualTo("null");

        assertThat(leave(ann, "ann", TestServer.PASSWORD).status()).isEqualTo(303);
        String first = deleteAfter("ann");
        String mail = web.mail("ann@example.org", "deletion").id();
        CLOCK.advance(Duration.ofHours(1));
        assertThat(leave(ann, "ann", TestServer.PASSWORD).status()).isEqualTo(303);

        assertThat(deleteAfter("ann")).isEqualTo(first);
        assertThat(web.mail("ann@example.org", "deletion").id()).isEqualTo(mail);
    }

    @Test
    void devices_work_until_the_last_day_and_the_pages_offer_to_stay() {
        try (Desktop desktop = SERVER.pair("ben", "notes")) {
            Visitor ben = Visitor.user(SERVER, "ben");
            leave(ben, "ben", TestServer.PASSWORD);
            CLOCK.advance(Duration.ofDays(6));
            SERVER.restart();

            desktop.make(OutboxOp.note("n1", "still here")).sync();
            Visitor again = Visitor.user(SERVER, "ben");
            assertThat(again.get("/dashboard").text()).contains("This account will be deleted on", "29 Nov 2026");

            for (int i = 0; i < 2; i++) {
                assertThat(again.send("/dashboard", "/dashboard/keep").status()).isEqualTo(303);
            }
            CLOCK.advance(Duration.ofDays(2));
            SERVER.restart();

            desktop.make(OutboxOp.note("n2", "for good")).sync();
            assertThat(Visitor.user(SERVER, "ben").get("/dashboard").text()).doesNotContain("will be deleted");
        }
    }

    @Test
    void the_link_in_the_mail_keeps_the_account_without_a_login_even_after_another_password() {
        Visitor cleo = Visitor.user(SERVER, "cleo");
        leave(cleo, "cleo", TestServer.PASSWORD);
        String token = web.mailedToken("cleo@example.org", "deletion");
        cleo.send("/account", "/account/password", "password=" + TestServer.PASSWORD, "new_password=copper-lantern-77");

        Visitor reader = new Visitor(SERVER);
        assertThat(reader.get("/account/keep?token=" + token).text()).contains("Keep your account?");
        assertThat(deleteAfter("cleo")).isNotEqualTo("null");
        Answer kept = reader.send("/account/keep?token=" + token, "/account/keep", "token=" + token);

        assertThat(kept.header("Location")).isEqualTo("/account/kept");
        assertThat(deleteAfter("cleo")).isEqualTo("null");
        assertThat(reader.get("/account/keep?token=" + token).status()).isEqualTo(400);
    }

    @Test
    void s42_after_seven_days_the_user_is_gone_and_the_audit_log_knows_no_name() {
        try (Desktop desktop = SERVER.pair("dora", "notes")) {
            desktop.make(OutboxOp.note("n1", "a")).sync();
            Visitor dora = Visitor.user(SERVER, "dora");
            leave(dora, "dora", TestServer.PASSWORD);
            String token = web.mailedToken("dora@example.org", "deletion");
            List<String> id = SERVER.rows("SELECT id FROM users WHERE username = 'dora'");
            CLOCK.advance(Duration.ofDays(7).plusSeconds(1));
            SERVER.restart();

            awaitGone("dora");
            assertThat(web.login("dora", TestServer.PASSWORD).status()).isEqualTo(401);
            assertThat(dora.get("/dashboard").status()).isEqualTo(303);
            assertThatThrownBy(desktop::pull)
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("unauthorized"));
            assertThat(new Visitor(SERVER).get("/account/keep?token=" + token).status())
                    .isEqualTo(400);
            List<String> audited = SERVER.rows("SELECT user_id, type FROM audit_log");
            assertThat(audited).anyMatch(row -> row.startsWith("deleted_") && row.endsWith("|deletion_asked"));
            assertThat(audited).noneMatch(row -> row.contains(id.get(0)));
        }
    }

    private static Answer leave(Visitor visitor, String name, String password) {
        return visitor.send("/account", "/account/delete", "typed_name=" + name, "password=" + password);
    }

    private static String deleteAfter(String username) {
        return SERVER.rows("SELECT delete_after FROM users WHERE username = '" + username + "'")
                .get(0);
    }

    private static void awaitGone(String username) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (!SERVER.rows("SELECT id FROM users WHERE username = '" + username + "'")
                .isEmpty()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }
}
