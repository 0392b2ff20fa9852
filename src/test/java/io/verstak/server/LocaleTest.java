package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What programs read has the same letters and digits wherever the server stands: with Arabic digits, with a Turkish i. */
class LocaleTest {
    /** Conversions of {@code formatted} that write digits or letters of the default locale; {@code %s} of a number does not, nor does a pattern of Logback. */
    private static final Pattern LOCALIZED = Pattern.compile("%[-+ ,(0]*\\d*(\\.\\d+)?[dfgS]\\b(?![\\\\{])");

    private static final Pattern OTHER_DIGITS = Pattern.compile("[\\p{Nd}&&[^0-9]]");

    private final Locale before = Locale.getDefault();

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "tr-TR", "fa-IR-u-nu-arabext", "ne-NP-u-nu-deva"})
    void every_answer_is_the_same_in_any_locale(String tag) throws Exception {
        Locale.setDefault(Locale.forLanguageTag(tag));
        try (TestServer server =
                TestServer.start(Map.of("http.publicUrl", "https://example.org/sync", "metrics.enabled", "false"))) {
            server.withUser("alice").withAdministrator("root");
            Desktop device = server.pair("alice", "main");
            device.make(OutboxOp.note("n", "text")).push();
            Answer put = server.send(new Request(
                            "PUT",
                            "/api/v1/blobs/a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447",
                            List.of(),
                            "hello world\n".getBytes(StandardCharsets.US_ASCII),
                            false)
                    .bearer(device.token()));
            assertThat(put.status()).isEqualTo(201);
            Answer part = server.send(
                    Request.get("/api/v1/blobs/a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447")
                            .with("Range", "bytes=0-4")
                            .bearer(device.token()));
            assertThat(part.status()).isEqualTo(206);
            assertThat(part.header("Content-Range")).isEqualTo("bytes 0-4/12");
            Answer missing = server.send(Request.get("/api/v1/blobs/INVALID").bearer(device.token()));
            assertThat(missing.code()).isEqualTo("invalid_blob_hash");
            Answer upload = server.send(Request.of("POST", "/api/v1/uploads")
                    .bearer(device.token())
                    .with("Tus-Resumable", "1.0.0")
                    .with("Upload-Length", "5"));
            assertThat(upload.header("Upload-Expires"))
                    .matches("[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} [0-9:]{8} GMT");
            Visitor visitor = Visitor.user(server, "alice");
            visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
            for (String path : List.of(
                    "/api/v1/health",
                    "/api/v1/capabilities",
                    "/api/v1/user/devices",
                    "/api/v1/user/vaults",
                    "/dashboard",
                    "/account",
                    "/admin/dashboard",
                    "/admin/users",
                    "/admin/storage",
                    "/admin/diagnostics",
                    "/admin/diagnostics.json",
                    "/admin/api/stats",
                    "/admin/api/users",
                    "/admin/api/devices")) {
                Answer answer = visitor.get(path);
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(OTHER_DIGITS.matcher(answer.text()).find()).as(path).isFalse();
            }
            assertThat(server.cleanUp()).isNotNull();
            device.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ar-EG-u-nu-arab", "tr-TR"})
    void commands_print_the_same_in_any_locale(String tag) throws Exception {
        Path data = Files.createTempDirectory("verstak-locale").resolve("data");
        try (TestServer server = TestServer.start(Map.of("storage.dataDir", data.toString()))) {
            server.addUser("alice");
        }
        Locale.setDefault(Locale.forLanguageTag(tag));
        for (List<String> command : List.of(
                List.of("verify", "--data", data.toString()),
                List.of(
                        "backup",
                        "--data",
                        data.toString(),
                        "--to",
                        data.resolveSibling("backups").toString()),
                List.of("config", "show"),
                List.of("admin", "list-users", "--data", data.toString()))) {
            CommandLineRun run = CommandLineRun.of(Main.commandLine(), command.toArray(String[]::new));
            assertThat(run.exit()).as(run.toString()).isZero();
            assertThat(OTHER_DIGITS.matcher(run.toString()).find())
                    .as(run.toString())
                    .isFalse();
        }
    }

    @Test
    void no_text_is_formatted_by_the_default_locale() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                assertThat(LOCALIZED.matcher(source).results().map(found -> found.group()))
                        .as(file + ": use %s, or a locale")
                        .isEmpty();
                assertThat(source)
                        .as(file.toString())
                        .doesNotContain(
                                "NumberFormat.getInstance()",
                                "Locale.getDefault()",
                                ".ofLocalizedDate",
                                "String.format(\"");
            }
        }
    }
}
