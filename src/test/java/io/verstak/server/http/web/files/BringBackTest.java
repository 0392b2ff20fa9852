package io.verstak.server.http.web.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.desktop.PlainEntry;
import io.verstak.server.testkit.desktop.StrictDesktop;
import io.verstak.server.testkit.desktop.TeamYear;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Files that come back by ops which a shipped desktop applies without a conflict. */
class BringBackTest {
    private static final byte[] PICTURE = {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff};

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann").withUser("ben");

    private final Visitor ann = Visitor.user(SERVER, "ann");

    @Test
    void a_deleted_file_an_earlier_version_and_a_folder_come_back() {
        try (StrictDesktop desktop = pair("back")) {
            desktop.write("Work/plan.md", "one")
                    .write("Work/plan.md", "two")
                    .write("Work/deep/picture.png", PICTURE)
                    .write("other.md", "stays")
                    .deleteAtOnce("Work")
                    .push();

            assertThat(ann.get("/files?vault=back&removed=1").text())
                    .contains("/files/bring-back?vault=back&amp;path=Work&amp;at=6");
            assertThat(ann.get("/files/bring-back?vault=back&path=Work&at=6").text())
                    .contains("2 files come back.");
            Answer done = bringBack("back", "Work", 6);
            assertThat(done.status()).isEqualTo(303);
            assertThat(done.header("Location")).endsWith("/files?vault=back");
            assertThat(ann.get("/files/raw?vault=back&path=Work/plan.md").text())
                    .isEqualTo("two");

            bringBack("back", "Work/plan.md", 2);
            assertThat(ann.get("/files/raw?vault=back&path=Work/plan.md").text())
                    .isEqualTo("one");
            assertThat(ann.get("/files/file?vault=back&path=Work/plan.md").text())
                    .contains("<div>Web</div>");

            assertThat(applied(desktop, "back"))
                    .containsOnlyKeys("Work", "Work/deep", "Work/plan.md", "Work/deep/picture.png", "other.md")
                    .containsEntry("Work/plan.md", file("one"))
                    .containsEntry("Work/deep/picture.png", file(PICTURE));
        }
    }

    @Test
    void the_year_of_a_team_comes_back_from_any_moment_without_a_conflict() {
        try (TeamYear team = TeamYear.of(SERVER, "ann", "year").work(12, 12)) {
            StrictDesktop desktop = team.oracle();
            List<PulledOp> log = desktop.log();
            long head = log.get(log.size() - 1).serverSequence();
            // A busy machine may read a year for longer than a page waits.
            Await.until(() -> !ann.get("/files?vault=year").text().contains("id=\"reading\""));
            for (long moment = head / 4; moment < head; moment += head / 4) {
                assertThat(bringBack("year", "", moment).status()).isEqualTo(303);
                Map<String, PlainEntry> now = desktop.pull().entries();
                // What lies in a Deal that is in the trash stays there, and what has a folder in its place.
                assertThat(desktop.filesAt(moment))
                        .allSatisfy((path, content) -> assertThat(now.getOrDefault(path, file(content)))
                                .isIn(file(content), new PlainEntry(null, "")));
            }
            applied(desktop, "year");
        }
    }

