package io.verstak.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Sha256;
import io.verstak.server.protocol.Sync;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Seven days in which a deleted vault can be restored as it was, and then nothing of it. */
class VaultDeletionTest {
    private static final MutableClock CLOCK = new MutableClock();
    private static final String PASSWORD = "password=" + TestServer.PASSWORD;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start(CLOCK, Map.of());

    private final Web web = new Web(SERVER);

    @Test
    void every_request_of_a_device_is_refused_until_the_vault_is_restored_and_then_goes_on_as_before()
            throws IOException {
        SERVER.addUser("ann");
        Visitor ann = Visitor.user(SERVER, "ann");
        try (Desktop desktop = SERVER.pair("ann", "notes");
                Desktop second = SERVER.pair("ann", "notes");
                Desktop elsewhere = SERVER.pair("ann", "other");
                Http waiting = Http.connect(SERVER.port());
                EventReader events = EventReader.open(SERVER, second.token())) {
            Sha256 blob = desktop.make(OutboxOp.note("n1", "a"))
                    .sync()
                    .blobs()
                    .upload("a.bin", "bytes".getBytes(StandardCharsets.UTF_8));
            String upload = beginUpload(desktop);
            String before = log(desktop);
            events.untilHead(1);
            int others = SERVER.waiting();
            waiting.write(Request.post(Sync.PULL, "{\"since_sequence\":1,\"wait_seconds\":25}")
                    .bearer(desktop.token())
                    .bytes());
            Blobs.until(() -> SERVER.waiting() > others);

            assertThat(delete(ann, "notes", "notes").status()).isEqualTo(303);

            refused(waiting.read());
            assertThat(events.piece()).isEmpty();
            for (Request request : requests(blob, upload)) {
                refused(SERVER.send(request.bearer(desktop.token())));
            }
            desktop.make(OutboxOp.note("n2", "kept"));
            assertThatThrownBy(desktop::sync)
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("gone"));
            assertThat(desktop.outbox()).hasSize(1);
            elsewhere.make(OutboxOp.note("e1", "goes on")).sync();
            SERVER.restart();
            refused(Sync.pull(SERVER, second, 0, 0));

            assertThat(ann.send("/dashboard", "/dashboard/vault/restore", "vault=notes")
                            .status())
                    .isEqualTo(303);

            assertThat(log(desktop)).isEqualTo(before);
            desktop.sync();
            assertThat(desktop.outbox()).isEmpty();
            assertThat(Sync.head(SERVER, second)).isEqualTo(2);
            assertThat(desktop.blobs().download(blob)).hasSize(5);
            assertThat(SERVER.send(Request.of("HEAD", upload)
                                    .with("Tus-Resumable", "1.0.0")
                                    .bearer(desktop.token()))
                            .status())
                    .isEqualTo(200);
            assertThat(web.told("ann")).startsWith("vault_restored", "vault_deletion_asked");
        }
    }

    private static List<Request> requests(Sha256 blob, String upload) {
        return List.of(
                Request.post(Sync.PUSH, "{\"ops\":[]}"),
                Request.post(Sync.PULL, "{}"),
                Request.get("/api/v1/sync/events"),
                Request.get("/api/client/me"),
                Request.get(Blobs.PATH + "/" + blob.hex()),
                Request.of("PUT", Blobs.PATH + "/" + blob.hex()),
                Request.post(Blobs.PATH + "/missing", "{\"sha256\":[]}"),
                Request.of("PATCH", upload)
                        .with("Tus-Resumable", "1.0.0")
                        .with("Upload-Offset", "0")
                        .with("Content-Type", "application/offset+octet-stream"),
                Request.of("POST", "/api/v1/uploads/")
                        .with("Tus-Resumable", "1.0.0")
                        .with("Upload-Length", "1"));
    }

    private static String beginUpload(Desktop desktop) {
        Answer begun = SERVER.send(Request.of("POST", "/api/v1/uploads/")
                .with("Tus-Resumable", "1.0.0")
                .with("Upload-Length", "10")
                .bearer(desktop.token()));
        assertThat(begun.status()).isEqualTo(201);
        return begun.header("Location").replaceFirst("^https?://[^/]+", "");
    }

    @Test
    void no_device_is_paired_with_a_deleted_vault_and_a_removed_one_begins_anew() {
        SERVER.addUser("ben");
        Visitor ben = Visitor.user(SERVER, "ben");
        try (Desktop desktop = SERVER.pair("ben", "notes")) {
            desktop.make(OutboxOp.note("n1", "a")).sync();
            String logId = log(desktop);
            delete(ben, "notes", "notes");

            assertThatThrownBy(() -> SERVER.pair("ben", "notes"))
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("gone"));
            assertThat(ben.get("/dashboard/connect").text()).doesNotContain("value=\"notes\"");
            assertThat(SERVER.send(Request.get("/api/v1/user/vaults").bearer(web.session("ben")))
                            .text())
                    .isEqualTo("[]");

            remove();

            refused401(Sync.pull(SERVER, desktop, 0, 0));
            try (Desktop again = SERVER.pair("ben", "notes")) {
                assertThat(Sync.head(SERVER, again)).isZero();
                assertThat(log(again)).isNotEqualTo(logId);
            }
        }
    }

    @Test
    void a_deletion_asks_for_the_name_and_for_the_person_and_is_harmless_when_sent_twice() {
        SERVER.addUser("cleo");
        SERVER.pair("cleo", "notes").close();
        Visitor cleo = Visitor.user(SERVER, "cleo");
        cleo.send("/dashboard", "/dashboard/vault/rename", "vault=notes", "vault_name=Mémoire");

        assertThat(delete(cleo, "notes", "memoire").status()).isEqualTo(400);
        CLOCK.advance(Duration.ofMinutes(11));
        assertThat(delete(cleo, "notes", "Mémoire").status()).isEqualTo(403);
        assertThat(delete(cleo, "notes", "Mémoire", "password=not this one").status())
                .isEqualTo(403);
        assertThat(deleteAfter("cleo")).isEqualTo("null");

        assertThat(delete(cleo, "notes", "Me\u0301moire", PASSWORD).status()).isEqualTo(303);
        String first = deleteAfter("cleo");
        CLOCK.advance(Duration.ofMinutes(1));
        assertThat(delete(cleo, "notes", "notes").status()).isEqualTo(303);

        assertThat(deleteAfter("cleo")).isEqualTo(first).isNotEqualTo("null");
        assertThat(web.told("cleo")).filteredOn("vault_deletion_asked"::equals).hasSize(1);
        assertThat(cleo.get("/dashboard").text()).contains("The vault “Mémoire” was deleted");
    }

    @Test
    void after_seven_days_nothing_is_left_but_what_other_vaults_have() {
        SERVER.addUser("dora");
        Visitor dora = Visitor.user(SERVER, "dora");
        byte[] own = "only in the deleted one".getBytes(StandardCharsets.UTF_8);
        byte[] shared = "in both".getBytes(StandardCharsets.UTF_8);
        try (Desktop doomed = SERVER.pair("dora", "doomed");
                Desktop kept = SERVER.pair("dora", "kept")) {
            doomed.make(OutboxOp.note("n1", "a")).sync();
            doomed.blobs().upload("own", own);
            doomed.blobs().upload("shared", shared);
            kept.blobs().upload("shared", shared);
            beginUpload(doomed);
            String scope = SERVER.rows("SELECT id FROM scopes WHERE vault_id = 'doomed'")
                    .get(0);
            delete(dora, "doomed", "doomed");
            assertThat(used("dora")).isEqualTo(own.length + 2L * shared.length);
            assertThat(dora.get("/dashboard").text()).contains("Until then it counts toward your storage");

            remove();

            assertThat(used("dora")).isEqualTo(shared.length);
            SERVER.cleanUp();
            CLOCK.advance(Duration.ofHours(25));
            SERVER.cleanUp();
            for (String table : List.of("devices", "chunks", "blob_refs", "blob_usage", "vault_days", "vault_ranks")) {
                assertThat(rowsOf(table, scope)).as(table).containsExactly("0");
            }
            assertThat(SERVER.rows("SELECT vault_id FROM scopes WHERE id = " + scope))
                    .isEmpty();
            assertThat(SERVER.blobs().has(Sha256.of(own))).isFalse();
            assertThat(kept.blobs().download(Sha256.of(shared))).isEqualTo(shared);
            kept.make(OutboxOp.note("k1", "goes on")).sync();
            assertThat(web.told("dora")).startsWith("vault_removed", "vault_deletion_asked");
            Visitor later = Visitor.user(SERVER, "dora");
            assertThat(later.send("/dashboard", "/dashboard/vault/restore", "vault=doomed")
                            .status())
                    .isEqualTo(404);
        }
    }

    private static List<String> rowsOf(String table, String scope) {
        boolean runs = table.equals("chunks") && TestEngine.ofServers() == TestEngine.SQLITE;
        return SERVER.rows(
                "SELECT COUNT(*) FROM " + table + " WHERE " + (runs ? "id >> 40" : "scope_id") + " = " + scope);
    }

    @Test
    void an_administrator_deletes_a_vault_and_its_owner_is_told_and_restores_it() {
        SERVER.addUser("eve");
        Visitor admin = new AdminScript(SERVER).visitor();
        Visitor eve = Visitor.user(SERVER, "eve");
        try (Desktop desktop = SERVER.pair("eve", "large")) {
            String scope = SERVER.rows("SELECT s.id FROM scopes s WHERE s.vault_id = 'large'")
                    .get(0);
            String page = "/admin/vault/" + scope;

            assertThat(admin.send(page, "/admin/vault/delete", "vault=" + scope, "typed_name=another")
                            .status())
                    .isEqualTo(400);
            assertThat(admin.send(page, "/admin/vault/delete", "vault=" + scope, "typed_name=large")
                            .status())
                    .isEqualTo(303);

            refused(Sync.pull(SERVER, desktop, 0, 0));
            assertThat(admin.get(page).text()).contains("root has deleted this vault.");
            assertThat(admin.get("/admin/vaults?q=eve").text()).contains(">deleted</span>");
            assertThat(eve.get("/dashboard").text()).contains("An administrator has deleted the vault “large”");
            assertThat(web.told("eve")).startsWith("vault_deletion_set");
            assertThat(eve.get("/account/security-log").text())
                    .contains("An administrator deleted a vault")
                    .doesNotContain("root");

            eve.send("/dashboard", "/dashboard/vault/restore", "vault=large");
            desktop.sync();

            admin.send(page, "/admin/vault/delete", "vault=" + scope, "typed_name=large");
            refused(Sync.pull(SERVER, desktop, 0, 0));
            assertThat(admin.send(page, "/admin/vault/restore", "vault=" + scope)
                            .status())
                    .isEqualTo(303);
            desktop.sync();
        }
    }

    @Test
    void nobody_deletes_or_restores_the_vault_of_another_user() {
        SERVER.addUser("finn");
        SERVER.addUser("gus");
        Visitor finn = Visitor.user(SERVER, "finn");
        SERVER.pair("finn", "own").close();
        try (Desktop desktop = SERVER.pair("gus", "of-gus")) {
            assertThat(delete(finn, "of-gus", "of-gus").status()).isEqualTo(404);
            desktop.sync();

            delete(Visitor.user(SERVER, "gus"), "of-gus", "of-gus");
            assertThat(finn.send("/dashboard", "/dashboard/vault/restore", "vault=of-gus")
                            .status())
                    .isEqualTo(404);
            refused(Sync.pull(SERVER, desktop, 0, 0));
        }
    }

    private static Answer delete(Visitor visitor, String vault, String typed, String... more) {
        String[] fields = Arrays.copyOf(more, more.length + 2);
        fields[more.length] = "vault=" + vault;
        fields[more.length + 1] = "typed_name=" + typed;
        return visitor.send("/dashboard", "/dashboard/vault/delete", fields);
    }

    /** Lets the time of all deleted vaults pass. */
    private static void remove() {
        CLOCK.advance(Duration.ofDays(7).plusSeconds(1));
        SERVER.restart();
        Blobs.until(() -> SERVER.rows("SELECT id FROM scopes WHERE delete_after IS NOT NULL")
                .isEmpty());
    }

    private static void refused(Answer answer) {
        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.code()).isEqualTo("gone");
    }

    private static void refused401(Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
    }

    private static String log(Desktop desktop) {
        return Sync.pull(SERVER, desktop, 0, 0).json().required("log_id").textValue();
    }

    private static String deleteAfter(String user) {
        return SERVER.rows("SELECT s.delete_after FROM scopes s JOIN users u ON u.id = s.user_id WHERE u.username = '"
                        + user + "'")
                .get(0);
    }

    private static long used(String user) {
        return Long.parseLong(SERVER.rows(
                        "SELECT SUM(b.bytes) FROM blob_usage b JOIN users u ON u.id = b.user_id WHERE u.username = '"
                                + user + "'")
                .get(0));
    }
}
