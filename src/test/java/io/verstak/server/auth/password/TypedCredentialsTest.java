package io.verstak.server.auth.password;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.admin.Administration.NewUser;
import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keyboards write one password in several ways, and add blanks to a login: people get in all the same. */
class TypedCredentialsTest {
    private static final String COMPOSED = "Crème-brûlée-à-l'été";
    private static final String DECOMPOSED = Normalizer.normalize(COMPOSED, Normalizer.Form.NFD);
    private static final List<String> LOGINS =
            List.of("/api/v1/auth/login", "/api/client/pair", "/api/auth/test", "/api/v1/device/register");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final Web web = new Web(SERVER);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_registered_password_is_the_same_in_every_normal_form(boolean composedFirst) {
        String name = "anna" + composedFirst;
        String email = name + "@example.org";
        web.register(name, email, composedFirst ? COMPOSED : DECOMPOSED);
        web.confirm(web.mailedToken(email, "confirm"));

        for (String call : LOGINS) {
            assertThat(status(call, name, COMPOSED)).as(call).isEqualTo(200);
            assertThat(status(call, name, DECOMPOSED)).as(call).isEqualTo(200);
            assertThat(status(call, name, COMPOSED.replace('è', 'e'))).as(call).isEqualTo(401);
        }
    }

    @Test
    void a_password_that_a_mailed_link_or_an_administrator_sets_is_the_same_in_every_normal_form() {
        SERVER.addUser("berta");
        web.forgot("berta@example.org");
        web.reset(web.mailedToken("berta@example.org", "reset"), DECOMPOSED);
        assertThat(web.login("berta", COMPOSED).status()).isEqualTo(200);

        SERVER.beside(accounts -> accounts.administration()
                .createUser(Actor.COMMAND_LINE, new NewUser("carla", "carla@example.org", DECOMPOSED)));
        assertThat(web.login("carla", COMPOSED).status()).isEqualTo(200);
    }

    @Test
    void an_administrators_password_is_the_same_in_every_normal_form() {
        SERVER.beside(accounts -> accounts.administrators().put(" root ", DECOMPOSED));

        assertThat(signedIn("root", COMPOSED)).isTrue();
        assertThat(signedIn(" ROOT\u00a0", DECOMPOSED)).isTrue();
        assertThat(signedIn("root", COMPOSED + "!")).isFalse();
    }

    @Test
    void a_hash_of_the_text_as_it_was_typed_verifies_and_gives_way_to_one_of_the_normal_form() {
        SERVER.addUser("dora");
        String old = Argon2Hash.create(DECOMPOSED.getBytes(StandardCharsets.UTF_8), new SecureRandom())
                .encoded();
        SERVER.execute("UPDATE users SET password_hash = '" + old + "' WHERE username = 'dora'");

        assertThat(web.login("dora", COMPOSED).status()).isEqualTo(401);
        assertThat(web.login("dora", DECOMPOSED).status()).isEqualTo(200);
        assertThat(web.login("dora", COMPOSED).status()).isEqualTo(200);
    }

    @Test
    void blanks_around_a_login_are_dropped_and_those_of_a_password_count() {
        for (String login : List.of("alice ", " alice", "\u00a0Alice \u00a0", " alice@example.org ")) {
            for (String call : LOGINS) {
                assertThat(status(call, login, TestServer.PASSWORD))
                        .as(call + "<" + login + ">")
                        .isEqualTo(200);
            }
        }
        assertThat(web.login("alice", TestServer.PASSWORD + " ").status()).isEqualTo(401);
        assertThat(web.login("al ice", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(web.login("alice\n", TestServer.PASSWORD).status()).isEqualTo(401);
    }

    @Test
    void blanks_around_a_new_name_or_address_are_dropped() {
        web.register(" emil ", " emil@example.org\u00a0", TestServer.PASSWORD);
        web.confirm(web.mailedToken("emil@example.org", "confirm"));
        SERVER.beside(accounts -> accounts.administration()
                .createUser(Actor.COMMAND_LINE, new NewUser(" franz", "franz@example.org ", TestServer.PASSWORD))
                .compose(made -> accounts.administration().find(" franz@example.org")));

        assertThat(web.login("emil", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(web.login("franz", TestServer.PASSWORD).status()).isEqualTo(200);
    }

    @Test
    void an_imported_name_with_blanks_of_its_own_still_signs_in() {
        SERVER.addUser("gerda");
        SERVER.execute("UPDATE users SET username = 'ger da ', username_key = 'ger da ' WHERE username = 'gerda'");

        assertThat(web.login("Ger da ", TestServer.PASSWORD).status()).isEqualTo(200);
    }

    private static int status(String call, String login, String password) {
        return SERVER.send(Request.post(
                        call,
                        Web.json()
                                .put("username", login)
                                .put("login", login)
                                .put("password", password)
                                .put("device_name", "d")
                                .toString()))
                .status();
    }

    private static boolean signedIn(String name, String password) {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=" + name, "password=" + password);
        return visitor.get("/admin/api/stats").status() == 200;
    }
}
