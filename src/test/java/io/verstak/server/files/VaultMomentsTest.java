package io.verstak.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A history that desktops have pushed, downloaded as plain files at moments of it. */
class VaultMomentsTest {
    private static final int OPS = 1_500;
    private static final int MOMENTS = 100;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann");

    private final Visitor ann = Visitor.user(SERVER, "ann");
    private final Random random = new Random(20261130);

    @Test
    void the_archive_of_any_moment_is_the_folder_that_a_desktop_had() throws IOException {
        try (Desktop desktop = SERVER.pair("ann", "team")) {
            FileHistoryMaker history =
                    new FileHistoryMaker(random, content -> desktop.blobs().upload("f", content));
            history.make(OPS);
            for (OutboxOp op : history.ops()) {
                desktop.make(op);
            }
            desktop.push();

            for (int i = 0; i < MOMENTS; i++) {
                int moment = random.nextInt(OPS + 1);
                assertThat(unzipped(archive("team", "", moment)))
                        .as("the vault after op %s", moment)
                        .isEqualTo(history.at(moment));
            }
            List<String> folders = history.at(OPS).entrySet().stream()
                    .filter(entry -> entry.getValue().equals(NaiveFiles.FOLDER))
                    .map(Map.Entry::getKey)
                    .toList();
            String folder = folders.get(folders.size() / 2);
            String above = folder.substring(0, folder.lastIndexOf('/') + 1);
            Map<String, String> below = new TreeMap<>();
            history.at(OPS).forEach((path, content) -> {
                if (path.startsWith(folder + "/")) {
                    below.put(path.substring(above.length()), content);
                }
            });
            assertThat(unzipped(archive("team", folder, OPS))).isEqualTo(below);
        }
    }

    @Test
    void what_cannot_be_unpacked_is_told_in_the_archive() throws IOException {
        try (Desktop desktop = SERVER.pair("ann", "odd")) {
            Sha256 lost = desktop.blobs().upload("f", new byte[] {1, 2, 3});
            put(desktop, "C:\\\\..\\\\up.txt", "\"content\":\"x\"");
            put(desktop, "aux.txt", "\"content\":\"x\"");
            put(desktop, "verstak-remarks.txt", "\"content\":\"mine\"");
            put(desktop, "lost.bin", "\"blob\":{\"sha256\":\"" + lost + "\",\"size\":3}");
            SERVER.blobs().delete(lost);
        }
        LOG.expectError("damaged or missing");
        Map<String, byte[]> entries = entries(archive("odd", "", Integer.MAX_VALUE));
        assertThat(entries)
                .containsOnlyKeys("C:%5C..%5Cup.txt", "aux.txt", "verstak-remarks.txt", "verstak-remarks-1.txt");
        assertThat(new String(entries.get("verstak-remarks-1.txt"), StandardCharsets.UTF_8))
                .contains("lost.bin")
                .contains("aux.txt")
                .contains("C:\\..\\up.txt");
    }

    private static void put(Desktop desktop, String path, String content) {
        desktop.make(OutboxOp.note("f", "")
                        .on("file", "f")
                        .ofType("create")
                        .withPayload("{\"path\":\"" + path + "\"," + content + "}"))
                .push();
    }

    /** Asks again while the server is still reading the ops. */
    private Answer archive(String vault, String path, long moment) {
        String address = "/account/files.zip?vault=%s&at=%s&path=%s"
                .formatted(vault, moment, URLEncoder.encode(path, StandardCharsets.UTF_8));
        List<Answer> answers = new ArrayList<>();
        Blobs.until(() -> {
            answers.add(ann.get(address));
            return answers.get(answers.size() - 1).status() != 503;
        });
        return answers.get(answers.size() - 1);
    }

    private static Map<String, String> unzipped(Answer archive) throws IOException {
        Map<String, String> all = new TreeMap<>();
        entries(archive)
                .forEach((name, content) -> all.put(
                        name.endsWith("/") ? name.substring(0, name.length() - 1) : name,
                        name.endsWith("/")
                                ? NaiveFiles.FOLDER
                                : Sha256.of(content).hex()));
        return all;
    }

    private static Map<String, byte[]> entries(Answer archive) throws IOException {
        assertThat(archive.status()).isEqualTo(200);
        Map<String, byte[]> all = new TreeMap<>();
        try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive.body()))) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                all.put(entry.getName(), in.readAllBytes());
            }
        }
        return all;
    }
}
