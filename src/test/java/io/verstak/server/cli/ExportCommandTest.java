package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.Main;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code verstak-server export}, as an administrator types it. */
class ExportCommandTest {
    private static final byte[] PICTURE = Blobs.bytes(600_000, 3);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @TempDir
    Path folder;

    @Test
    void a_vault_becomes_plain_files_now_and_as_it_was_beside_a_running_server() throws IOException {
        try (Desktop desktop = SERVER.pair("alice", "notes/2026")) {
            text(desktop, "Work/plan.md", "create", "one");
            text(desktop, "Work/plan.md", "update", "two");
            Sha256 picture = desktop.blobs().upload("p", PICTURE);
            blob(desktop, "Work/deep/p.png", picture, PICTURE.length);
            push(desktop, "Work/plan.md", "delete", "{\"path\":\"Work/plan.md\"}");

            CommandLineRun now = export("now", "alice/notes/2026");
            CommandLineRun before = export("before", "alice@example.org/notes/2026", "--at", "1");

            assertThat(now.exit()).as(now.err()).isZero();
            assertThat(now.out()).contains("1 file in 2 folders, 600000 bytes, as they were after change 4.");
            assertThat(folder.resolve("now/Work/deep/p.png")).hasBinaryContent(PICTURE);
            assertThat(folder.resolve("now/Work/plan.md")).doesNotExist();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("now"))))
                    .isEqualTo("rwx------");
            assertThat(before.exit()).isZero();
            assertThat(folder.resolve("before/Work/plan.md")).hasContent("one");
            assertThat(Files.getLastModifiedTime(folder.resolve("before/Work/plan.md"))
                            .toInstant())
                    .hasToString("2026-11-22T10:00:00.123Z");
            assertThat(export("empty", "alice/notes/2026", "--at", "2020-01-01T00:00:00Z")
                            .out())
                    .contains("after change 0");
            SERVER.whileStopped(data -> assertThat(export("stopped", "alice/notes/2026", "--json")
                            .json()
                            .required("files")
                            .intValue())
                    .isEqualTo(1));
        }
    }

    @Test
    void what_cannot_be_written_is_named_and_the_rest_is_there() throws IOException {
        try (Desktop desktop = SERVER.pair("alice", "odd")) {
            Sha256 lost = desktop.blobs().upload("p", PICTURE);
            blob(desktop, "lost.bin", lost, PICTURE.length);
            byte[] text = "a text of some length".getBytes(StandardCharsets.UTF_8);
            byte[] other = "another text".getBytes(StandardCharsets.UTF_8);
            Sha256 cut = desktop.blobs().upload("c", text);
            blob(desktop, "cut.bin", cut, text.length);
            Sha256 rotten = desktop.blobs().upload("r", other);
            blob(desktop, "rotten.bin", rotten, other.length);
            text(desktop, "..\\\\..\\\\outside.md", "create", "x");
            text(desktop, "L".repeat(300) + ".md", "create", "x");
            text(desktop, "F".repeat(300) + "/in.md", "create", "x");
            text(desktop, "P\\u001b[31m" + "p".repeat(300), "create", "x");
            text(desktop, "good.md", "create", "x");
            LOG.expectError("damaged or missing");
            SERVER.blobs().delete(lost);
            SERVER.blobs().replace(cut, Arrays.copyOf(text, 5));
            SERVER.blobs().rot(rotten, "another_text".getBytes(StandardCharsets.UTF_8));

            CommandLineRun odd = export("odd", "alice/odd");

            assertThat(odd.exit()).isEqualTo(3);
            assertThat(odd.err())
                    .contains(
                            "LEFT OUT lost.bin",
                            "LEFT OUT cut.bin",
                            "LEFT OUT rotten.bin",
                            "LEFT OUT LLL",
                            "/in.md",
                            "LEFT OUT P?[31mppp");
            assertThat(folder.resolve("odd/good.md")).hasContent("x");
            assertThat(folder.resolve("odd/..%5C..%5Coutside.md")).hasContent("x");
            assertThat(folder.resolve("odd/verstak-remarks.txt"))
                    .content(StandardCharsets.UTF_8)
                    .contains("lost.bin", "cut.bin", "rotten.bin");
            assertThat(folder.resolve("odd/cut.bin")).doesNotExist();
            assertThat(folder.resolve("odd/rotten.bin")).doesNotExist();
            assertThat(folder.resolveSibling("outside.md")).doesNotExist();
        }
    }

    @Test
    void an_index_is_made_again_beside_a_running_server() {
        try (Desktop desktop = SERVER.pair("alice", "again")) {
            text(desktop, "a.md", "create", "x");
            Visitor alice = Visitor.user(SERVER, "alice");
            assertThat(alice.get("/files?vault=again").text()).contains("a.md");

            assertThat(run("reindex", "--data", SERVER.data().toString(), "--vault", "alice/again")
                            .out())
                    .contains("The index of 1 vault is made again.");
            assertThat(alice.get("/files?vault=again").text()).contains("a.md");
            text(desktop, "b.md", "create", "x");
            assertThat(alice.get("/files?vault=again").text()).contains("b.md");
            assertThat(run("reindex", "--data", SERVER.data().toString()).exit())
                    .isZero();
            assertThat(alice.get("/files?vault=again&at=1").text())
                    .contains("a.md")
                    .doesNotContain("b.md");
            assertThat(run("reindex", "--data", SERVER.data().toString(), "--vault", "alice")
                            .exit())
                    .isEqualTo(2);
        }
    }

    private static CommandLineRun run(String... arguments) {
        return CommandLineRun.of(Main.commandLine(), arguments);
    }

    @Test
    void a_mistake_is_told_before_anything_is_written() throws IOException {
        SERVER.pair("alice", "there").close();
        Files.createDirectories(folder.resolve("full"));
        Files.writeString(folder.resolve("full/mine.txt"), "mine");

        assertThat(export("full", "alice/there").err()).contains("is not empty");
        assertThat(export("x", "alice").exit()).isEqualTo(2);
        assertThat(export("x", "alice/there", "--at", "yesterday").exit()).isEqualTo(2);
        assertThat(export("y", "alice/never").err()).contains("There is no such vault.");
        assertThat(export("z", "nobody/there").err()).contains("There is no user with this name or address.");
        assertThat(folder.resolve("full/mine.txt")).hasContent("mine");
    }

    private CommandLineRun export(String to, String vault, String... more) {
        List<String> arguments = new ArrayList<>(List.of(
                "export",
                "--data",
                SERVER.data().toString(),
                "--vault",
                vault,
                "--to",
                folder.resolve(to).toString()));
        arguments.addAll(List.of(more));
        return run(arguments.toArray(String[]::new));
    }

    private static void text(Desktop desktop, String path, String opType, String content) {
        push(desktop, path, opType, "{\"path\":\"%s\",\"content\":\"%s\"}".formatted(path, content));
    }

    private static void blob(Desktop desktop, String path, Sha256 blob, int size) {
        push(desktop, path, "create", """
                {"path":"%s","blob":{"sha256":"%s","size":%s}}""".formatted(path, blob, size));
    }

    private static void push(Desktop desktop, String path, String opType, String payload) {
        desktop.make(OutboxOp.note(path, "").on("file", path).ofType(opType).withPayload(payload))
                .push();
    }
}
