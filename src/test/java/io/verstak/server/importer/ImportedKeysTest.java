package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import io.verstak.server.testkit.data.GoServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Section 2: an imported device with an old key and a token is one device with two credentials and one id. */
class ImportedKeysTest {
    private static final String ANNA = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String LAPTOP = "dev_d7009d78e86a424069cdbb52";
    private static final String KEY = "key-of-the-laptop-which-is-as-long-as-keys-were";
    private static final String TOKEN = "0123456789abcdef".repeat(4);
    private static final String PHONE = "dev_a16ced6ebb061b8d95f4107a";
    private static final String PHONE_TOKEN = "fedcba9876543210".repeat(4);

    private Takeover takeover;

    @BeforeEach
    void folders(@TempDir Path folder) {
        takeover = Takeover.in(folder);
        try (GoServer go = GoServer.ofFirstGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.keyAndTokenDevice(LAPTOP, ANNA, "", KEY, TOKEN).device(PHONE, ANNA, "", PHONE_TOKEN);
            go.op(3, ANNA, "", LAPTOP, OutboxOp.note("n1", "by the laptop"));
            go.op(4, ANNA, "", PHONE, OutboxOp.note("n2", "by the phone"));
            go.op(9, ANNA, "", LAPTOP, OutboxOp.note("n1", "by the laptop again"));
        }
    }

    @Test
    void the_token_and_the_key_answer_with_the_id_that_the_devices_ops_carry() {
        imported();
        try (TestServer server = takeover.serve();
                Desktop byToken = Desktop.paired(server::port, "", TOKEN, 0).askWhoIAm();
                Desktop byKey = Desktop.paired(server::port, "", KEY, 0).askWhoIAm()) {
            assertThat(byToken.id()).isEqualTo(LAPTOP);
            assertThat(byKey.id()).isEqualTo(LAPTOP);
            for (Desktop desktop : List.of(byToken, byKey)) {
                assertThat(desktop.pull().applied()).hasSize(3);
                assertThat(desktop.ofOthers()).extracting(PulledOp::deviceId).containsExactly(PHONE);
            }
        }
        assertThat(takeover.verify()).isZero();
    }

    @Test
    void its_own_ops_are_no_conflicts_and_another_devices_see_one_device() {
        imported();
        try (TestServer server = takeover.serve();
                Desktop laptop = Desktop.paired(server::port, LAPTOP, TOKEN, 4);
                Desktop byKey = Desktop.paired(server::port, LAPTOP, KEY, 4);
                Desktop phone = Desktop.paired(server::port, PHONE, PHONE_TOKEN, 9)) {
            laptop.make(OutboxOp.note("n1", "with the token")).push();
            byKey.make(OutboxOp.note("n1", "with the key")).push();

            assertThat(laptop.conflicts()).isEmpty();
            assertThat(byKey.conflicts()).isEmpty();
            assertThat(phone.pull().applied()).extracting(PulledOp::deviceId).containsExactly(LAPTOP, LAPTOP);
            assertThat(laptop.pull().ofOthers()).isEmpty();
        }
    }

    @Test
    void people_see_one_device_and_the_import_says_so() {
        CommandLineRun run = imported();

        assertThat(run.json().at("/counts/devices/found").asInt()).isEqualTo(2);
        assertThat(run.json().at("/counts/devices/imported").asInt()).isEqualTo(2);
        assertThat(run.json().get("notes").toString()).contains("a token and an old key: 1", "one device");
        try (TestServer server = takeover.serve()) {
            assertThat(TestDatabase.rows(server.database(), "SELECT id FROM devices ORDER BY id"))
                    .containsExactly(PHONE, LAPTOP);
            Web web = new Web(server);
            assertThat(web.devices(web.session("anna")).json()).hasSize(2);
            AdminScript admin = new AdminScript(server);
            assertThat(admin.get("devices").json())
                    .extracting(device -> device.required("id").textValue())
                    .containsExactlyInAnyOrder(LAPTOP, PHONE);
            assertThat(admin.get("keys").json())
                    .filteredOn(key -> key.required("id").textValue().equals(LAPTOP))
                    .singleElement()
                    .satisfies(key ->
                            assertThat(key.required("token_hint").textValue()).isEqualTo("01234567…cdef"));
            assertThat(admin.get("stats").json().required("active_devices").asInt())
                    .isEqualTo(2);
            JsonNode users = admin.get("users").json().required("users");
            assertThat(users)
                    .singleElement()
                    .satisfies(
                            user -> assertThat(user.required("devices").asInt()).isEqualTo(2));
            assertThat(admin.visitor().get("/admin/devices").text())
                    .contains("laptop " + LAPTOP, "01234567…cdef", "key-of-t…were")
                    .doesNotContain("(token)", KEY);
            assertThat(Visitor.user(server, "anna").get("/dashboard").text())
                    .contains("laptop " + LAPTOP)
                    .doesNotContain("(token)");
        }
    }