    @Test
    void files_from_the_browser_are_added_as_a_desktop_would_and_replace_only_when_told() {
        byte[] large = Blobs.bytes(300_000, 7);
        try (StrictDesktop desktop = pair("add")) {
            desktop.makeFolder("Work").push();

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
            byte[] other = {0, 1};
            upload("add", "Work", "note.md", other, "&keep=1");
            upload("add", "Work", "note.md", large, "&keep=1");
            upload("add", "Work", "new.bin", other, "&keep=1");
            assertThat(upload("add", "Work", "nul", large, "").status()).isEqualTo(400);
            assertThat(upload("add", "Nowhere", "a.md", large, "").status()).isEqualTo(404);
            assertThat(upload("add", "Work", "", large, "").status()).isEqualTo(400);

            assertThat(applied(desktop, "add"))
                    .containsOnlyKeys(
                            "Work",
                            "Work/note.md",
                            "Work/note (2).md",
                            "Work/note (3).md",
                            "Work/new.bin",
                            "Work/picture.png",
                            "zero.bin")
                    .containsEntry("Work/note.md", file(large))
                    .containsEntry("Work/note (2).md", file(other))
                    .containsEntry("Work/note (3).md", file(large))
                    .containsEntry("Work/new.bin", file(other))
                    .containsEntry("Work/picture.png", file(large))
                    .containsEntry("zero.bin", file(new byte[] {0}));
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
        try (StrictDesktop desktop = pair("twice")) {
            desktop.write("a.md", "one").delete("a.md").push();
            bringBack("twice", "a.md", 1);
            bringBack("twice", "a.md", 1);
            assertThat(desktop.pull().wire().ofOthers()).hasSize(1);
            assertThat(ann.get("/files/bring-back?vault=twice&path=a.md&at=1").text())
                    .contains("Nothing has to be brought back");
        }
    }

    @Test
    void a_deal_comes_back_from_the_trash_with_what_was_in_it_at_that_time() {
        try (StrictDesktop desktop = pair("deal")) {
            String deal = desktop.createDeal("Kitchen");
            desktop.write("Kitchen/plan.md", "tiles")
                    .write("Kitchen/old.md", "x")
                    .push();
            desktop.write("Kitchen/plan.md", "later")
                    .delete("Kitchen/old.md")
                    .trashDeal(deal)
                    .push();

            assertThat(ann.get("/files/bring-back?vault=deal&at=3&path=Kitchen/plan.md")
                            .text())
                    .contains("The Deal Kitchen comes back from the trash");
            bringBack("deal", "Kitchen", 3);

            assertThat(desktop.pull().deals()).containsEntry(deal, "Kitchen");
            assertThat(applied(desktop, "deal"))
                    .containsEntry("Kitchen/plan.md", file("tiles"))
                    .containsEntry("Kitchen/old.md", file("x"));
            desktop.write("Kitchen/plan.md", "goes on").renameDeal(deal, "Bath").push();
            assertThat(ann.get("/files/file?vault=deal&path=Bath/plan.md").text())
                    .contains("goes on");
        }
    }

    @Test
    void a_deal_that_has_another_name_since_is_not_made_twice() {
        try (StrictDesktop desktop = pair("renamed")) {
            String deal = desktop.createDeal("Kitchen");
            desktop.write("Kitchen/plan.md", "tiles")
                    .trashDeal(deal)
                    .restoreDeal(deal, "Bath")
                    .push();

            assertThat(ann.get("/files/bring-back?vault=renamed&at=2&path=Kitchen")
                            .text())
                    .contains("Kitchen: the Deal has another name now");
            bringBack("renamed", "Kitchen", 2);

            assertThat(desktop.pull().wire().ofOthers()).isEmpty();
        }
    }

    @Test
    void what_cannot_come_back_is_named_and_the_rest_comes() {
        try (StrictDesktop desktop = pair("left")) {
            desktop.write("F/kept.md", "x")
                    .write("F/lost.bin", PICTURE)
                    .write("F/folder", "x")
                    .deleteAtOnce("F")
                    .makeFolder("F/folder")
                    .push();
            SERVER.execute("DELETE FROM blob_refs WHERE sha256 = '" + Sha256.of(PICTURE)
                    + "' AND scope_id = (SELECT id FROM scopes WHERE vault_id = 'left')");

            assertThat(ann.get("/files/bring-back?vault=left&path=F&at=4").text())
                    .contains("F/folder: something else has this name now")
                    .contains("F/lost.bin: the server has lost the content");
            bringBack("left", "F", 4);
            assertThat(desktop.sync().entries()).containsOnlyKeys("F", "F/kept.md", "F/folder");
        }
    }

    @Test
    void a_note_is_added_and_replaces_only_what_it_is_told_to() {
        try (StrictDesktop desktop = pair("note")) {
            desktop.write("a.md", "one").push();
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
            assertThat(applied(desktop, "note"))
                    .containsEntry("a.md", file("new"))
                    .containsEntry("b.md", file("line 1\nline 2"));
            for (String bad : new String[] {"../x", "a/b", "con", "x.", " ", "a:b", "n".repeat(256)}) {
                assertThat(note("note", "", bad, "x", "").status()).as(bad).isEqualTo(400);
            }
        }
    }

    @Test
    void the_device_of_the_pages_is_one_like_others_but_nothing_waits_for_it() {
        try (StrictDesktop desktop = pair("device")) {
            desktop.write("a.md", "one").push();
            note("device", "", "b.md", "x", "");
            desktop.write("c.md", "one").push();
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

    private static StrictDesktop pair(String vault) {
        return StrictDesktop.pair(SERVER, "ann", vault);
    }

    /** What a desktop has that has applied the ops of others on top of its own, which is what one has that begins now. */
    private static Map<String, PlainEntry> applied(StrictDesktop desktop, String vault) {
        try (StrictDesktop fresh = pair(vault)) {
            assertThat(fresh.sync().entries()).isEqualTo(desktop.sync().entries());
        }
        return desktop.entries();
    }

    private static PlainEntry file(byte[] content) {
        return new PlainEntry(content, "");
    }

    private static PlainEntry file(String text) {
        return file(text.getBytes(StandardCharsets.UTF_8));
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
}
