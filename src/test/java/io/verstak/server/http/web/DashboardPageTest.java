package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The page of a user's devices and vaults, and its forms. */
class DashboardPageTest {
    private static final String MARKUP = "<script>alert(1)</script>";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve")
            .withUser("finn")
            .withUser("gus")
            .withUser("ida")
            .withUser("newcomer");

    @Test
    void who_is_not_signed_in_is_led_to_the_login_and_back() {
        Answer answer = new Visitor(SERVER).get("/dashboard");

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/login?next=%2Fdashboard");
    }

    @Test
    void a_newcomer_reads_how_to_connect_the_first_desktop() {
        String page = Visitor.user(SERVER, "newcomer").get("/dashboard").text();

        assertThat(page).contains("Connect your first device", "http://test", "newcomer");
    }

    @Test
    void a_device_shows_how_many_changes_of_other_devices_wait_for_it_and_none_after_it_got_them() {
        try (Desktop one = SERVER.pair("ann", "notes");
                Desktop other = SERVER.pair("ann", "notes")) {
            one.make(OutboxOp.note("n1", "a"))
                    .make(OutboxOp.note("n2", "b"))
                    .make(OutboxOp.note("n3", "c"))
                    .push();
            Visitor ann = Visitor.user(SERVER, "ann");
            await(ann, page -> page.contains("3 changes waiting") && page.contains("In sync"));

            other.pull();

            // It asks for nothing more, and so never says what it has applied.
            await(ann, page -> !page.contains("waiting"));
        }
    }

    @Test
    void a_device_is_not_behind_what_it_has_pushed_itself() {
        try (Desktop one = SERVER.pair("finn", "notes")) {
            one.make(OutboxOp.note("n1", "a")).push();

            await(Visitor.user(SERVER, "finn"), page -> page.contains("In sync") && !page.contains("waiting"));
        }
    }

    @Test
    void a_device_is_late_only_when_it_was_seen_since_the_changes_came() {
        try (Desktop one = SERVER.pair("gus", "notes");
                Desktop other = SERVER.pair("gus", "notes")) {
            other.pull();
            one.make(OutboxOp.note("n1", "a")).push();
            Visitor gus = Visitor.user(SERVER, "gus");
            await(
                    gus,
                    page -> page.contains("<span class=\"tag\">1 change waiting</span>")
                            && page.contains("Last synced:"));

            askWho(other);

            await(gus, page -> page.contains("<span class=\"tag warn\">1 change waiting</span>"));
        }
    }

    @Test
    void a_device_seen_in_the_millisecond_of_a_change_is_not_late() {
        try (Desktop one = SERVER.pair("ida", "notes");
                Desktop other = SERVER.pair("ida", "notes")) {
            other.pull();
            one.make(OutboxOp.note("n1", "a")).push();
            Visitor ida = Visitor.user(SERVER, "ida");
            await(ida, page -> page.contains("1 change waiting") && page.contains("Last synced:"));

            SERVER.execute(
                    "UPDATE devices SET last_seen = (SELECT s.last_push FROM scopes s WHERE s.id = devices.scope_id)"
                            + " WHERE id = '" + other.id() + "'");

            await(ida, page -> page.contains("<span class=\"tag\">1 change waiting</span>"));
        }
    }