    /** What can end a device. */
    private enum Revoke {
        BY_ITSELF_WITH_THE_TOKEN {
            @Override
            Answer run(TestServer server) {
                return server.send(
                        Request.post("/api/client/revoke-current", "").bearer(TOKEN));
            }
        },
        BY_ITSELF_WITH_THE_KEY {
            @Override
            Answer run(TestServer server) {
                return server.send(
                        Request.post("/api/client/revoke-current", "").bearer(KEY));
            }
        },
        BY_ANOTHER_DEVICE {
            @Override
            Answer run(TestServer server) {
                String body = "{\"device_id\":\"%s\",\"password\":\"%s\"}".formatted(LAPTOP, TestServer.PASSWORD);
                return server.send(
                        Request.post("/api/client/revoke-device", body).bearer(PHONE_TOKEN));
            }
        },
        ON_THE_OWNERS_PAGE {
            @Override
            Answer run(TestServer server) {
                Visitor owner = Visitor.user(server, "anna");
                return owner.send(
                        "/dashboard", "/dashboard/revoke", "device=" + LAPTOP, "password=" + TestServer.PASSWORD);
            }
        },
        BY_A_SESSION {
            @Override
            Answer run(TestServer server) {
                String session = new Web(server).session("anna");
                return server.send(Request.post(
                                "/api/v1/user/devices/" + LAPTOP + "/revoke",
                                "{\"password\":\"%s\"}".formatted(TestServer.PASSWORD))
                        .bearer(session));
            }
        },
        BY_AN_ADMINISTRATOR {
            @Override
            Answer run(TestServer server) {
                return new AdminScript(server).delete("keys/" + LAPTOP);
            }
        };

        abstract Answer run(TestServer server);
    }

    @ParameterizedTest
    @EnumSource
    void a_revoke_ends_both_at_once_and_their_waits(Revoke way) throws IOException {
        imported();
        try (TestServer server = takeover.serve();
                Http waiting = Http.connect(server.port());
                Http waitingByKey = Http.connect(server.port())) {
            assertThat(status(server, TOKEN)).isEqualTo(200);
            assertThat(status(server, KEY)).isEqualTo(200);
            waiting.write(waitingPull(TOKEN));
            waitingByKey.write(waitingPull(KEY));
            while (server.waiting() < 2) {
                Thread.onSpinWait();
            }

            assertThat(way.run(server).status()).isIn(200, 303);

            assertThat(status(server, TOKEN)).isEqualTo(401);
            assertThat(status(server, KEY)).isEqualTo(401);
            assertThat(waiting.read().status()).isEqualTo(401);
            assertThat(waitingByKey.read().status()).isEqualTo(401);
            assertThat(status(server, PHONE_TOKEN)).isEqualTo(200);
            assertThat(TestDatabase.rows(
                            server.database(), "SELECT device_id FROM audit_log WHERE type = 'device_revoked'"))
                    .containsExactly(LAPTOP);
            assertThat(new AdminScript(server)
                            .get("stats")
                            .json()
                            .required("revoked_devices")
                            .asInt())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_backup_keeps_both_and_a_deleted_account_leaves_neither() {
        imported();
        try (TestServer server = takeover.restored().serve()) {
            assertThat(status(server, TOKEN)).isEqualTo(200);
            assertThat(status(server, KEY)).isEqualTo(200);

            assertThat(new AdminScript(server).delete("users/" + ANNA).status()).isEqualTo(200);

            assertThat(status(server, TOKEN)).isEqualTo(401);
            assertThat(status(server, KEY)).isEqualTo(401);
        }
    }

    private CommandLineRun imported() {
        CommandLineRun run = takeover.run("--json");
        assertThat(run.exit()).as(run.toString()).isZero();
        return run;
    }

    private static int status(TestServer server, String credential) {
        return server.send(Request.get("/api/client/me").bearer(credential)).status();
    }

    private static byte[] waitingPull(String credential) {
        return Request.post("/api/v1/sync/pull", "{\"since_sequence\":9,\"wait_seconds\":25}")
                .bearer(credential)
                .bytes();
    }
}
