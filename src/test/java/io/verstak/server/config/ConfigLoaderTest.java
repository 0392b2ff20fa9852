package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
