package io.verstak.server.http.web.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What an owner sees of the files of a vault, and what nobody else does. */
class FilesPageTest {
    private static final byte[] PICTURE = Base64.getDecoder()
            .decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann").withUser("ben");

    private final Visitor ann = Visitor.user(SERVER, "ann");

    @Test
    void a_vault_is_walked_from_folder_to_file_and_back_in_time() {
        try (Desktop desktop = SERVER.pair("ann", "walk")) {
            push(desktop, text("Work/plan.md", "create", "# Goals\nfirst & second"));
            push(desktop, text("Work/plan.md", "update", "# Goals\nonly <one>"));
            push(desktop, text("Work/old.txt", "create", "gone soon"));
            push(desktop, remove("Work/old.txt"));
        }
        assertThat(ann.get("/dashboard").text()).contains("/files?vault=walk");
        assertThat(ann.get("/files?vault=walk").text()).contains("Work").contains("/files?vault=walk&amp;path=Work\"");
        String folder = ann.get("/files?vault=walk&path=Work").text();
        assertThat(folder).contains("<title>Work – ").contains("plan.md").doesNotContain("old.txt");
        assertThat(ann.get("/files?vault=walk&path=Work&at=5").header("Location"))
                .endsWith("/files?vault=walk&path=Work");
        assertThat(ann.get("/files?vault=walk&path=Work&removed=1").text())
                .contains("old.txt")
                .contains("path=Work%2Fold.txt&amp;at=3");

        String file = ann.get("/files/file?vault=walk&path=Work/plan.md").text();
        assertThat(file)
                .contains("<p class=\"heading\" role=\"heading\" aria-level=\"3\">Goals</p>")
                .contains("only &lt;one&gt;")
                .contains("Created")
                .contains("Changed");
        assertThat(ann.get("/files/file?vault=walk&path=Work/plan.md&at=1").text())
                .contains("first &amp; second")
                .contains("after change 1");
        assertThat(ann.get("/files/raw?vault=walk&path=Work/plan.md&at=1").text())
                .isEqualTo("# Goals\nfirst & second");
        assertThat(ann.get("/files?vault=walk&path=Work&at=3").text()).contains("old.txt");
        assertThat(ann.get("/files/file?vault=walk&path=Work/old.txt").text())
                .contains("This file is not there")
                .contains("Deleted");
        assertThat(ann.get("/files/file?vault=walk&path=Work").header("Location"))
                .endsWith("/files?vault=walk&path=Work");
    }

    @Test
    void two_versions_of_a_text_stand_side_by_side() {
        try (Desktop desktop = SERVER.pair("ann", "compare")) {
            push(desktop, text("plan.md", "create", "first\n<b>one</b>\nlast"));
            push(desktop, text("plan.md", "update", "first\n<b>two</b>\nlast\nadded"));
            blob(desktop, "picture", PICTURE);
            push(desktop, text("picture", "update", "a text"));
        }
        String file = ann.get("/files/file?vault=compare&path=plan.md").text();
        String address = "/files/compare?vault=compare&path=plan.md&from=1&to=2";
        assertThat(file).contains(address.replace("&", "&amp;"));

        assertThat(ann.get(address).text())
                .contains(
                        "&lt;b&gt;<mark>one</mark>&lt;/b&gt;",
                        "&lt;b&gt;<mark>two</mark>&lt;/b&gt;",
                        "<mark>added</mark>");
        assertThat(ann.get("/files/compare?vault=compare&path=picture&from=3&to=4")
                        .text())
                .contains("cannot be shown side by side");
        assertThat(ann.get(address.replace("to=2", "to=3")).status()).isEqualTo(404);
        assertThat(ann.get(address.replace("from=1", "from=x")).status()).isEqualTo(404);
        assertThat(ann.get(address.replace("to=2", "to=9")).status()).isEqualTo(404);
        assertThat(ann.get(address.replace("to=2", "to=x")).status()).isEqualTo(404);
        assertThat(Visitor.user(SERVER, "ben").get(address).status()).isEqualTo(404);
    }

    @Test
    void versions_before_and_after_a_move_are_compared() {
        try (Desktop desktop = SERVER.pair("ann", "moved")) {
            push(desktop, text("a.md", "create", "old text"));
            String move = "{\"fromPath\":\"a.md\",\"toPath\":\"b.md\"}";
            push(desktop, remove("a.md").ofType("move").withPayload(move));
            push(desktop, text("b.md", "update", "new text"));
        }
        String address = "/files/compare?vault=moved&path=b.md&from=2&to=3";
        assertThat(ann.get("/files/file?vault=moved&path=b.md").text()).contains(address.replace("&", "&amp;"));
        for (String from : new String[] {"from=2", "from=1", "from=0"}) {
            assertThat(ann.get(address.replace("from=2", from)).text())
                    .contains("<mark>old</mark> text", "<mark>new</mark> text");
        }
        assertThat(ann.get(address.replace("from=2", "from=1")).text())
                .contains("/files/raw?vault=moved&amp;path=a.md&amp;at=1\"")
                .contains("/files/raw?vault=moved&amp;path=b.md&amp;at=3\"");
    }