    private static void askWho(Desktop desktop) {
        try {
            assertThat(Http.once(SERVER.port(), Request.get("/api/client/me").bearer(desktop.token()))
                            .status())
                    .isEqualTo(200);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void sequences_that_a_restore_has_left_out_are_no_operations_to_catch_up_with() {
        try (Desktop one = SERVER.pair("ben", "notes");
                Desktop other = SERVER.pair("ben", "notes")) {
            one.make(OutboxOp.note("n1", "a")).sync();
            SERVER.execute(
                    "INSERT INTO log_skips SELECT s.id, s.head + 1000000, s.head, 0 FROM scopes s"
                            + " JOIN users u ON u.id = s.user_id WHERE u.username = 'ben'",
                    "UPDATE scopes SET counter = head + 1000000, last_skip = head + 1000000"
                            + " WHERE user_id = (SELECT id FROM users WHERE username = 'ben')");
            one.make(OutboxOp.note("n2", "b")).push();

            await(Visitor.user(SERVER, "ben"), page -> page.contains("2 changes waiting"));
            assertThat(other.id()).isNotEmpty();
        }
    }

    @Test
    void a_device_is_renamed_and_the_name_stays_when_the_form_is_sent_twice() {
        try (Desktop desktop = SERVER.pair("cleo", "notes");
                Desktop foreign = SERVER.pair("dora", "notes")) {
            Visitor cleo = Visitor.user(SERVER, "cleo");
            for (int i = 0; i < 2; i++) {
                Answer renamed = rename(cleo, desktop.id(), "  Laptop in the kitchen ");
                assertThat(renamed.status()).isEqualTo(303);
                assertThat(renamed.header("Location")).isEqualTo("/dashboard");
            }
            assertThat(cleo.get("/dashboard").text()).contains("Device renamed.", "Laptop in the kitchen");
            assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                            .json()
                            .required("device_name")
                            .textValue())
                    .isEqualTo("Laptop in the kitchen");

            assertThat(rename(cleo, desktop.id(), "я".repeat(128)).status()).isEqualTo(303);
            assertThat(rename(cleo, desktop.id(), "").status()).isEqualTo(400);
            assertThat(rename(cleo, desktop.id(), "я".repeat(129)).status()).isEqualTo(400);
            assertThat(rename(cleo, desktop.id(), "two\nlines").status()).isEqualTo(400);
            assertThat(rename(cleo, foreign.id(), "mine").status()).isEqualTo(404);
            assertThat(rename(cleo, "dev_000000000000000000000000", "mine").status())
                    .isEqualTo(404);
        }
    }

    @Test
    void s26_disconnecting_asks_for_the_password_and_is_harmless_when_sent_twice() {
        try (Desktop desktop = SERVER.pair("dora", "notes")) {
            Visitor dora = Visitor.user(SERVER, "dora");

            Answer wrong = revoke(dora, desktop.id(), "not this one");
            assertThat(wrong.status()).isEqualTo(403);
            assertThat(wrong.text()).contains("Wrong password.");
            assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                            .status())
                    .isEqualTo(200);

            assertThat(revoke(dora, desktop.id(), TestServer.PASSWORD).status()).isEqualTo(303);
            assertThat(revoke(dora, desktop.id(), TestServer.PASSWORD).status()).isEqualTo(303);
            assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                            .status())
                    .isEqualTo(401);
            assertThat(dora.get("/dashboard").text()).contains("Disconnected devices");
        }
    }

    @Test
    void s25_a_form_without_its_token_changes_nothing() {
        try (Desktop desktop = SERVER.pair("dora", "other")) {
            Visitor dora = Visitor.user(SERVER, "dora");

            Answer forged = dora.post(
                    Visitor.form("/dashboard/revoke", "device=" + desktop.id(), "password=" + TestServer.PASSWORD));

            assertThat(forged.status()).isEqualTo(403);
            assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void s28_markup_in_names_vaults_versions_and_browsers_stays_text() {
        SERVER.send(Request.post(
                "/api/client/pair",
                "{\"login\":\"eve\",\"password\":\"%s\",\"device_name\":\"%s\",\"client_version\":\"%s\",\"vault_id\":\"%s\"}"
                        .formatted(TestServer.PASSWORD, MARKUP, MARKUP, MARKUP)));
        SERVER.send(Request.post(
                        "/api/v1/auth/login",
                        "{\"username\":\"eve\",\"password\":\"%s\"}".formatted(TestServer.PASSWORD))
                .with("User-Agent", MARKUP));
        Visitor eve = Visitor.user(SERVER, "eve");

        for (String path : new String[] {"/dashboard", "/account"}) {
            assertThat(eve.get(path).text())
                    .as(path)
                    .contains("&lt;script&gt;alert(1)")
                    .doesNotContain("<script>alert");
        }
    }

    private static Answer rename(Visitor visitor, String device, String name) {
        return visitor.send("/dashboard", "/dashboard/rename", "device=" + device, "name=" + name);
    }

    private static Answer revoke(Visitor visitor, String device, String password) {
        return visitor.send("/dashboard", "/dashboard/revoke", "device=" + device, "password=" + password);
    }

    /** Cursors are written down every few seconds. */
    private static void await(Visitor visitor, Predicate<String> holds) {
        long deadline = System.nanoTime() + 60_000_000_000L;
        String page = visitor.get("/dashboard").text();
        while (!holds.test(page)) {
            assertThat(System.nanoTime()).as(page).isLessThan(deadline);
            page = visitor.get("/dashboard").text();
        }
    }
}
