package io.verstak.server.storage.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.storage.log.EncodedOp;
import io.verstak.server.storage.log.OpCodec;
import io.verstak.server.storage.log.OpCodec.Fields;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the release that made two devices of one with a key and a token, opened by this one. */
class TwinDevicesTest {
    private static final int SCHEMA_WITH_TWINS = 14;
    private static final String LAPTOP = "dev_d7009d78e86a424069cdbb52";
    private static final String TWIN = "dev_" + hash("token of " + LAPTOP).substring(0, 24);
    private static final String KEY = "the old key of the laptop";
    private static final String TOKEN = "0123456789abcdef".repeat(4);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    private Path data;

    @BeforeEach
    void a_directory_with_twins() throws Exception {
        try (Connection connection = connect()) {
            Migrations.run(connection, SCHEMA_WITH_TWINS);
        }
        TestDatabase.execute(
                database(),
                "INSERT INTO users (id, username, username_key, email, email_key, password_hash, confirmed, created_at)"
                        + " VALUES ('anna', 'anna', 'anna', 'a@example.org', 'a@example.org', 'none', 1, 5)",
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at) VALUES (1, 'anna', 'legacy:anna', 'log', 5)");
        device(LAPTOP, "laptop", KEY, 7);
        device(TWIN, "laptop (token)", TOKEN, 9);
    }

    @Test
    void twins_that_have_only_ops_from_before_the_import_keep_the_id_of_these() throws SQLException {
        op(1, LAPTOP);
        op(2, LAPTOP);

        assertOneDevice(LAPTOP);
    }

    @Test
    void twins_without_any_op_keep_the_first_id() {
        assertOneDevice(LAPTOP);
    }

    @Test
    void a_desktop_that_has_pushed_since_the_import_keeps_the_id_that_it_has_now() throws SQLException {
        op(1, LAPTOP);
        op(2, TWIN);

        assertOneDevice(TWIN);
    }

    @Test
    void what_a_twin_had_under_way_goes_to_the_device() throws SQLException {
        op(1, LAPTOP);
        TestDatabase.execute(
                database(),
                "INSERT INTO idempotency_keys (device_id, key, request, answer, created_at) VALUES"
                        + " ('%1$s', 'k', 'r', 'a', 5), ('%1$s', 'both', 'r', 'a', 5), ('%2$s', 'both', 'r', 'a', 5)"
                                .formatted(TWIN, LAPTOP));

        assertOneDevice(LAPTOP);

        assertThat(TestDatabase.rows(database(), "SELECT device_id, key FROM idempotency_keys ORDER BY key"))
                .containsExactly(LAPTOP + "|both", LAPTOP + "|k");
    }

    @Test
    void a_twin_that_a_person_has_revoked_stays_so_and_the_other_goes_on() {
        TestDatabase.execute(database(), "UPDATE devices SET revoked_at = 9 WHERE id = '" + LAPTOP + "'");

        try (TestServer server = serve()) {
            assertThat(status(server, KEY)).isEqualTo(401);
            assertThat(status(server, TOKEN)).isEqualTo(200);
        }
    }

    @Test
    void a_device_that_is_nobodys_twin_stays_as_it_is() {
        TestDatabase.execute(database(), "UPDATE devices SET id = 'dev_other' WHERE id = '" + TWIN + "'");

        try (TestServer server = serve()) {
            assertThat(me(server, KEY)).isEqualTo(LAPTOP);
            assertThat(me(server, TOKEN)).isEqualTo("dev_other");
        }
    }

    private void assertOneDevice(String id) {
        long head = Long.parseLong(
                TestDatabase.rows(database(), "SELECT head FROM scopes").get(0));
        try (TestServer server = serve()) {
            assertThat(me(server, KEY)).isEqualTo(id);
            assertThat(me(server, TOKEN)).isEqualTo(id);
            assertThat(TestDatabase.rows(
                            database(),
                            "SELECT d.id, d.name, d.pull_cursor, d.last_seen >= 9, u.devices, c.devices, c.revoked"
                                    + " FROM devices d JOIN users u ON u.id = d.user_id, list_counts c"))
                    .containsExactly(id + "|laptop|9|1|1|1|0");
            assertThat(TestDatabase.rows(database(), "SELECT device_id FROM audit_log WHERE type = 'devices_merged'"))
                    .containsExactly(id);
            try (Desktop desktop = Desktop.paired(server::port, id, TOKEN, head)) {
                desktop.make(OutboxOp.note("n1", "after the merge")).sync();
                assertThat(desktop.conflicts()).isEmpty();
                assertThat(desktop.ofOthers()).isEmpty();
                assertThat(desktop.applied())
                        .extracting(PulledOp::serverSequence)
                        .containsExactly(head + 1);
            }
        }
    }

    private TestServer serve() {
        return TestServer.start(Map.of("storage.dataDir", data.toString()));
    }

    private static String me(TestServer server, String credential) {
        return server.send(Request.get("/api/client/me").bearer(credential))
                .json()
                .required("device_id")
                .textValue();
    }

    private static int status(TestServer server, String credential) {
        return server.send(Request.get("/api/client/me").bearer(credential)).status();
    }

    private Path database() {
        return data.resolve("server.db");
    }

    private Connection connect() throws SQLException {
        return Sqlite.writer(database()).getConnection();
    }

    private void device(String id, String name, String credential, long seen) {
        TestDatabase.execute(
                database(),
                "INSERT INTO devices (id, user_id, scope_id, name, client_version, token_hash, token_prefix, token_suffix,"
                        + " pull_cursor, last_seen, created_at) VALUES ('%s', 'anna', 1, '%s', '1', '%s', '', '', %d, %d, 5)"
                                .formatted(id, name, hash(credential), seen, seen));
    }

    private void op(long sequence, String device) throws SQLException {
        EncodedOp op = new OpCodec()
                .form(device, new Fields("op-" + sequence, "note", "n1", "update", "{}", ""), 0, null, null);
        try (Connection connection = connect();
                PreparedStatement insert = connection.prepareStatement(
                        "INSERT INTO ops (scope_id, seq, device_key, prev, prev_other, content, chain, json)"
                                + " VALUES (1, ?, ?, 0, 0, zeroblob(32), zeroblob(32), ?)")) {
            insert.setLong(1, sequence);
            insert.setLong(2, OpCodec.deviceKey(device));
            insert.setBytes(3, op.json());
            insert.executeUpdate();
        }
        TestDatabase.execute(
                database(),
                "UPDATE scopes SET head = %1$d, counter = %1$d, operations = operations + 1".formatted(sequence));
    }

    private static String hash(String text) {
        return Sha256.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
