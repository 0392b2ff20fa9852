package io.verstak.server.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestEngine;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.desktop.PlainArchive;
import io.verstak.server.testkit.desktop.PlainEntry;
import io.verstak.server.testkit.desktop.StrictDesktop;
import io.verstak.server.testkit.desktop.TeamYear;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The year of a team, downloaded as plain files at moments of it, against the folder that a desktop had then. */
class VaultMomentsTest {
    private static final int DAYS = 45;
    private static final int CHANGES_A_DAY = 12;
    /** Fewer where archives are read from a database of several nodes and a bucket: the code is the same. */
    private static final int MOMENTS = TestEngine.ofServers() == TestEngine.SQLITE ? 100 : 30;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann");

    @SuppressWarnings("NullAway.Init") // before all tests
    private static TeamYear team;

    @SuppressWarnings("NullAway.Init")
    private static StrictDesktop oracle;

    private static long head;

    private final Visitor ann = Visitor.user(SERVER, "ann");

    @BeforeAll
    static void work() {
        team = TeamYear.of(SERVER, "ann", "team").work(DAYS, CHANGES_A_DAY);
        oracle = team.oracle();
        List<PulledOp> log = oracle.log();
        head = log.get(log.size() - 1).serverSequence();
    }

    @AfterAll
    static void close() {
        team.close();
    }

    @Test
    void the_team_does_all_that_desktops_do_and_ends_with_one_folder() {
        List<PulledOp> log = oracle.log();
        assertThat(log.stream().map(op -> op.entityType() + " " + op.opType()))
                .contains(
                        "file create",
                        "file update",
                        "file delete",
                        "file move",
                        "folder create",
                        "folder delete",
                        "workspace create",
                        "workspace rename",
                        "workspace trash",
                        "workspace restore",
                        "workspace-folder move",
                        "workspace-folder rename",
                        "plugin-record update",
                        "workspace-tree-order update");
        assertThat(log.stream().map(PulledOp::deviceId).distinct()).hasSize(5);
        assertThat(log).anyMatch(op -> op.entityId().length() > 1_000);
        assertThat(log).anyMatch(op -> !Normalizer.isNormalized(op.entityId(), Normalizer.Form.NFC));
        assertThat(log).anyMatch(op -> op.payloadJson().contains("\"blob\""));
        for (StrictDesktop desktop : team.desktops()) {
            assertThat(desktop.entries()).isEqualTo(oracle.entriesAt(head));
            assertThat(desktop.wire().conflicts()).isEmpty();
        }
    }

    @Test
    void the_archive_of_any_moment_is_the_folder_that_a_desktop_had() {
        long[] moments =
                new Random(TeamYear.SEED).longs(MOMENTS, 0, head + 1).sorted().toArray();
        List<Answer> archives = LongStream.of(moments)
                .parallel()
                .mapToObj(moment -> archive("team", "", moment))
                .toList();
        for (int i = 0; i < MOMENTS; i++) {
            assertThat(unzipped(archives.get(i)))
                    .as("the vault after op %s", moments[i])
                    .isEqualTo(oracle.entriesAt(moments[i]));
        }
    }

    @Test
    void the_archive_of_a_folder_has_all_that_was_in_it_and_the_times_of_the_files() {
        Map<String, PlainEntry> last = oracle.entriesAt(head);
        // The first one that is not at the top and has a file in a folder in it.
        String folder = oracle.filesAt(head).keySet().stream()
                .filter(path -> path.matches(".+/.+/.+/.+"))
                .map(path -> path.substring(0, path.indexOf('/', path.indexOf('/') + 1)))
                .findFirst()
                .orElseThrow();
        String above = folder.substring(0, folder.lastIndexOf('/') + 1);
        Map<String, PlainEntry> within = new TreeMap<>();
        last.forEach((path, entry) -> {
            if ((path + "/").startsWith(folder + "/")) {
                within.put(path.substring(above.length()), entry);
            }
        });
        within.remove(folder.substring(above.length()));
        Map<String, PlainEntry> archived = unzipped(archive("team", folder, head));
        assertThat(archived).isEqualTo(within);
        assertThat(times(archived)).isEqualTo(times(within)).isNotEmpty();
    }

    @Test
    void what_cannot_be_unpacked_is_told_in_the_archive() {
        try (Desktop desktop = SERVER.pair("ann", "odd")) {
            Sha256 lost = desktop.blobs().upload("f", new byte[] {1, 2, 3});
            put(desktop, "C:\\\\..\\\\up.txt", "\"content\":\"x\"");
            put(desktop, "C:%5C..%5Cup.txt", "\"content\":\"twin\"");
            put(desktop, "aux.txt", "\"content\":\"x\"");
            put(desktop, "verstak-remarks.txt", "\"content\":\"mine\"");
            put(desktop, "lost.bin", "\"blob\":{\"sha256\":\"" + lost + "\",\"size\":3}");
            SERVER.blobs().delete(lost);
        }
        LOG.expectError("damaged or missing");
        Map<String, PlainEntry> entries = unzipped(archive("odd", "", Integer.MAX_VALUE));
        assertThat(entries)
                .containsOnlyKeys(
                        "C:%5C..%5Cup.txt",
                        "C:%255C..%255Cup.txt", "aux.txt", "verstak-remarks.txt", "verstak-remarks-1.txt");
        PlainEntry remarks = entries.getOrDefault("verstak-remarks-1.txt", new PlainEntry(null, ""));
        assertThat(new String(remarks.bytes(), StandardCharsets.UTF_8))
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

    private static Map<String, PlainEntry> unzipped(Answer archive) {
        assertThat(archive.status()).isEqualTo(200);
        return PlainArchive.entries(archive.body());
    }

    /** When the files were written, as exactly as an archive knows it: to two seconds. */
    private static Map<String, Instant> times(Map<String, PlainEntry> entries) {
        Map<String, Instant> times = new TreeMap<>();
        entries.forEach((path, entry) -> {
            if (entry.isFile()) {
                LocalDateTime time = LocalDateTime.ofInstant(Instant.parse(entry.madeAt()), ZoneOffset.UTC);
                times.put(
                        path,
                        time.truncatedTo(ChronoUnit.SECONDS)
                                .withSecond(time.getSecond() / 2 * 2)
                                .toInstant(ZoneOffset.UTC));
            }
        });
        return times;
    }
}
