package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.Main;
import io.verstak.server.blob.s3.S3Access;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestS3;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What surrounds a node and is not as it must be: the start ends with one line that says what to change. */
class RefusedStartTest {
    private static final String PASSWORD = "whale-tin-lantern-7";

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    private final PostgresAccess database = TestPostgres.newDatabaseWithSchema();
    private final S3Access bucket = TestS3.newPrefix();
    private final Map<String, String> settings = new TreeMap<>();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @AfterEach
    void drop() {
        TestPostgres.drop(database);
    }

    @Test
    void a_wrong_password() throws IOException {
        TestPostgres.careful(PASSWORD);
        String wrong = "wrong-" + PASSWORD;
        settings.put("database.user", TestPostgres.CAREFUL);
        settings.put(
                "database.passwordFile",
                Files.writeString(folder.resolve("password"), wrong).toString());

        CommandLineRun run =
                refused("the password of user careful is wrong", "see database.user and database.passwordFile");

        assertThat(run.err()).doesNotContain(wrong);
    }

    @Test
    void a_database_that_does_not_exist() throws IOException {
        settings.put("database.url", "postgresql://127.0.0.1:" + TestPostgres.port() + "/nowhere");

        refused("there is no such database; create it with CREATE DATABASE nowhere");
    }

    @Test
    void a_database_of_another_program() throws IOException {
        PostgresAccess other = TestPostgres.newDatabase();
        TestPostgres.execute(other, "CREATE TABLE wp_posts (id INTEGER)");
        settings.put("database.url", other.url());

        refused("schema public has tables of another program; name an empty database");

        assertThat(TestPostgres.rows(other, "SELECT relname FROM pg_class WHERE relname IN ('wp_posts', 'users')"))
                .containsExactly("wp_posts");
        TestPostgres.drop(other);
    }

    @Test
    void commits_that_are_not_on_the_disk_when_they_are_answered() throws IOException {
        TestPostgres.execute(
                database, "ALTER DATABASE %s SET synchronous_commit = off".formatted(TestPostgres.name(database)));

        refused("synchronous_commit is off: a crash would lose what was acknowledged; switch it on for user postgres");
    }

    @Test
    void a_bucket_that_does_not_exist() throws IOException {
        settings.put("objects.bucket", "no-such-bucket");

        refused("objects.bucket no-such-bucket at " + bucket.endpoint() + " cannot be used: there is no such bucket");
    }

    @Test
    void a_bucket_of_another_server() throws IOException {
        TestS3.put(bucket, ".verstak-server", "0123456789abcdef".getBytes(StandardCharsets.UTF_8));

        refused("belongs to another server, says its object", "Use another bucket or objects.prefix");
    }

    private CommandLineRun refused(String... words) throws IOException {
        JsonObject config = new JsonObject();
        Map<String, String> all = new TreeMap<>(TestS3.settings(bucket, folder));
        all.put("http.listen", "127.0.0.1:0");
        all.put("storage.dataDir", folder.resolve("data").toString());
        all.put("database.url", database.url());
        all.put("database.user", database.user());
        all.put("database.tls", "disable");
        all.putAll(settings);
        all.forEach((key, value) -> {
            String[] names = key.split("\\.", -1);
            config.put(
                    names[0], config.getJsonObject(names[0], new JsonObject()).put(names[1], value));
        });
        Path file = Files.writeString(folder.resolve("config.json"), config.encode());

        CommandLineRun run = CommandLineRun.of(Main.commandLine(), "--config", file.toString());

        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).startsWith("verstak-server: ").hasLineCount(1).contains(words);
        return run;
    }
}
