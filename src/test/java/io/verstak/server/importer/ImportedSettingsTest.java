package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.data.GoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What config.yml and the mail settings said still holds. */
class ImportedSettingsTest {
    private static final String ANNA = "aaaaaaaaaaaaaaaaaaaaaaaa";
    private static final String TOKEN = "0123456789abcdef".repeat(4);

    private Takeover takeover;

    @BeforeEach
    void folders(@TempDir Path folder) {
        takeover = Takeover.in(folder);
    }

    @Test
    void settings_go_where_they_hold() throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").device("dev_a", ANNA, "v1", TOKEN);
            for (Map.Entry<String, String> mail : Map.of(
                            "smtp_host", "mail.example.org",
                            "smtp_port", "465",
                            "smtp_user", "sync",
                            "smtp_pass", "a mail password",
                            "smtp_security", "tls",
                            "smtp_from", "sync@example.org")
                    .entrySet()) {
                go.add("server_smtp_config", "key", mail.getKey(), "value", mail.getValue());
            }
            go.config("""
                    port: 8080
                    listen: 0.0.0.0
                    public_url: https://sync.example.org
                    trusted_proxies: [127.0.0.1, 10.1.2.3/8]
                    web: {default_locale: ru, allow_registration: false, server_name: Наши заметки}
                    limits: {max_push_operations: 2, max_blob_bytes: 1000}
                    retention: {idempotency_hours: 1, audit_days: 30, temp_upload_hours: 5}
                    colour: blue
                    """);
        }

        CommandLineRun run = takeover.run("--json");

        assertThat(run.exit()).isZero();
        assertThat(run.json().toString()).contains("colour").doesNotContain("a mail password");
        JsonNode config = new JsonMapper()
                .readTree(takeover.data().resolve("verstak-server.json").toFile());
        assertThat(config.toString())
                .isEqualTo(
                        "{\"http\":{\"publicUrl\":\"https://sync.example.org\",\"listen\":\"0.0.0.0:8080\",\"trustedProxies\":[\"127.0.0.1\",\"10.0.0.0/8\"]},"
                                + "\"limits\":{\"maxPushOperations\":2,\"maxBlobBytes\":1000},"
                                + "\"retention\":{\"idempotencyHours\":24,\"auditDays\":30,\"tempUploadHours\":5}}");
        assertThat(TestDatabase.rows(
                        takeover.data().resolve("server.db"), "SELECT name, value FROM settings ORDER BY name"))
                .containsExactly("language|ru", "registration|closed", "server_name|Наши заметки");
        assertThat(TestDatabase.rows(
                        takeover.data().resolve("server.db"),
                        "SELECT host, port, security, username, sender FROM mail_settings"))
                .containsExactly("mail.example.org|465|tls|sync|sync@example.org");
        try (TestServer server = takeover.serve();
                Desktop desktop = Desktop.paired(server::port, "dev_a", TOKEN, 0)) {
            assertThat(server.send(Request.post(
                                            "/api/v1/sync/push",
                                            Desktop.pushBody(
                                                            List.of(
                                                                    OutboxOp.note("a", "1"),
                                                                    OutboxOp.note("b", "2"),
                                                                    OutboxOp.note("c", "3")),
                                                            0)
                                                    .toString())
                                    .bearer(TOKEN))
                            .status())
                    .isEqualTo(413);
            desktop.make(OutboxOp.note("a", "1")).sync();
        }
    }

    @Test
    void settings_are_added_to_the_configuration_that_the_service_reads(@TempDir Path etc) throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org");
            go.config("""
                    listen: 0.0.0.0:8080
                    public_url: https://old.example.org
                    trusted_proxies: [127.0.0.1/32, 10.1.2.3/8]
                    limits: {max_push_operations: 2, max_vault_blob_bytes: 4294967296, max_blob_bytes: 99999999999999}
                    retention: {audit_days: 30}
                    """);
        }
        Path file = Files.writeString(etc.resolve("verstak-server.json"), """
                {
                  // as the installer writes it
                  "$schema": "./verstak-server.schema.json",
                  "http": {"listen": "127.0.0.1:47732", "publicUrl": "", "trustedProxies": ["127.0.0.1/32", "::1/128"]},
                  "retention": {"auditDays": 90},
                  "storage": {"dataDir": "%s"}
                }
                """.formatted(takeover.data()));
        String before = Files.readString(file);
        Path out = etc.resolve("merged.json");

        CommandLineRun run = takeover.run("--config", file.toString(), "--config-out", out.toString());

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.out())
                .contains("listen: config.yml says 0.0.0.0:8080, " + file + " says 127.0.0.1:47732, which stays")
                .contains("auditDays: config.yml says 30")
                .contains("max_blob_bytes: 99999999999999 is outside of this server's limits")
                .contains("Start with: systemctl start verstak-server");
        assertThat(file).hasContent(before);
        LoadedConfig loaded = ConfigLoader.explain(Optional.of(out), Map.of(), Map.of());
        assertThat(loaded.config().http().listen()).isEqualTo("127.0.0.1:47732");
        assertThat(loaded.config().http().publicUrl()).isEqualTo("https://old.example.org");
        assertThat(loaded.config().http().trustedProxies()).containsExactly("127.0.0.1/32", "::1/128", "10.0.0.0/8");
        assertThat(loaded.config().limits().maxPushOperations()).isEqualTo(2);
        assertThat(loaded.config().limits().maxVaultBlobBytes()).isEqualTo(4L << 30);
        assertThat(loaded.config().retention().auditDays()).isEqualTo(90);
        assertThat(loaded.config().storage().dataDir())
                .isEqualTo(takeover.data().toString());
        assertThat(loaded.sources()).containsEntry("limits.maxVaultBlobBytes", "file " + out);
        assertThat(takeover.data().resolve("verstak-server.json")).doesNotExist();
    }

    @Test
    void where_nobody_puts_the_settings_in_place_the_report_says_how(@TempDir Path etc) throws IOException {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.user(ANNA, "anna", "anna@example.org").config("limits: {max_push_operations: 2}");
        }
        Path file = Files.writeString(etc.resolve("service.json"), "{}");

        CommandLineRun run = takeover.run("--config", file.toString());

        Path copy = takeover.data().resolve("verstak-server.json");
        assertThat(run.out())
                .contains("The server reads " + file, "install -m 0640 -o root -g verstak-server " + copy + " " + file)
                .contains("names another data directory", "Set storage.dataDir to " + takeover.data());
        assertThat(ConfigLoader.load(Optional.of(copy), Map.of(), Map.of())
                        .limits()
                        .maxPushOperations())
                .isEqualTo(2);
    }

    @Test
    void what_is_of_the_wrong_type_ends_the_import_before_it_begins() {
        try (GoServer go = GoServer.ofSecondGeneration(takeover.from())) {
            go.config("retention:\n  audit_days: many\n");
        }

        CommandLineRun run = takeover.run();

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("config.yml").contains("audit_days");
        assertThat(takeover.data().resolve("server.db")).doesNotExist();
    }
}
