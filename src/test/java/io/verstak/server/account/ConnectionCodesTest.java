package io.verstak.server.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.auth.token.ConnectionCode;
import io.verstak.server.domain.SessionIdentity;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connection codes: made on the dashboard, entered in a desktop instead of the password. */
class ConnectionCodesTest {
    private static final String PAGE = "/dashboard/connect";
    private static final Pattern CODE = Pattern.compile("[0-9A-Z]{5}(-[0-9A-Z]{5}){3}");
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of())
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve")
            .withUser("finn")
            .withUser("gus");

    @Test
    void a_desktop_that_never_saw_the_password_tests_pairs_and_syncs_with_a_code() {
        String code = code(Visitor.user(SERVER, "ann"), "");

        assertThat(test("ann", code).status()).isEqualTo(200);
        assertThat(test("ann", code).status()).isEqualTo(200);
        try (Desktop desktop = Desktop.pair(SERVER::port, "ann", code, "notes")) {
            desktop.make(OutboxOp.note("n1", "a")).sync();
        }

        assertThat(test("ann", code).status()).isEqualTo(401);
        assertThat(pair("ann", code, "notes").status()).isEqualTo(401);
    }

    @Test
    void a_code_is_read_as_people_type_it() {
        String code = code(Visitor.user(SERVER, "ben"), "");

        assertThat(test("ben", code.toLowerCase(Locale.ROOT)).status()).isEqualTo(200);
        assertThat(test("ben", code.replace("-", "")).status()).isEqualTo(200);
        assertThat(test("ben", " " + code.replace('-', ' ').replace('0', 'o').replace('1', 'l') + " ")
                        .status())
                .isEqualTo(200);
        assertThat(test("ben@example.org", code).status()).isEqualTo(200);
        assertThat(test("ann", code).status()).isEqualTo(401);
        assertThat(test("nobody", code).status()).isEqualTo(401);
    }

    @Test
    void of_many_desktops_that_use_one_code_at_a_time_one_is_connected() {
        String code = code(Visitor.user(SERVER, "cleo"), "");

        List<CompletableFuture<Integer>> tries = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> pair("cleo", code, "vault-" + i).status()))
                .toList();

        assertThat(tries.stream().map(CompletableFuture::join).filter(status -> status == 200))
                .hasSize(1);
        assertThat(SERVER.rows(
                        "SELECT d.name FROM devices d JOIN users u ON u.id = d.user_id WHERE u.username = 'cleo'"))
                .hasSize(1);
    }

    @Test
    void a_code_for_one_vault_opens_no_other_and_stays_valid_for_its_own() {
        SERVER.pair("dora", "notes").close();
        SERVER.pair("dora", "diary").close();
        String code = code(Visitor.user(SERVER, "dora"), "notes");

        Answer another = pair("dora", code, "diary");
        Answer fresh = pair("dora", code, "new");

        assertThat(another.status()).isEqualTo(403);
        assertThat(another.text()).contains("another vault");
        assertThat(fresh.status()).isEqualTo(403);
        assertThat(pair("dora", code, "notes").status()).isEqualTo(200);
    }

    @Test
    void a_code_for_a_new_vault_opens_none_that_is_there() {
        SERVER.pair("eve", "notes").close();
        Visitor eve = Visitor.user(SERVER, "eve");

        Answer known = pair("eve", code(eve, ""), "notes");

        assertThat(known.status()).isEqualTo(403);
        assertThat(known.text()).contains("new vault");
        assertThat(pair("eve", code(eve, ""), "").status())
                .as("a desktop of the first generation")
                .isEqualTo(200);
        assertThat(pair("eve", code(eve, ""), "").status())
                .as("its vault is there now")
                .isEqualTo(403);
    }

    @Test
    void a_code_ends_with_its_time_with_another_password_and_with_a_block() {
        Visitor finn = Visitor.user(SERVER, "finn");
        String late = code(finn, "");
        CLOCK.advance(Duration.ofMinutes(16));
        assertThat(pair("finn", late, "a").status()).isEqualTo(401);
        SERVER.cleanUp();
        assertThat(codesOf("finn")).isEmpty();

        finn.send("/confirm", "/confirm", "password=" + TestServer.PASSWORD);
        String before = code(finn, "");
        finn.send("/account", "/account/password", "password=" + TestServer.PASSWORD, "new_password=copper-lantern-77");
        assertThat(pair("finn", before, "b").status()).isEqualTo(401);

        String blocked = code(finn, "");
        SERVER.execute("UPDATE users SET blocked = 1 WHERE username = 'finn'");
        assertThat(pair("finn", blocked, "c").status()).isEqualTo(401);
    }

    @Test
    void a_device_is_revoked_with_a_code_once_where_no_password_is_at_hand() {
        Visitor gus = Visitor.user(SERVER, "gus");
        String code = code(gus, "");
        try (Desktop one = SERVER.pair("gus", "notes");
                Desktop other = SERVER.pair("gus", "notes");
                Desktop third = SERVER.pair("gus", "notes")) {
            assertThat(revoke(one, other, code).status()).isEqualTo(200);
            assertThat(revoke(one, third, code).status()).isEqualTo(403);
            third.sync();
        }
    }

    @Test
    void wrong_codes_count_as_wrong_passwords_and_a_right_one_waits_too() {
        MutableClock clock = new MutableClock();
        Map<String, String> limited = Map.of("rateLimits.enabled", "true", "rateLimits.login.attempts", "3");
        try (TestServer server = TestServer.start(clock, limited).withUser("ann")) {
            String code = code(Visitor.user(server, "ann"), "");
            String wrong = ConnectionCode.draw(new SecureRandom()).grouped();
            for (int i = 0; i < 3; i++) {
                assertThat(test(server, "ann", wrong).status()).isEqualTo(401);
            }

            assertThat(test(server, "ann", code).status()).isEqualTo(429);
            clock.advance(Duration.ofMinutes(10));
            assertThat(test(server, "ann", code).status()).isEqualTo(200);
        }
    }

    @Test
    void who_has_a_code_guesses_the_password_no_faster() {
        MutableClock clock = new MutableClock();
        Map<String, String> limited = Map.of("rateLimits.enabled", "true", "rateLimits.login.attempts", "3");
        try (TestServer server = TestServer.start(clock, limited).withUser("ann")) {
            String code = code(Visitor.user(server, "ann"), "");
            for (int i = 0; i < 3; i++) {
                assertThat(test(server, "ann", "guess-" + i).status()).isEqualTo(401);
                assertThat(test(server, "ann", code).status()).isEqualTo(i < 2 ? 200 : 429);
            }

            assertThat(test(server, "ann", TestServer.PASSWORD).status()).isEqualTo(429);
        }
    }

    @Test
    void only_the_latest_ten_codes_of_a_user_are_valid_and_none_is_stored_as_it_is() {
        try (TestServer server = TestServer.start().withUser("ann")) {
            Visitor ann = Visitor.user(server, "ann");
            List<String> codes =
                    IntStream.range(0, 12).mapToObj(i -> code(ann, "")).toList();

            assertThat(server.rows("SELECT code_hash FROM connection_codes"))
                    .hasSize(10)
                    .noneMatch(hash -> codes.stream().anyMatch(code -> hash.contains(code.replace("-", ""))));
            assertThat(codes).doesNotHaveDuplicates();
        }
    }

    @Test
    void where_only_codes_connect_a_right_password_is_told_where_to_get_one_and_a_wrong_one_nothing() {
        try (TestServer server =
                TestServer.start(Map.of("accounts.pairing", "code")).withUser("ann")) {
            Answer right = pair(server, "ann", TestServer.PASSWORD, "notes");
            Answer wrong = pair(server, "ann", "not-the-password", "notes");
            String code = code(Visitor.user(server, "ann"), "");

            assertThat(right.status()).isEqualTo(403);
            assertThat(right.text()).contains("connection code", "web page");
            assertThat(wrong.status()).isEqualTo(401);
            assertThat(pair(server, "ann", code, "notes").status()).isEqualTo(200);
        }
    }

    @Test
    void the_page_shows_a_code_once_with_all_that_a_desktop_asks_for() {
        Visitor ann = Visitor.user(SERVER, "ann");
        ann.send(PAGE, PAGE, "vault=notes");

        String page = ann.get(PAGE).text();
        String again = ann.get(PAGE).text();

        assertThat(page).containsPattern(CODE).contains("http://test", "notes", "verstak://connect?", "<svg");
        assertThat(again).doesNotContainPattern(CODE).doesNotContain("verstak://");
        assertThat(new Visitor(SERVER).get(PAGE).status()).isEqualTo(303);
    }

    @Test
    void v7_a_session_that_was_left_alone_makes_no_code_without_a_proof() {
        SERVER.addUser("ivy");
        Visitor ivy = Visitor.user(SERVER, "ivy");
        assertThat(ivy.get(PAGE).text()).doesNotContain("id=\"connect-password\"");
        CLOCK.advance(SessionIdentity.CONFIRMED_FOR);

        assertThat(ivy.get(PAGE).text()).contains("id=\"connect-password\"");
        for (String password : new String[] {"", "wrong"}) {
            assertThat(ivy.send(PAGE, PAGE, "vault=", "password=" + password).status())
                    .isEqualTo(403);
        }
        assertThat(codesOf("ivy")).isEmpty();
        assertThat(ivy.send(PAGE, PAGE, "vault=", "password=" + TestServer.PASSWORD)
                        .status())
                .isEqualTo(303);
        assertThat(codesOf("ivy")).hasSize(1);
    }

    private static List<String> codesOf(String user) {
        return SERVER.rows(
                "SELECT c.code_hash FROM connection_codes c JOIN users u ON u.id = c.user_id WHERE u.username = '"
                        + user + "'");
    }

    private static String code(Visitor visitor, String vault) {
        Answer made = visitor.send(PAGE, PAGE, "vault=" + vault);
        assertThat(made.status()).isEqualTo(303);
        Matcher code = CODE.matcher(visitor.get(PAGE).text());
        assertThat(code.find()).isTrue();
        return code.group();
    }

    private static Answer test(String login, String password) {
        return test(SERVER, login, password);
    }

    private static Answer test(TestServer server, String login, String password) {
        return server.send(Request.post("/api/auth/test", """
                {"username": "%s", "password": "%s"}""".formatted(login, password)));
    }

    private static Answer pair(String login, String password, String vault) {
        return pair(SERVER, login, password, vault);
    }

    private static Answer pair(TestServer server, String login, String password, String vault) {
        return server.send(Request.post("/api/client/pair", """
                {"login": "%s", "password": "%s", "device_name": "d", "client_version": "1", "vault_id": "%s"}""".formatted(login, password, vault)));
    }

    private static Answer revoke(Desktop by, Desktop device, String password) {
        return SERVER.send(Request.post("/api/client/revoke-device", """
                {"device_id": "%s", "password": "%s"}""".formatted(device.id(), password))
                .bearer(by.token()));
    }
}
