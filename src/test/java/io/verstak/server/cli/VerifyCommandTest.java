package io.verstak.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.Main;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** {@code verstak-server verify}, as an administrator types it. */
class VerifyCommandTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @TempDir
    Path folder;

    @Test
    void a_sound_directory_ends_with_0_and_a_damaged_one_with_3_and_its_name() throws IOException {
        Desktop alice = SERVER.pair("alice", "one");
        Sha256 blob = alice.blobs().upload("a", text("the bytes of a file"));

        CommandLineRun sound = verify("--deep");
        Files.write(file(blob), text("the bytes 0f a file"));
        CommandLineRun damaged = verify("--deep");

        assertThat(sound.exit()).isZero();
        assertThat(sound.out()).contains("Nothing is damaged");
        assertThat(damaged.exit()).isEqualTo(3);
        assertThat(damaged.out()).contains("blob_wrong_bytes", blob.hex());
        assertThat(verify("--deep", "--json")
                        .json()
                        .path("damages")
                        .get(0)
                        .path("kind")
                        .asText())
                .isEqualTo("blob_wrong_bytes");
        Files.write(file(blob), text("the bytes of a file"));
    }

    @Test
    void repair_lets_the_next_upload_of_the_same_bytes_heal_what_was_damaged() {
        byte[] bytes = text("bytes that will be damaged");
        Desktop alice = SERVER.pair("alice", "two");
        Sha256 blob = alice.blobs().upload("a", bytes);
        SERVER.whileStopped(data -> {
            write(file(blob), text("bytes that were be damaged"));
            assertThat(verify("--deep", "--repair").out()).contains("1 blob quarantined");
            assertThat(file(blob)).doesNotExist();
            assertThat(data.resolve("blobs/quarantine").resolve(blob.hex())).exists();
        });

        LOG.expectError("damaged or missing");
        Request download = Request.get("/api/v1/blobs/" + blob).bearer(alice.token());
        assertThat(SERVER.send(download).code()).isEqualTo("blob_unavailable");
        alice.blobs().upload("a", bytes);

        assertThat(alice.blobs().download(blob)).isEqualTo(bytes);
        assertThat(verify("--deep").exit()).isZero();
    }

    @Test
    void repair_makes_a_damaged_index_again_and_ops_are_known_as_before() {
        Desktop alice = SERVER.pair("alice", "three");
        List<OutboxOp> ops = IntStream.range(0, 100)
                .mapToObj(i -> OutboxOp.note("n" + i, "text"))
                .toList();
        JsonNode first = alice.call("/api/v1/sync/push", Desktop.pushBody(ops, 0));
        SERVER.whileStopped(data -> {
            TestDatabase.sealKeys(SERVER.database());
            TestDatabase.execute(SERVER.database(), "DELETE FROM key_parts");

            assertThat(verify().exit()).isEqualTo(3);
            assertThat(verify("--repair").out()).contains("DAMAGED op_key", "The index of 1 vault was rebuilt.");
            assertThat(verify().exit()).isZero();
        });

        JsonNode again = alice.call("/api/v1/sync/push", Desktop.pushBody(ops, 0));

        assertThat(again).isEqualTo(first);
        assertThat(alice.pull().cursor()).isEqualTo(100);
    }

    @Test
    void repair_beside_a_running_server_is_refused() {
        CommandLineRun run = verify("--repair");

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("another verstak-server process uses this data directory");
    }

    @Test
    void a_directory_without_a_database_is_refused_and_stays_as_it_is() throws IOException {
        CommandLineRun run = CommandLineRun.of(CommandTree.of(new Main()), "verify", "--data", folder.toString());

        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.err()).contains("there is no server.db");
        assertThat(folder).isEmptyDirectory();
    }

    private static CommandLineRun verify(String... flags) {
        String[] arguments = new String[flags.length + 3];
        System.arraycopy(flags, 0, arguments, 3, flags.length);
        arguments[0] = "verify";
        arguments[1] = "--data";
        arguments[2] = SERVER.data().toString();
        return CommandLineRun.of(CommandTree.of(new Main()), arguments);
    }

    private static Path file(Sha256 sha256) {
        String hex = sha256.hex();
        return SERVER.data()
                .resolve("blobs")
                .resolve(hex.substring(0, 2))
                .resolve(hex.substring(2, 4))
                .resolve(hex);
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
