package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Web;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6: the administrators' JSON. */
class AdminApiTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    static final Web WEB = new Web(SERVER);
    static AdminScript admin;

    @BeforeAll
    static void signIn() {
        admin = new AdminScript(SERVER);
        for (String name : List.of("anna", "berta", "carla")) {
            SERVER.addUser(name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"stats", "users", "devices", "keys"})
    void without_a_session_everything_is_401(String path) {
        Answer answer = SERVER.send(Request.get("/admin/api/" + path));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("unauthorized");
    }

    @Test
    void s25_a_change_without_the_header_of_the_cookie_is_403() {
        String body = "{\"username\":\"eve\",\"email\":\"eve@example.org\",\"password\":\"violet-harbour-42\"}";
        for (String token : new String[] {"", "0".repeat(64)}) {
            Request request = Request.post("/admin/api/users/create", body);
            Answer answer = admin.visitor().post(token.isEmpty() ? request : request.with("X-CSRF-Token", token));

            assertThat(answer.status()).isEqualTo(403);
            assertThat(answer.code()).isEqualTo("csrf_invalid");
        }
        assertThat(users("filter=eve")).isEmpty();
    }

    @Test
    void the_list_says_of_each_user_what_the_contract_names() {
        JsonNode list = admin.get("users?filter=ANNA@").json();

        assertThat(list.required("total").longValue()).isEqualTo(1);
        assertThat(list.required("page").intValue()).isEqualTo(1);
        assertThat(list.required("per_page").intValue()).isEqualTo(20);
        JsonNode anna = list.required("users").required(0);
        assertThat(names(anna))
                .containsExactlyInAnyOrder(
                        "id", "username", "email", "confirmed", "blocked", "last_seen", "created_at", "devices");
        assertThat(anna.required("confirmed").isInt()).isTrue();
        assertThat(anna.required("confirmed").intValue()).isEqualTo(1);
        assertThat(anna.required("blocked").intValue()).isZero();
        assertThat(anna.required("email").textValue()).isEqualTo("anna@example.org");
        assertThat(anna.required("created_at").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
    }

    @Test
    void it_is_sorted_by_any_field_and_cut_into_pages() {
        assertThat(users("filter=example.org&sort=username&order=asc")).startsWith("anna", "berta", "carla");
        assertThat(users("filter=example.org&sort=username&order=desc&per_page=1&page=1"))
                .hasSize(1)
                .doesNotContain("anna");
        assertThat(users("sort=username&per_page=2&page=2")).contains("carla");
        for (String field :
                List.of("id", "username", "email", "confirmed", "blocked", "last_seen", "created_at", "devices")) {
            for (String order : List.of("asc", "desc")) {
                assertThat(users("filter=berta&sort=" + field + "&order=" + order))
                        .containsExactly("berta");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "per_page=0",
                "per_page=101",
                "per_page=x",
                "per_page=-1",
                "per_page=",
                "per_page=99999999999999999999"
            })
    void a_page_has_20_users_unless_1_to_100_are_asked_for(String query) {
        assertThat(admin.get("users?" + query).json().required("per_page").intValue())
                .isEqualTo(20);
        assertThat(admin.get("users?per_page=100").json().required("per_page").intValue())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sort=password_hash",
                "order=sideways",
                "page=0",
                "page=x",
                "page=999999999999999999",
                "filter=%25",
                "filter=_",
                "filter='"
            })
    void what_makes_no_sense_in_the_query_is_no_failure(String query) {
        assertThat(admin.get("users?" + query).status()).isEqualTo(200);
    }

    @Test
    void a_created_user_is_confirmed_at_once() {
        Answer created = create("dora", "dora@example.org", TestServer.PASSWORD);

        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().required("status").textValue()).isEqualTo("ok");
        assertThat(created.json().required("user_id").textValue()).matches("[0-9a-f]{24}");
        assertThat(WEB.login("dora", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(create("DORA", "other@example.org", TestServer.PASSWORD).status())
                .isEqualTo(409);
        assertThat(create("fritz", "fritz", TestServer.PASSWORD).status()).isEqualTo(400);
        assertThat(create("fritz", "fritz@example.org", "short").text()).contains("PASSWORD_TOO_SHORT");
        assertThat(create("", "fritz@example.org", TestServer.PASSWORD).status())
                .isEqualTo(400);
    }

    @Test
    void block_toggles_without_a_body_and_sets_with_one() {
        String id = id("berta");

        assertThat(blocked(admin.post("users/" + id + "/block", ""))).isEqualTo(1);
        assertThat(WEB.login("berta", TestServer.PASSWORD).status()).isEqualTo(403);
        assertThat(blocked(admin.post("users/" + id + "/block", ""))).isZero();
        assertThat(WEB.login("berta", TestServer.PASSWORD).status()).isEqualTo(200);
        for (int twice = 0; twice < 2; twice++) {
            assertThat(blocked(admin.post("users/" + id + "/block", "{\"blocked\":true}")))
                    .isEqualTo(1);
        }
        assertThat(blocked(admin.post("users/" + id + "/block", "{\"blocked\":false}")))
                .isZero();
        assertThat(admin.post("users/" + id + "/block", "{\"blocked\":7}").code())
                .isEqualTo("invalid_json");
        assertThat(admin.post("users/" + "0".repeat(24) + "/block", "").status())
                .isEqualTo(404);
    }

    @Test
    void s21_a_block_is_felt_by_the_next_request_of_a_device() {
        create("gerda", "gerda@example.org", TestServer.PASSWORD);
        Desktop desktop = SERVER.pair("gerda", "vault");
        String id = id("gerda");

        admin.post("users/" + id + "/block", "{\"blocked\":true}");

        assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                        .status())
                .isEqualTo(403);
    }

    @Test
    void a_reset_password_works_and_the_old_one_does_not() {
        create("hanna", "hanna@example.org", TestServer.PASSWORD);

        Answer reset = admin.post("users/" + id("hanna") + "/reset-password", "");

        assertThat(reset.header("Cache-Control")).isEqualTo("no-store");
        String password = reset.json().required("new_password").textValue();
        assertThat(WEB.login("hanna", TestServer.PASSWORD).status()).isEqualTo(401);
        assertThat(WEB.login("hanna", password).status()).isEqualTo(200);
        assertThat(admin.post("users/nobody/reset-password", "").status()).isEqualTo(404);
    }

    @Test
    void an_edit_changes_what_is_named_and_keeps_names_unique() {
        create("inge", "inge@example.org", TestServer.PASSWORD);
        String id = id("inge");

        assertThat(admin.post("users/" + id + "/edit", "{\"username\":\"Ingeborg\",\"email\":\"i@example.org\"}")
                        .status())
                .isEqualTo(200);
        assertThat(WEB.login("ingeborg", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(WEB.login("i@example.org", TestServer.PASSWORD).status()).isEqualTo(200);
        assertThat(admin.post("users/" + id + "/edit", "{\"username\":\"ANNA\"}")
                        .status())
                .isEqualTo(409);
        assertThat(admin.post("users/" + id + "/edit", "{\"email\":\"anna@example.org\"}")
                        .status())
                .isEqualTo(409);
        assertThat(admin.post("users/" + id + "/edit", "{\"username\":\"\"}").status())
                .isEqualTo(400);
        assertThat(admin.post("users/" + id + "/edit", "{\"email\":\"x\\r\\ny@example.org\"}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void s26_a_user_is_deleted_as_often_as_it_is_asked() {
        create("karl", "karl@example.org", TestServer.PASSWORD);
        Desktop desktop = SERVER.pair("karl", "vault");
        String id = id("karl");

        for (int twice = 0; twice < 2; twice++) {
            Answer deleted = admin.delete("users/" + id);
            assertThat(deleted.status()).isEqualTo(200);
            assertThat(deleted.json().required("status").textValue()).isEqualTo("deleted");
        }
        assertThat(users("filter=karl")).isEmpty();
        assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                        .status())
                .isEqualTo(401);
    }

    @Test
    void devices_and_keys_are_listed_and_a_key_is_revoked() {
        create("lisa", "lisa@example.org", TestServer.PASSWORD);
        Desktop desktop = SERVER.pair("lisa", "vault");

        JsonNode device = entry(admin.get("devices").json(), desktop.id());
        JsonNode key = entry(admin.get("keys").json(), desktop.id());
        assertThat(names(device))
                .containsExactlyInAnyOrder(
                        "id", "name", "client_version", "last_seen", "revoked_at", "created_at", "user");
        assertThat(device.required("user").textValue()).isEqualTo("lisa");
        assertThat(names(key)).containsExactlyInAnyOrder("id", "name", "token_hint");
        assertThat(key.required("token_hint").textValue())
                .startsWith(desktop.token().substring(0, 8))
                .endsWith(desktop.token().substring(60))
                .hasSize(13);

        assertThat(admin.delete("keys/" + desktop.id()).status()).isEqualTo(200);
        assertThat(admin.delete("keys/" + desktop.id()).status()).isEqualTo(200);
        assertThat(SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                        .status())
                .isEqualTo(401);
        assertThat(entry(admin.get("devices").json(), desktop.id())
                        .required("revoked_at")
                        .textValue())
                .isNotEmpty();
        assertThat(entry(admin.get("keys").json(), desktop.id()).isMissingNode())
                .isTrue();
        assertThat(admin.delete("keys/dev_nothing").status()).isEqualTo(404);
    }

    private static int blocked(Answer answer) {
        assertThat(answer.json().required("status").textValue()).isEqualTo("ok");
        return answer.json().required("blocked").intValue();
    }

    private static Answer create(String username, String email, String password) {
        return admin.post(
                "users/create",
                Web.json()
                        .put("username", username)
                        .put("email", email)
                        .put("password", password)
                        .toString());
    }

    private static String id(String username) {
        return admin.get("users?filter=" + username)
                .json()
                .required("users")
                .required(0)
                .required("id")
                .textValue();
    }

    private static List<String> users(String query) {
        return admin.get("users?" + query).json().required("users").findValuesAsText("username");
    }

    private static JsonNode entry(JsonNode list, String id) {
        return StreamSupport.stream(list.spliterator(), false)
                .filter(entry -> entry.required("id").textValue().equals(id))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    private static List<String> names(JsonNode object) {
        return object.properties().stream().map(Map.Entry::getKey).toList();
    }
}