    @Test
    void a_version_whose_bytes_are_lost_is_not_compared() {
        Sha256 lost;
        try (Desktop desktop = SERVER.pair("ann", "lost-version")) {
            lost = blob(desktop, "a.txt", bytes("soon lost"));
            push(desktop, text("a.txt", "update", "still there"));
        }
        LOG.expectError("damaged or missing");
        SERVER.blobs().delete(lost);
        assertThat(ann.get("/files/compare?vault=lost-version&path=a.txt&from=1&to=2")
                        .text())
                .contains("cannot be shown side by side");
    }

    @Test
    void a_vault_without_a_name_can_be_called_as_its_newest_deal() {
        try (Desktop desktop = SERVER.pair("ann", "unnamed")) {
            push(desktop, text("Letters/a.md", "create", "x"));
            assertThat(ann.get("/files?vault=unnamed").text()).contains("Call it “Letters”?");
            push(desktop, deal("w1", "Roof"));
            push(desktop, deal("w2", "Garden"));
        }
        assertThat(ann.get("/files?vault=unnamed").text()).contains("Call it “Garden”?");
        assertThat(ann.get("/files?vault=unnamed&path=Letters").text()).doesNotContain("Call it");

        ann.send("/files?vault=unnamed", "/dashboard/vault/rename", "vault=unnamed", "vault_name=Garden");

        assertThat(ann.get("/files?vault=unnamed").text()).contains("Garden").doesNotContain("Call it");
    }

    @Test
    void a_search_finds_files_by_a_part_of_their_names() {
        try (Desktop desktop = SERVER.pair("ann", "search")) {
            push(desktop, text("Дом/Счета 2026.md", "create", "x"));
            push(desktop, text("other.md", "create", "x"));
        }
        String found = ann.get("/files?vault=search&q=" + encoded("счета")).text();
        assertThat(found).contains("Дом/Счета 2026.md").doesNotContain("other.md");
        assertThat(ann.get("/files?vault=search&q=nothing").text()).contains("No name contains this text.");
    }

    @Test
    void a_time_leads_to_the_moment_before_it() {
        try (Desktop desktop = SERVER.pair("ann", "time")) {
            push(desktop, text("a.md", "create", "x"));
        }
        assertThat(ann.get("/files?vault=time&when=2020-01-01T00:00").header("Location"))
                .endsWith("/files?vault=time&at=0");
        assertThat(ann.get("/files?vault=time&when=2999-01-01T00:00").header("Location"))
                .endsWith("/files?vault=time&at=1");
        assertThat(ann.get("/files?vault=time&when=2026-11-22T12:59&offset=180").header("Location"))
                .endsWith("/files?vault=time&at=0");
        assertThat(ann.get("/files?vault=time&when=2026-11-22T13:01&offset=180").header("Location"))
                .endsWith("/files?vault=time&at=1");
        assertThat(ann.get("/files?vault=time&when=2026-11-22T13:01&offset=9999999999")
                        .status())
                .isEqualTo(400);
        assertThat(ann.get("/files?vault=time&at=0").text()).contains("This folder is empty");
        assertThat(ann.get("/files?vault=time&when=yesterday").status()).isEqualTo(400);
    }

    @Test
    void a_picture_is_shown_by_its_bytes_and_everything_else_is_saved() {
        String script = "<script>alert(1)</script>";
        try (Desktop desktop = SERVER.pair("ann", "blobs")) {
            blob(desktop, "real.txt", PICTURE);
            blob(desktop, "false.png", bytes("<svg xmlns='http://www.w3.org/2000/svg'>" + script + "</svg>\0"));
            blob(desktop, "doc.bin", bytes("%PDF-1.7\n\0"));
            push(desktop, text("page.html", "create", "<html>" + script));
        }
        assertThat(ann.get("/files/file?vault=blobs&path=real.txt").text()).contains("<img src=\"/files/raw?");
        Answer picture = ann.get("/files/raw?vault=blobs&path=real.txt&show=1");
        assertThat(picture.header("Content-Type")).isEqualTo("image/png");
        assertThat(picture.body()).isEqualTo(PICTURE);
        for (String path : new String[] {"false.png", "page.html", "doc.bin", "real.txt"}) {
            Answer saved = ann.get("/files/raw?vault=blobs&path=" + path);
            assertThat(saved.header("Content-Type")).isEqualTo("application/octet-stream");
            assertThat(saved.header("Content-Disposition")).isEqualTo("attachment; filename=\"" + path + '"');
            assertThat(saved.header("Content-Security-Policy")).contains("default-src 'none'");
            assertThat(saved.header("X-Content-Type-Options")).isEqualTo("nosniff");
        }
        for (String path : new String[] {"false.png", "page.html"}) {
            assertThat(ann.get("/files/raw?vault=blobs&show=1&path=" + path).header("Content-Disposition"))
                    .startsWith("attachment");
            assertThat(ann.get("/files/file?vault=blobs&path=" + path).text()).doesNotContain(script);
        }
        assertThat(ann.get("/files/raw?vault=blobs&show=1&path=doc.bin").header("Content-Type"))
                .isEqualTo("application/pdf");
        assertThat(ann.get("/files/file?vault=blobs&path=doc.bin").text()).contains("Open the PDF");
    }

