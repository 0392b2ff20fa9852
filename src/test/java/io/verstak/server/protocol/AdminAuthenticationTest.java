package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 6: who gets in where, how forms are sent, and who is named for what was set. */
class AdminAuthenticationTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    static AdminScript admin;

    @BeforeAll
    static void signIn() {
        admin = new AdminScript(SERVER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET users", "GET nothing", "POST nothing", "DELETE users", "PUT stats", "DELETE keys/x"})
    void without_a_session_every_path_of_the_json_is_401_those_that_are_not_there_too(String call) {
        String[] methodAndPath = call.split(" ", -1);
        Answer answer = SERVER.send(Request.of(methodAndPath[0], "/admin/api/" + methodAndPath[1]));

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.code()).isEqualTo("unauthorized");
    }

    @Test
    void with_one_it_is_told_what_is_not_there() {
        assertThat(admin.get("nothing").status()).isEqualTo(404);
        assertThat(admin.get("nothing").code()).isEqualTo("not_found");
        Answer put = admin.visitor().post(Request.of("PUT", "/admin/api/stats"));
        assertThat(put.status()).isEqualTo(405);
        assertThat(put.header("Allow")).contains("GET");
        assertThat(admin.visitor().get("/admin/nothing").status()).isEqualTo(404);
    }

    @Test
    void elsewhere_one_is_led_to_sign_in_and_back() {
        Answer answer = SERVER.send(Request.get("/admin/nothing"));

        assertThat(answer.status()).isEqualTo(303);
        assertThat(answer.header("Location")).isEqualTo("/admin/login?next=%2Fadmin%2Fnothing");
        assertThat(SERVER.send(Request.of("DELETE", "/admin/login")).status()).isEqualTo(405);
    }

    @Test
    void mail_settings_come_as_a_form_of_either_kind() {
        Answer saved =
                multipart("smtp", "smtp_host=mail.example.org", "smtp_port=2525", "smtp_from=Häuser <h@example.org>");

        assertThat(saved.text()).contains("\"ok\":true");
        assertThat(saved.status()).isEqualTo(200);
        assertThat(SERVER.rows("SELECT host, port, sender FROM mail_settings"))
                .containsExactly("mail.example.org|2525|Häuser <h@example.org>");
        Answer refused =
                multipart("smtp/test", "smtp_host=mail.example.org", "smtp_from=a@b.example", "test_to=nobody");
        assertThat(refused.json().required("ok").booleanValue()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "multipart/form-data",
                "multipart/form-data; boundary=",
                "multipart/form-data; boundary=other",
                "multipart/form-data; boundary=b"
            })
    void a_form_in_broken_parts_is_400_and_changes_nothing(String type) {
        byte[] cut = "--b\r\nContent-Disposition: form-data; name=\"smtp_host\"\r\n\r\nevil.exam"
                .getBytes(StandardCharsets.UTF_8);
        Answer answer = send(Request.post("/admin/api/smtp", cut).with("Content-Type", type));

        assertThat(answer.status()).isEqualTo(400);
        assertThat(SERVER.rows("SELECT host FROM mail_settings")).noneMatch(host -> host.startsWith("evil"));
    }

    @Test
    void the_audit_log_names_who_set_what_and_never_a_value() {
        admin.visitor()
                .send(
                        "/admin/settings",
                        "/admin/settings",
                        "server_name=Our house",
                        "registration=closed",
                        "language=en");
        admin.form("smtp", "server_url=https://sync.example.org");
        admin.form(
                "smtp",
                "smtp_host=mail.example.org",
                "smtp_port=26",
                "smtp_user=u",
                "smtp_pass=hunter2-hunter2",
                "smtp_from=a@example.org");
        admin.form(
                "smtp",
                "smtp_host=mail.example.org",
                "smtp_port=26",
                "smtp_user=u",
                "smtp_pass=hunter3-hunter3",
                "smtp_from=a@example.org");
        admin.visitor().send("/admin/settings", "/admin/settings/reset");

        List<String> told =
                SERVER.rows("SELECT message FROM audit_log WHERE type IN ('settings_changed', 'mail_set') ORDER BY id");
        assertThat(told)
                .contains(
                        "The settings were changed. (root: registration, server_name)",
                        "The settings were changed. (root: public_url)",
                        "The mail settings were changed. (root: smtp_pass)",
                        "The settings were changed. (root: public_url, registration, server_name)")
                .anyMatch(line -> line.startsWith("The mail settings were changed. (root: smtp_")
                        && line.contains("smtp_pass, smtp_port"))
                .noneMatch(line -> line.contains("hunter") || line.contains("house") || line.contains("example"));
        assertThat(admin.visitor().get("/admin/audit?type=settings_changed").text())
                .contains("(root: registration, server_name)");
    }

    private static Answer multipart(String path, String... fields) {
        StringBuilder body = new StringBuilder();
        for (String field : fields) {
            String[] pair = field.split("=", 2);
            body.append("--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n".formatted(pair[0], pair[1]));
        }
        byte[] bytes = body.append("--b--\r\n").toString().getBytes(StandardCharsets.UTF_8);
        return send(Request.post("/admin/api/" + path, bytes).with("Content-Type", "multipart/form-data; boundary=b"));
    }

    private static Answer send(Request request) {
        return admin.visitor().post(request.with("X-CSRF-Token", admin.visitor().cookie("csrf_token")));
    }
}
