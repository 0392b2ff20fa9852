package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which source of a setting beats which. */
class ConfigLoaderTest {
    private static final String FILE = """
            { // comments are allowed
              "limits": {"maxPullPage": 10, "maxPushOperations": 10, "maxPayloadJson": 10},
              "web": {"serverName": "file"}
            }""";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void flags_beat_the_environment_which_beats_the_file_which_beats_the_default() throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), FILE);

        ServerConfig config = ConfigLoader.load(
                Optional.of(file),
                Map.of("VERSTAK_LIMITS_MAX_PULL_PAGE", "20", "VERSTAK_LIMITS_MAX_PUSH_OPERATIONS", "20"),
                Map.of("limits.maxPullPage", "30"));

        assertThat(config.limits().maxPullPage()).isEqualTo(30);
        assertThat(config.limits().maxPushOperations()).isEqualTo(20);
        assertThat(config.limits().maxPayloadJson()).isEqualTo(10);
        assertThat(config.limits().maxPullBytes())
                .isEqualTo(ServerConfig.defaults().limits().maxPullBytes());
        assertThat(config.web().serverName()).isEqualTo("file");
    }

    @Test
    void a_variable_sets_each_kind_of_value() {
        ServerConfig config = ConfigLoader.load(
                Optional.empty(),
                Map.of(
                        "VERSTAK_HTTP_PUBLIC_URL", "https://sync.example.org",
                        "VERSTAK_HTTP_TRUSTED_PROXIES", "10.0.0.0/8, ::1",
                        "VERSTAK_RATE_LIMITS_ENABLED", "false",
                        "VERSTAK_RATE_LIMITS_LOGIN_ATTEMPTS", "7",
                        "VERSTAK_WEB_SERVER_NAME", "5"),
                Map.of());

        assertThat(config.http().publicUrl()).isEqualTo("https://sync.example.org");
        assertThat(config.http().trustedProxies()).containsExactly("10.0.0.0/8", "::1");
        assertThat(config.rateLimits().enabled()).isFalse();
        assertThat(config.rateLimits().login().attempts()).isEqualTo(7);
        assertThat(config.web().serverName()).isEqualTo("5");
    }

    @Test
    void every_mistake_is_told_at_once_with_the_place_where_it_was_made() throws IOException {
        Path file = Files.writeString(folder.resolve("config.json"), """
                {"http": {"lisen": "x", "publicUrl": "sync.example.org", "trustedProxies": "::1"},
                 "log": {"level": "loud"}, "limits": 5, "storage": {"backup": {"directory": "~/b", "keep": 0}}}""");

        assertThatThrownBy(() -> ConfigLoader.load(
                        Optional.of(file),
                        Map.of(
                                "VERSTAK_HTTP_MAX_CONNECTIONS",
                                "abc",
                                "VERSTAK_NONSENSE",
                                "1",
                                "VERSTAK_MAIL_HOST",
                                "a b"),
                        Map.of("http.listen", "nowhere")))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        mistakes -> assertThat(mistakes.lines())
                                .anyMatch(line -> line.contains("VERSTAK_NONSENSE"))
                                .anyMatch(
                                        line -> line.startsWith("http.lisen: ") && line.endsWith("(file " + file + ")"))
                                .anyMatch(line -> line.startsWith("http.publicUrl: sync.example.org is not allowed"))
                                .anyMatch(line -> line.startsWith("http.trustedProxies: "))
                                .anyMatch(line -> line.startsWith("log.level: \"loud\" is not allowed"))
                                .anyMatch(line -> line.startsWith("limits: 5 is not allowed"))
                                .anyMatch(line -> line.startsWith("storage.backup.directory: ~/b"))
                                .anyMatch(line -> line.startsWith("storage.backup.keep: 0"))
                                .contains(
                                        "http.maxConnections: \"abc\" is not allowed; use a whole number from 1 to 1000000"
                                                + " (VERSTAK_HTTP_MAX_CONNECTIONS)")
                                .anyMatch(line ->
                                        line.startsWith("mail.host: a b") && line.endsWith("(VERSTAK_MAIL_HOST)"))
                                .anyMatch(line -> line.startsWith("mail.from: \"\" is not allowed"))
                                .contains(
                                        "http.listen: nowhere is not allowed; use HOST:PORT with a port from 0 to 65535"
                                                + " (command line)")
                                .hasSize(12));
    }

    @Test
    void a_public_address_may_have_a_path_and_nothing_else() {
        for (String good : List.of(
                "https://sync.example.org",
                "http://127.0.0.1:8080/",
                "https://[::1]:443/sync/",
                "https://\u043f\u0440\u0438\u043c\u0435\u0440.example/a%20b")) {
            assertThat(load("http.publicUrl", good).http().publicUrl()).isEqualTo(good);
        }
        for (String bad : List.of(
                "sync.example.org",
                "ftp://x",
                "https://",
                "https:///x",
                "https://user@x",
                "https://user:word@x/",
                "https://x?q",
                "https://x/#a",
                "https://x:99999",
                "https://x:",
                "https://x y",
                "https://x/\n")) {
            assertThatThrownBy(() -> load("http.publicUrl", bad))
                    .as(bad)
                    .hasMessageContaining("http.publicUrl")
                    .message()
                    .doesNotContain("word");
        }
    }

    @Test
    void a_path_that_would_surprise_is_refused() {
        for (String bad : List.of("~", "~/data", "", " ", "a\0b", "caf\ufffd")) {
            assertThatThrownBy(() -> load("storage.dataDir", bad))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageStartingWith("storage.dataDir: ")
                    .message()
                    .doesNotContain("Exception");
        }
        assertThat(load("storage.dataDir", "~x/data").storage().dataDir()).isEqualTo("~x/data");
    }

    @Test
    void a_file_that_cannot_be_read_says_why() throws IOException {
        unreadable(folder, "is a directory");
        unreadable(folder.resolve("missing"), "no such file or folder");
        unreadable(Files.write(folder.resolve("huge"), new byte[2 << 20]), "larger than 1 MiB");
        unreadable(Files.writeString(folder.resolve("deep"), "[".repeat(5000)), "nesting depth");
        unreadable(Files.writeString(folder.resolve("open"), "{\"a\": [1}"), "invalid JSON in line 1");
        unreadable(Path.of("/dev/zero"), "larger than 1 MiB");
    }

    private static void unreadable(Path file, String why) {
        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(why)
                .message()
                .doesNotContain("Exception", "`", "\n");
    }

    private static ServerConfig load(String key, String value) {
        return ConfigLoader.load(Optional.empty(), Map.of(), Map.of(key, value));
    }

    @Test
    void a_bad_value_of_a_variable_is_refused_by_its_key() {
        for (String value : new String[] {"x", "", "0", "10001", "99999999999999999999", "1.5", "true"}) {
            assertThatThrownBy(() -> ConfigLoader.load(
                            Optional.empty(), Map.of("VERSTAK_LIMITS_MAX_PULL_PAGE", value), Map.of()))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContainingAll("limits.maxPullPage", "from 1 to 10000")
                    .message()
                    .doesNotContain("\n");
        }
    }
}
