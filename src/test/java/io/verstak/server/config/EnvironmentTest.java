package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.LoadedConfig.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the environment sets, and where secrets may come from. */
class EnvironmentTest {
    private static final String SECRET = "whale-tin-lantern-7";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void s44_a_secret_comes_from_a_file_that_a_variable_names() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), SECRET + "\n");

        LoadedConfig loaded = load(Map.of("VERSTAK_MAIL_PASSWORD_FILE", file.toString()));

        assertThat(loaded.config().mail().password()).isEqualTo(SECRET);
        assertThat(setting(loaded, "mail.password").source()).isEqualTo("VERSTAK_MAIL_PASSWORD_FILE");
    }

    @Test
    void s44_a_secret_comes_from_the_credentials_of_a_systemd_service() throws IOException {
        Files.writeString(folder.resolve("mail.password"), SECRET);

        LoadedConfig loaded = load(Map.of("CREDENTIALS_DIRECTORY", folder.toString()));

        assertThat(loaded.config().mail().password()).isEqualTo(SECRET);
        assertThat(setting(loaded, "mail.password").source()).isEqualTo("credential mail.password");
    }

    @Test
    void a_variable_beats_a_credential_which_beats_the_file() throws IOException {
        Files.writeString(folder.resolve("mail.password"), "of the credential");
        Path config = Files.writeString(folder.resolve("config.json"), "{\"mail\":{\"password\":\"of the file\"}}");
        Map<String, String> credential =
                Map.of("CREDENTIALS_DIRECTORY", folder.toString(), "VERSTAK_CONFIG", config.toString());

        assertThat(load(credential).config().mail().password()).isEqualTo("of the credential");
        Map<String, String> both =
                Map.of("CREDENTIALS_DIRECTORY", folder.toString(), "VERSTAK_MAIL_PASSWORD", "of the variable");
        assertThat(load(both).config().mail().password()).isEqualTo("of the variable");
        assertThat(load(Map.of("VERSTAK_CONFIG", config.toString()))
                        .config()
                        .mail()
                        .password())
                .isEqualTo("of the file");
    }

    @Test
    void no_secret_is_shown() {
        LoadedConfig loaded = load(Map.of("VERSTAK_MAIL_PASSWORD", SECRET));

        assertThat(loaded.config().mail().password()).isEqualTo(SECRET);
        assertThat(loaded.settings().toString()).doesNotContain(SECRET);
        assertThat(setting(loaded, "mail.password").value()).isEqualTo("********");
        assertThat(setting(load(Map.of()), "mail.password").value()).isEqualTo("");
    }

    @Test
    void a_secret_that_cannot_be_had_is_one_line() throws IOException {
        String missing = folder.resolve("missing").toString();
        refused(Map.of("VERSTAK_MAIL_PASSWORD_FILE", missing), "VERSTAK_MAIL_PASSWORD_FILE", missing);
        refused(Map.of("VERSTAK_MAIL_PASSWORD_FILE", ""), "VERSTAK_MAIL_PASSWORD_FILE");
        Path huge = Files.write(folder.resolve("huge"), new byte[1 << 17]);
        refused(Map.of("VERSTAK_MAIL_PASSWORD_FILE", huge.toString()), "too long");
        refused(
                Map.of("VERSTAK_MAIL_PASSWORD_FILE", missing, "VERSTAK_MAIL_PASSWORD", SECRET),
                "VERSTAK_MAIL_PASSWORD_FILE",
                "both");
    }

    @ParameterizedTest
    @CsvSource({
        "VERSTAK_HTTP_PUBLICURL, did you mean VERSTAK_HTTP_PUBLIC_URL",
        "VERSTAK_HTTP_LISTEN_FILE, config show",
        "VERSTAK_NONSENSE, config show",
        "VERSTAK_, config show",
    })
    void an_unknown_variable_is_refused_by_its_name(String variable, String hint) {
        refused(Map.of(variable, SECRET), variable, hint);
    }

    @Test
    void the_service_links_of_kubernetes_are_let_alone() {
        assertThat(load(Map.ofEntries(
                                Map.entry("VERSTAK_PORT", "tcp://10.0.0.1:47732"),
                                Map.entry("VERSTAK_SERVICE_HOST", "10.0.0.1"),
                                Map.entry("VERSTAK_SERVICE_PORT", "47732"),
                                Map.entry("VERSTAK_SERVICE_PORT_HTTP", "47732"),
                                Map.entry("VERSTAK_PORT_47732_TCP", "tcp://10.0.0.1:47732"),
                                Map.entry("VERSTAK_PORT_47732_TCP_PROTO", "tcp"),
                                Map.entry("VERSTAK_PORT_47732_TCP_PORT", "47732"),
                                Map.entry("VERSTAK_PORT_47732_TCP_ADDR", "10.0.0.1"),
                                Map.entry("VERSTAK_SERVER_SERVICE_HOST", "10.0.0.2"),
                                Map.entry("VERSTAK_SERVER_PORT", "tcp://10.0.0.2:80"),
                                Map.entry("VERSTAK_MAIL_PORT", "tcp://10.0.0.3:25")))
                        .config())
                .isEqualTo(ServerConfig.defaults());
        refused(Map.of("VERSTAK_PORT", "47732"), "VERSTAK_PORT", "config show --variables");
        refused(Map.of("VERSTAK_MAIL_PORT", "smtp"), "mail.port");
    }

    @Test
    void a_value_that_the_locale_cannot_express_is_refused() {
        refused(Map.of("VERSTAK_WEB_SERVER_NAME", "caf\ufffd"), "VERSTAK_WEB_SERVER_NAME", "LC_ALL=C.UTF-8");
    }

    @Test
    void what_is_not_ours_in_the_environment_is_let_alone() {
        assertThat(load(Map.of("VERSTAKHTTP", "x", "PATH", "/bin", "MY_VERSTAK_X", "x"))
                        .config())
                .isEqualTo(ServerConfig.defaults());
    }

    @Test
    void no_two_keys_share_a_variable() {
        List<ConfigKey> keys = ConfigKey.of(ServerConfig.defaults());

        assertThat(keys.stream()
                        .flatMap(key -> key.secret()
                                ? List.of(key.variable(), key.fileVariable()).stream()
                                : List.of(key.variable()).stream()))
                .doesNotHaveDuplicates()
                .doesNotContain(Environment.CONFIG_FILE);
    }

    private static void refused(Map<String, String> environment, String... words) {
        assertThatThrownBy(() -> load(environment))
                .isInstanceOf(ConfigException.class)
                .hasMessageContainingAll(words)
                .message()
                .doesNotContain("\n", SECRET);
    }

    private static LoadedConfig load(Map<String, String> environment) {
        return ConfigLoader.explain(Optional.empty(), environment, Map.of());
    }

    private static Setting setting(LoadedConfig loaded, String key) {
        return loaded.settings().stream()
                .filter(setting -> setting.key().equals(key))
                .findFirst()
                .orElseThrow();
    }
}
