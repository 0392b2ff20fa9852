package io.verstak.server.blob.resumable;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What keeps the server in order leaves uploads in parts alone, and takes those of nobody. */
@OneEngine("makes by hand what a crash leaves in a folder; SharedUploadsTest has that of a bucket")
class UploadUpkeepTest {
    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private static final Tus TUS = new Tus(SERVER, SERVER.pair("alice", "main"));
    private static final String LONG_AGO = "1000";

    @Test
    void the_file_of_a_sealed_upload_is_no_stray_however_old_it_is() throws Exception {
        byte[] file = Blobs.bytes(1000, 901);
        String upload = TUS.create(file.length);
        seal(upload, file);

        SERVER.cleanUp();

        assertThat(Blobs.file(SERVER, Sha256.of(file))).hasBinaryContent(file);
        assertThat(TUS.head(upload).header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_blob_that_nobody_holds_is_not_reclaimed_while_a_sealed_upload_is_about_to_hold_it() throws Exception {
        byte[] file = Blobs.bytes(1000, 902);
        String upload = TUS.create(file.length);
        seal(upload, file);
        SERVER.execute("INSERT INTO blobs (sha256, size, file_time, created_at, unreferenced_since) VALUES ('"
                + Sha256.of(file) + "', 1000, " + LONG_AGO + ", 1, 1)");

        SERVER.cleanUp();

        assertThat(TUS.head(upload).header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        assertThat(TUS.download(file)).isEqualTo(file);
        SERVER.cleanUp();
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_sealed_upload_whose_time_is_over_is_finished_and_not_thrown_away() throws Exception {
        byte[] file = Blobs.bytes(1000, 903);
        String upload = TUS.create(file.length);
        seal(upload, file);
        SERVER.execute("UPDATE uploads SET expires_at = " + LONG_AGO + " WHERE id = '" + id(upload) + "'");

        TUS.create(1);

        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void a_deleted_users_uploads_go_with_their_files_and_nobody_elses_do() throws Exception {
        byte[] file = Blobs.bytes(1000, 904);
        String kept = TUS.create(file.length);
        TUS.append(kept, 0, Arrays.copyOf(file, 600));
        String bob = SERVER.addUser("bob");
        Tus bobs = new Tus(SERVER, SERVER.pair("bob", "main"));
        String open = bobs.create(file.length);
        bobs.append(open, 0, Arrays.copyOf(file, 500));
        String sealed = bobs.create(file.length);
        SERVER.execute(
                "UPDATE uploads SET state = 1, blob = '" + Sha256.of(file) + "' WHERE id = '" + id(sealed) + "'");

        SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, bob));
        TUS.create(1);

        assertThat(bobs.file(open)).doesNotExist();
        assertThat(SERVER.rows("SELECT id FROM uploads WHERE user_id = '" + bob + "'"))
                .isEmpty();
        assertThat(TUS.append(kept, 600, Arrays.copyOfRange(file, 600, file.length))
                        .header("Blob-Sha256"))
                .isEqualTo(Sha256.of(file).hex());
        SERVER.cleanUp();
        SERVER.restart();
        assertThat(TUS.download(file)).isEqualTo(file);
    }

    @Test
    void an_upload_under_way_when_its_user_is_deleted_leaves_nothing() throws Exception {
        byte[] file = Blobs.bytes(100_000, 905);
        String carol = SERVER.addUser("carol");
        Desktop desktop = SERVER.pair("carol", "main");
        Tus carols = new Tus(SERVER, desktop);
        String upload = carols.create(file.length);
        try (Http sending = carols.begin(upload, 0, file, 60_000)) {
            Blobs.until(() -> carols.file(upload).toFile().length() == 60_000);
            SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, carol));

            sending.write(Arrays.copyOfRange(file, 60_000, file.length));
            Answer answer = sending.read();

            assertThat(answer.status()).isEqualTo(404);
        }
        TUS.create(1);
        assertThat(carols.file(upload)).doesNotExist();
        assertThat(SERVER.rows("SELECT sha256 FROM blob_refs WHERE sha256 = '" + Sha256.of(file) + "'"))
                .isEmpty();
    }

    /** Leaves an upload as a crash does that comes between the file's move and the row's. */
    private static void seal(String upload, byte[] file) throws IOException {
        Path place = Blobs.file(SERVER, Sha256.of(file));
        Files.createDirectories(place.resolveSibling("."));
        Files.write(place, file);
        Files.setLastModifiedTime(place, FileTime.fromMillis(Long.parseLong(LONG_AGO)));
        SERVER.execute("UPDATE uploads SET stored = length, state = 1, blob = '" + Sha256.of(file) + "' WHERE id = '"
                + id(upload) + "'");
    }

    private static String id(String upload) {
        return upload.substring(Tus.PATH.length() + 1);
    }
}
