package io.verstak.server.http.export;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A vault as a download. */
class VaultExportTest {
    private static final JsonMapper JSON = new JsonMapper();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve");

    private final Web web = new Web(SERVER);

    @Test
    void a_vault_comes_with_all_its_operations_and_files() throws IOException {
        try (Desktop desktop = SERVER.pair("ann", "my notes/2026")) {
            for (int i = 0; i < 250; i++) {
                desktop.make(OutboxOp.note("n" + i, "привет " + i));
            }
            desktop.sync();
            byte[] large = bytes(1_500_000);
            Sha256 photo = desktop.blobs().upload("photo.jpg", large);
            Sha256 empty = desktop.blobs().upload("empty", new byte[0]);

            Answer answer = export("ann", "my%20notes%2F2026");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("application/zip");
            assertThat(answer.header("Content-Disposition"))
                    .matches("attachment; filename=\"verstak-my-notes-2026-\\d{4}-\\d\\d-\\d\\d\\.zip\"");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            Map<String, byte[]> entries = unzip(answer.body());
            assertThat(entries.keySet())
                    .containsExactlyInAnyOrder("ops.jsonl", "blobs/" + photo, "blobs/" + empty, "manifest.json");
            assertThat(entries.get("blobs/" + photo)).isEqualTo(large);
            assertThat(entries.get("blobs/" + empty)).isEmpty();
            String[] lines = new String(entries.get("ops.jsonl"), StandardCharsets.UTF_8).split("\n");
            assertThat(lines).hasSize(250);
            for (int i = 0; i < lines.length; i++) {
                JsonNode op = JSON.readTree(lines[i]);
                assertThat(op.required("server_sequence").longValue()).isEqualTo(i + 1);
                assertThat(op.required("payload_json").textValue())
                        .isEqualTo(desktop.applied().get(i).payloadJson());
            }
            JsonNode manifest = JSON.readTree(entries.get("manifest.json"));
            assertThat(manifest.required("vault_id").textValue()).isEqualTo("my notes/2026");
            assertThat(manifest.required("operations").longValue()).isEqualTo(250);
            assertThat(manifest.required("blob_bytes").longValue()).isEqualTo(large.length);
            assertThat(manifest.required("missing_blobs").longValue()).isZero();
        }
    }

    @Test
    void an_empty_vault_is_a_whole_archive_too() throws IOException {
        try (Desktop desktop = SERVER.pair("ann", "empty")) {
            assertThat(desktop.id()).isNotEmpty();

            Map<String, byte[]> entries = unzip(export("ann", "empty").body());

            assertThat(entries.keySet()).containsExactly("ops.jsonl", "manifest.json");
            assertThat(entries.get("ops.jsonl")).isEmpty();
        }
    }

    @Test
    void s30_a_vault_of_somebody_else_is_no_vault() {
        try (Desktop desktop = SERVER.pair("ben", "secret")) {
            assertThat(desktop.id()).isNotEmpty();
            Answer foreign = export("ann", "secret");
            Answer unknown = export("ann", "nothing");

            assertThat(foreign.status()).isEqualTo(404);
            assertThat(withoutValues(foreign)).isEqualTo(withoutValues(unknown));
            assertThat(new Visitor(SERVER)
                            .get("/account/vault.zip?vault=secret")
                            .header("Location"))
                    .startsWith("/login");
        }
    }

    @Test
    void a_file_that_cannot_be_read_any_more_is_named_and_the_others_come() throws IOException {
        try (Desktop desktop = SERVER.pair("cleo", "notes")) {
            Sha256 lost = desktop.blobs().upload("a", bytes(1000));
            Sha256 whole = desktop.blobs().upload("b", "whole".getBytes(StandardCharsets.UTF_8));
            SERVER.blobs().delete(lost);
            LOG.expectError("is damaged or missing");

            Map<String, byte[]> entries = unzip(export("cleo", "notes").body());

            assertThat(entries).containsKey("blobs/" + whole).doesNotContainKey("blobs/" + lost);
            JsonNode manifest = JSON.readTree(entries.get("manifest.json"));
            assertThat(manifest.required("missing_blobs").longValue()).isEqualTo(1);
            assertThat(manifest.required("missing").get(0).textValue()).isEqualTo(lost.hex());
        }
    }

    @Test
    void who_takes_a_vault_slowly_holds_nobody_up_and_has_two_downloads_at_most() throws Exception {
        try (Desktop desktop = SERVER.pair("dora", "large");
                Desktop other = SERVER.pair("eve", "small")) {
            desktop.blobs().upload("film", bytes(16 << 20));
            String dora = web.session("dora");
            List<Socket> slow = List.of(begin(dora), begin(dora));
            Request third = Request.get("/account/vault.zip?vault=large").with("Cookie", "user_session=" + dora);
            Answer refused = SERVER.send(third);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.header("Retry-After")).isNotEmpty();

            other.make(OutboxOp.note("n1", "goes on")).sync();
            assertThat(export("eve", "small").status()).isEqualTo(200);

            for (Socket socket : slow) {
                socket.close();
            }
            Answer afterwards = SERVER.send(third);
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (afterwards.status() == 503) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                afterwards = SERVER.send(third);
            }
            assertThat(unzip(afterwards.body())).hasSize(3);
        }
    }

    @Test
    void an_account_comes_as_json_with_its_vaults_and_devices() {
        try (Desktop desktop = SERVER.pair("eve", "notes")) {
            desktop.make(OutboxOp.note("n1", "a")).sync();

            JsonNode account =
                    Visitor.user(SERVER, "eve").get("/account/account.json").json();

            assertThat(account.required("account").required("email").textValue())
                    .isEqualTo("eve@example.org");
            assertThat(account.required("vaults").findValuesAsText("vault_id")).contains("notes");
            assertThat(account.required("devices").findValuesAsText("id")).contains(desktop.id());
            assertThat(account.required("activity")).hasSize(30);
            long yesterday = operations(account, 28);
            assertThat(yesterday + operations(account, 29))
                    .as("today, unless it has just begun")
                    .isPositive();
            assertThat(account.toString()).doesNotContain("password");
        }
    }

    private static long operations(JsonNode account, int day) {
        return account.required("activity").get(day).required("operations").longValue();
    }

    /** Forms on a page differ in their tokens, and in where they lead back to. */
    private static String withoutValues(Answer page) {
        return page.text().replaceAll("value=\"[^\"]*\"", "");
    }

    /** Begins a download and takes no more of it than that it has begun. */
    private static Socket begin(String session) throws IOException {
        Socket socket = new Socket();
        // Little fits on the way, however much the system would let it grow.
        socket.setReceiveBufferSize(16 << 10);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), SERVER.port()));
        socket.getOutputStream()
                .write(("GET /account/vault.zip?vault=large HTTP/1.1\r\nHost: test\r\nCookie: user_session=" + session
                                + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                .isEqualTo("HTTP/1.1 200");
        return socket;
    }

    private static Answer export(String user, String vault) {
        return Visitor.user(SERVER, user).get("/account/vault.zip?vault=" + vault);
    }

    private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                entries.put(entry.getName(), in.readAllBytes());
            }
        }
        return entries;
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
