package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.TestServer;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Section 6: the server in numbers, and the settings of its mail. */
class AdminStatsTest {
    @Test
    void every_number_follows_what_happens() throws Exception {
        try (TestServer server = TestServer.start()) {
            AdminScript admin = new AdminScript(server);
            JsonNode before = stats(admin);
            assertThat(before.properties().stream().map(Map.Entry::getKey))
                    .containsExactlyInAnyOrder(
                            "users",
                            "active_users",
                            "blocked_users",
                            "unconfirmed_users",
                            "active_devices",
                            "revoked_devices",
                            "vaults",
                            "operations",
                            "operations_24h",
                            "blobs",
                            "blob_references",
                            "orphan_blobs",
                            "temp_uploads",
                            "expired_sessions",
                            "expired_email_tokens",
                            "audit_events",
                            "database_bytes",
                            "blob_bytes",
                            "last_sync_activity",
                            "last_cleanup_at");
            assertThat(before.required("last_sync_activity").textValue()).isEmpty();
            server.addUser("anna");
            String berta = server.addUser("berta");
            admin.post("users/" + berta + "/block", "");
            try (Desktop laptop = server.pair("anna", "notes");
                    Desktop phone = server.pair("anna", "notes");
                    Desktop lost = server.pair("anna", "other")) {
                for (int i = 0; i < 5; i++) {
                    laptop.make(OutboxOp.note("n" + i, "text"));
                }
                laptop.sync();
                laptop.blobs().upload("a.bin", new byte[1000]);
                lost.blobs().upload("a.bin", new byte[1000]);
                lost.revoke();

                JsonNode after = stats(admin);

                assertThat(number(after, "users")).isEqualTo(2);
                assertThat(number(after, "active_users")).isEqualTo(1);
                assertThat(number(after, "blocked_users")).isEqualTo(1);
                assertThat(number(after, "unconfirmed_users")).isZero();
                assertThat(number(after, "active_devices")).isEqualTo(2);
                assertThat(number(after, "revoked_devices")).isEqualTo(1);
                assertThat(number(after, "vaults")).isEqualTo(2);
                assertThat(number(after, "operations")).isEqualTo(5);
                assertThat(number(after, "operations_24h")).isEqualTo(5);
                assertThat(number(after, "blobs")).isEqualTo(1);
                assertThat(number(after, "blob_references")).isEqualTo(2);
                assertThat(number(after, "blob_bytes")).isEqualTo(1000);
                assertThat(number(after, "temp_uploads")).isZero();
                assertThat(number(after, "database_bytes")).isPositive();
                assertThat(number(after, "audit_events")).isGreaterThan(number(before, "audit_events"));
                assertThat(after.required("last_sync_activity").textValue()).matches("\\d{4}-.*Z");
                assertThat(phone.id()).isNotEmpty();
            }
            server.restart();
            assertThat(number(stats(admin), "operations_24h")).isEqualTo(5);
        }
    }

    @Test
    void mail_is_set_and_tried_and_its_password_never_told() {
        try (TestServer server = TestServer.start()) {
            AdminScript admin = new AdminScript(server);
            String[] fields = {
                "smtp_host=127.0.0.1",
                "smtp_port=1",
                "smtp_user=u",
                "smtp_pass=hunter2-hunter2",
                "smtp_security=none",
                "smtp_from=sync@example.org",
                "server_url=https://sync.example.org"
            };

            Answer saved = admin.form("smtp", fields);
            assertThat(saved.status()).isEqualTo(200);
            assertThat(saved.json().required("ok").booleanValue()).isTrue();
            Answer tried = admin.form("smtp/test", "test_to=anna@example.org");
            assertThat(tried.status()).isEqualTo(200);
            assertThat(tried.json().required("ok").booleanValue()).isFalse();
            assertThat(tried.json().required("error").textValue()).isNotEmpty().doesNotContain("hunter2");
            assertThat(admin.post("smtp/test", "{\"smtp_host\":\"\",\"test_to\":\"anna@example.org\"}")
                            .json()
                            .required("ok")
                            .booleanValue())
                    .isFalse();

            Answer refused = admin.form("smtp", "smtp_host=127.0.0.1", "smtp_port=70000", "smtp_from=a@example.org");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().required("ok").booleanValue()).isFalse();
            assertThat(admin.form("smtp", "server_url=javascript:alert(1)").status())
                    .isEqualTo(400);
        }
    }

    private static JsonNode stats(AdminScript admin) {
        return admin.get("stats").json();
    }

    private static long number(JsonNode stats, String name) {
        assertThat(stats.required(name).isIntegralNumber()).as(name).isTrue();
        return stats.required(name).longValue();
    }
}
