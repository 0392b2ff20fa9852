package io.verstak.server.http.web.files;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files that come back by ops which a shipped desktop applies without a conflict. */
class BringBackTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann").withUser("ben");

    private final Visitor ann = Visitor.user(SERVER, "ann");

    @Test
    void a_deleted_file_an_earlier_version_and_a_folder_come_back() {
        try (Desktop desktop = SERVER.pair("ann", "back")) {
            text(desktop, "Work/plan.md", "create", "one");
            text(desktop, "Work/plan.md", "update", "two");
            Sha256 picture = blob(desktop, "Work/deep/picture.png");
            text(desktop, "other.md", "create", "stays");
            push(desktop, "folder", "Work", "delete", "{\"path\":\"Work\"}");

            assertThat(ann.get("/files?vault=back&removed=1").text())
                    .contains("/files/bring-back?vault=back&amp;path=Work&amp;at=4");
            assertThat(ann.get("/files/bring-back?vault=back&path=Work&at=4").text())
                    .contains("2 files come back.");
            Answer done = bringBack("back", "Work", 4);
            assertThat(done.status()).isEqualTo(303);
            assertThat(done.header("Location")).endsWith("/files?vault=back");
            assertThat(ann.get("/files/raw?vault=back&path=Work/plan.md").text())
                    .isEqualTo("two");

            bringBack("back", "Work/plan.md", 1);
            assertThat(ann.get("/files/raw?vault=back&path=Work/plan.md").text())
                    .isEqualTo("one");
            assertThat(ann.get("/files/file?vault=back&path=Work/plan.md").text())
                    .contains("<div>Web</div>");

            Map<String, String> files = applied(desktop);
            assertThat(files)
                    .containsEntry("Work", "")
                    .containsEntry("Work/deep", "")
                    .containsEntry("Work/plan.md", "one")
                    .containsEntry("Work/deep/picture.png", picture.hex())
                    .containsEntry("other.md", "stays")
                    .hasSize(5);
        }
    }

    @Test
    void files_from_the_browser_are_added_as_a_desktop_would_and_replace_only_when_told() {
        byte[] large = Blobs.bytes(300_000, 7);
        try (Desktop desktop = SERVER.pair("ann", "add")) {
            push(desktop, "folder", "Work", "create", "{\"path\":\"Work\"}");

            assertThat(upload("add", "Work", "note.md", "\u043f\u043b\u0430\u043d".getBytes(StandardCharsets.UTF_8), "")
                            .header("Location"))
                    .endsWith("/files?vault=add&path=Work");
            upload("add", "Work", "picture.png", large, "");
            upload("add", "", "C:\\\\pictures\\\\zero.bin", new byte[] {0}, "");
            Answer taken = upload("add", "Work", "note.md", large, "");
            assertThat(taken.status()).isEqualTo(409);
            assertThat(taken.text()).contains("formaction=");
            assertThat(upload("add", "Work", "note.md", large, "&replace=1").status())
                    .isEqualTo(303);
            assertThat(upload("add", "Work", "nul", large, "").status()).isEqualTo(400);
            assertThat(upload("add", "Nowhere", "a.md", large, "").status()).isEqualTo(404);
            assertThat(upload("add", "Work", "", large, "").status()).isEqualTo(400);

            assertThat(applied(desktop))
                    .containsEntry("Work/note.md", Sha256.of(large).hex())
                    .containsEntry("Work/picture.png", Sha256.of(large).hex())
                    .containsEntry("zero.bin", Sha256.of(new byte[] {0}).hex())
                    .hasSize(4);
            assertThat(ann.get("/files/raw?vault=add&path=Work/picture.png").body())
                    .isEqualTo(large);
            assertThat(ann.post(multipart("/files/upload?vault=add&path=Work", "b.md", large))
                            .status())
                    .isEqualTo(403);
            assertThat(Visitor.user(SERVER, "ben")
                            .get("/files/upload?vault=add")
                            .status())
                    .isEqualTo(404);
        }
    }

    private Answer upload(String vault, String folder, String name, byte[] content, String more) {
        String page = "/files/upload?vault=" + vault + "&path=" + folder;
        Matcher token = Pattern.compile("csrf_token=([0-9a-f]{64})")
                .matcher(ann.get(page).text());
        assertThat(token.find()).isTrue();
        return ann.post(multipart(page + "&csrf_token=" + token.group(1) + more, name, content));
    }

    private static Request multipart(String address, String name, byte[] content) {
        Buffer body = Buffer.buffer("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + name
                        + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
                .appendBytes(content)
                .appendString("\r\n--b--\r\n");
        return Request.post(address, body.getBytes()).with("Content-Type", "multipart/form-data; boundary=b");
    }

    @Test
    void a_form_that_is_sent_twice_brings_back_once() {
        try (Desktop desktop = SERVER.pair("ann", "twice")) {
            text(desktop, "a.md", "create", "one");
            push(desktop, "file", "a.md", "delete", "{\"path\":\"a.md\"}");
            bringBack("twice", "a.md", 1);
            bringBack("twice", "a.md", 1);
            assertThat(desktop.pull().ofOthers()).hasSize(1);
            assertThat(ann.get("/files/bring-back?vault=twice&path=a.md&at=1").text())
                    .contains("Nothing has to be brought back");
        }
    }

    @Test
    void a_deal_in_the_trash_is_left_to_the_desktops() {
        try (Desktop desktop = SERVER.pair("ann", "deal")) {
            String deal =
                    "{\"workspaceId\":\"w1\",\"path\":\"Kitchen\",\"name\":\"Kitchen\",\"metadata\":{\"colour\":\"red\"}}";
            push(desktop, "workspace", "w1", "create", deal);
            text(desktop, "Kitchen/plan.md", "create", "tiles");
            push(desktop, "workspace", "w1", "trash", deal);
            for (String path : new String[] {"Kitchen", "Kitchen/plan.md", ""}) {
                assertThat(ann.get("/files/bring-back?vault=deal&at=2&path=" + path)
                                .text())
                        .contains("Kitchen: the Deal is in the trash");
                bringBack("deal", path, 2);
            }
            assertThat(desktop.pull().ofOthers()).isEmpty();

            push(desktop, "workspace", "w1", "restore", deal);
            text(desktop, "Kitchen/plan.md", "update", "lost");
            bringBack("deal", "Kitchen/plan.md", 2);
            assertThat(ann.get("/files/raw?vault=deal&path=Kitchen/plan.md").text())
                    .isEqualTo("tiles");
        }
    }

    @Test
    void what_cannot_come_back_is_named_and_the_rest_comes() {
        try (Desktop desktop = SERVER.pair("ann", "left")) {
            text(desktop, "F/kept.md", "create", "x");
            Sha256 lost = blob(desktop, "F/lost.bin");
            text(desktop, "F/folder", "create", "x");
            push(desktop, "folder", "F", "delete", "{\"path\":\"F\"}");
            push(desktop, "folder", "F/folder", "create", "{\"path\":\"F/folder\"}");
            SERVER.execute("DELETE FROM blob_refs WHERE sha256 = '" + lost + "'");

            assertThat(ann.get("/files/bring-back?vault=left&path=F&at=3").text())
                    .contains("F/folder: something else has this name now")
                    .contains("F/lost.bin: the server has lost the content");
            bringBack("left", "F", 3);
            assertThat(applied(desktop)).containsOnlyKeys("F/kept.md", "F/folder");
        }
    }

    @Test
    void a_note_is_added_and_replaces_only_what_it_is_told_to() {
        try (Desktop desktop = SERVER.pair("ann", "note")) {
            text(desktop, "a.md", "create", "one");
            assertThat(note("note", "", "b.md", "line 1\r\nline 2", "").status())
                    .isEqualTo(303);
            assertThat(ann.get("/files/raw?vault=note&path=b.md").text()).isEqualTo("line 1\nline 2");
            Answer taken = note("note", "", "a.md", "new", "");
            assertThat(taken.status()).isEqualTo(409);
            assertThat(taken.text()).contains("Choose another name").contains(">new</textarea>");
            for (String folder : new String[] {"..", "none", "a.md", "/"}) {
                assertThat(note("note", folder, "c.md", "x", "").status())
                        .as(folder)
                        .isEqualTo(404);
            }
            assertThat(note("note", "", "a.md", "new", "1").status()).isEqualTo(303);
            assertThat(applied(desktop)).containsEntry("a.md", "new").containsEntry("b.md", "line 1\nline 2");
            for (String bad : new String[] {"../x", "a/b", "con", "x.", " ", "a:b", "n".repeat(256)}) {
                assertThat(note("note", "", bad, "x", "").status()).as(bad).isEqualTo(400);
            }
        }
    }

    @Test
    void the_device_of_the_pages_is_one_like_others_but_nothing_waits_for_it() {
        try (Desktop desktop = SERVER.pair("ann", "device")) {
            text(desktop, "a.md", "create", "one");
            note("device", "", "b.md", "x", "");
            text(desktop, "c.md", "create", "one");
            String dashboard = ann.get("/dashboard").text();
            assertThat(dashboard).contains("<strong>Web</strong>");
            List<String> web = SERVER.rows("SELECT id FROM devices WHERE name = 'Web' AND scope_id ="
                    + " (SELECT id FROM scopes WHERE vault_id = 'device')");
            assertThat(web).hasSize(1);
            ann.send("/dashboard", "/dashboard/revoke", "device=" + web.get(0), "password=" + TestServer.PASSWORD);
            note("device", "", "d.md", "x", "");
            assertThat(SERVER.rows("SELECT count(*) FROM devices WHERE name = 'Web' AND scope_id ="
                            + " (SELECT id FROM scopes WHERE vault_id = 'device')"))
                    .containsExactly("2");
        }
    }

    @Test
    void nobody_else_changes_a_vault() {
        SERVER.pair("ann", "mine").close();
        Visitor ben = Visitor.user(SERVER, "ben");
        SERVER.pair("ben", "his").close();
        assertThat(ben.get("/files/note?vault=mine").status()).isEqualTo(404);
        assertThat(ben.send("/files/note?vault=his", "/files/note", "vault=mine", "path=", "name=x", "text=x")
                        .status())
                .isEqualTo(404);
    }

    /** Applies the ops of others as strictly as a shipped desktop, on top of its own. */
    private static Map<String, String> applied(Desktop desktop) {
        Map<String, String> files = new TreeMap<>();
        for (PulledOp op : desktop.pull().applied()) {
            JsonNode payload = json(op.payloadJson());
            String path = payload.path("path").asText();
            switch (op.entityType() + " " + op.opType()) {
                case "file create" -> {
                    assertThat(files).as("a create meets a file").doesNotContainKey(path);
                    files.put(path, content(payload));
                }
                case "file update" -> {
                    assertThat(files).as("an update finds a file").containsKey(path);
                    files.put(path, content(payload));
                }
                case "folder create" -> files.put(path, "");
                default -> files.keySet().removeIf(each -> each.equals(path) || each.startsWith(path + "/"));
            }
        }
        return files;
    }

    private static String content(JsonNode payload) {
        return payload.has("blob")
                ? payload.path("blob").path("sha256").asText()
                : payload.path("content").asText();
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    private Answer bringBack(String vault, String path, long at) {
        return ann.send("/files?vault=" + vault, "/files/bring-back", "vault=" + vault, "path=" + path, "at=" + at);
    }

    private Answer note(String vault, String folder, String name, String text, String replace) {
        return ann.send(
                "/files/note?vault=" + vault,
                "/files/note",
                "vault=" + vault,
                "path=" + folder,
                "name=" + name,
                "text=" + text,
                replace.isEmpty() ? "other=" : "replace=1");
    }

    private static Sha256 blob(Desktop desktop, String path) {
        byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        Sha256 sha256 = desktop.blobs().upload(path, bytes);
        push(
                desktop,
                "file",
                path,
                "create",
                "{\"path\":\"%s\",\"blob\":{\"sha256\":\"%s\",\"size\":%s}}".formatted(path, sha256, bytes.length));
        return sha256;
    }

    private static void text(Desktop desktop, String path, String opType, String content) {
        push(desktop, "file", path, opType, "{\"path\":\"%s\",\"content\":\"%s\"}".formatted(path, content));
    }

    private static void push(Desktop desktop, String type, String id, String opType, String payload) {
        desktop.make(OutboxOp.note(id, "").on(type, id).ofType(opType).withPayload(payload))
                .push();
    }
}