    @Test
    void a_file_whose_bytes_are_lost_says_so() {
        Sha256 lost;
        try (Desktop desktop = SERVER.pair("ann", "lost")) {
            lost = blob(desktop, "lost.bin", bytes("soon gone"));
        }
        LOG.expectError("damaged or missing");
        SERVER.blobs().delete(lost);
        assertThat(ann.get("/files/file?vault=lost&path=lost.bin").text()).contains("lost this file’s content");
        assertThat(ann.get("/files/raw?vault=lost&path=lost.bin").status()).isEqualTo(500);
    }

    @Test
    void names_are_text_wherever_they_stand() {
        String name = "<b>&\"' #%+?=é е\u0308.md";
        try (Desktop desktop = SERVER.pair("ann", "names")) {
            push(desktop, text(name, "create", "x"));
        }
        assertThat(ann.get("/files?vault=names").text())
                .doesNotContain("<b>")
                .contains("path=" + encoded(name))
                .contains("&lt;b&gt;");
        Answer raw = ann.get("/files/raw?vault=names&path=" + encoded(name));
        assertThat(raw.text()).isEqualTo("x");
        assertThat(raw.header("Content-Disposition"))
                .isEqualTo("attachment; filename=\"<b>&_' #_+?=_ __.md\"; filename*=UTF-8''"
                        + encoded(name)
                                .replace("+", "%20")
                                .replace("%26", "&")
                                .replace("%2B", "+")
                                .replace("%23", "#")
                                .replace("%20", "%20"));
    }

    @Test
    void a_server_without_pages_of_files_has_no_index_and_makes_it_when_they_are_back() {
        try (Desktop desktop = SERVER.pair("ann", "off")) {
            push(desktop, text("a.md", "create", "x"));
            assertThat(ann.get("/files?vault=off").text()).contains("a.md");

            SERVER.restart(Map.of("web.files", "false"));

            assertThat(SERVER.data().resolve("files.db")).doesNotExist();
            for (String path :
                    new String[] {"/files?vault=off", "/files/file?vault=off&path=a.md", "/api/v1/vaults/off/files"}) {
                assertThat(ann.get(path).status()).as(path).isEqualTo(404);
            }
            assertThat(ann.get("/dashboard").text()).doesNotContain("/files?vault=off");
            push(desktop, text("b.md", "create", "x"));

            SERVER.restart(Map.of("web.files", "true"));

            assertThat(ann.get("/files?vault=off").text()).contains("a.md", "b.md");
        }
    }

    @Test
    void nobody_else_sees_a_vault() {
        try (Desktop desktop = SERVER.pair("ann", "private")) {
            push(desktop, text("a.md", "create", "x"));
        }
        Visitor ben = Visitor.user(SERVER, "ben");
        for (String page : new String[] {"/files?", "/files/file?path=a.md&", "/files/raw?path=a.md&"}) {
            assertThat(ann.get(page + "vault=private").status()).isEqualTo(200);
            assertThat(ben.get(page + "vault=private").status()).isEqualTo(404);
            assertThat(new Visitor(SERVER).get(page + "vault=private").header("Location"))
                    .contains("/login");
            assertThat(ann.get(page + "vault=never").status()).isEqualTo(404);
        }
    }

    private static OutboxOp text(String path, String opType, String content) {
        return OutboxOp.note(path, content)
                .on("file", path)
                .ofType(opType)
                .withPayload("{\"path\":%s,\"content\":%s}".formatted(json(path), json(content)));
    }

    private static OutboxOp deal(String id, String name) {
        return OutboxOp.note(id, "")
                .on("workspace", id)
                .ofType("create")
                .withPayload("{\"workspaceId\":\"%s\",\"path\":\"%s\",\"name\":\"%s\"}".formatted(id, name, name));
    }

    private static OutboxOp remove(String path) {
        return OutboxOp.note(path, "").on("file", path).ofType("delete").withPayload("{\"path\":" + json(path) + "}");
    }

    private static Sha256 blob(Desktop desktop, String path, byte[] content) {
        Sha256 sha256 = desktop.blobs().upload(path, content);
        push(
                desktop,
                OutboxOp.note(path, "")
                        .on("file", path)
                        .ofType("create")
                        .withPayload("{\"path\":%s,\"blob\":{\"sha256\":\"%s\",\"size\":%s}}"
                                .formatted(json(path), sha256, content.length)));
        return sha256;
    }

    private static void push(Desktop desktop, OutboxOp op) {
        desktop.make(op).push();
    }

    private static String json(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
