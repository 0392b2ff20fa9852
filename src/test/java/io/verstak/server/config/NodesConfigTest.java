package io.verstak.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.config.DatabaseConfig.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The groups for several nodes: {@code database}, {@code objects}, {@code node} and {@code secrets}. */
class NodesConfigTest {
    private static final String SECRET = "whale-tin-lantern-7";
    private static final Map<String, String> POSTGRES =
            Map.of("database.url", "postgresql://db.example.org/verstak", "database.user", "verstak");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void an_address_has_hosts_in_their_order_and_the_usual_port() {
        Address address = Address.parse("postgresql://db1:5433,db2,[::1],[fd00::2]:6000/verstak");

        assertThat(address.hosts())
                .extracting(ListenAddress::toString)
                .containsExactly("db1:5433", "db2:5432", "[::1]:5432", "[fd00::2]:6000");
        assertThat(address.name()).isEqualTo("verstak");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'database':{'url':'postgresql://verstak:%s@db/verstak','user':'v'}}",
                "{'database':{'url':'postgresql://db/verstak?user=v&password=%s','user':'v'}}",
                "{'database':{'url':'postgresql://verstak:a/b%s@db/verstak','user':'v'}}",
                "{'database':{'url':['postgresql://db/verstak?password=%s'],'user':'v'}}",
                "{'database':{'password':'%s'}}",
                "{'objects':{'endpoint':'https://key:%s@s3.example.org'}}",
                "{'objects':{'secretKey':'%s'}}",
                "{'secrets':{'key':'%s'}}",
            })
    void a_secret_in_the_wrong_place_is_refused_and_not_shown(String json) throws IOException {
        Path file = Files.writeString(
                folder.resolve("config.json"), json.formatted(SECRET).replace('\'', '"'));

        assertThatThrownBy(() -> ConfigLoader.load(Optional.of(file), Map.of(), Map.of()))
                .isInstanceOfSatisfying(
                        ConfigException.class,
                        refusal -> assertThat(refusal.lines()).hasSize(1))
                .message()
                .doesNotContain(SECRET);
    }

    @Test
    void a_password_in_the_address_is_refused_with_the_place_for_it() {
        assertThatThrownBy(() -> load(Map.of("database.url", "postgresql://v:pw@db/verstak", "database.user", "v")))
                .hasMessageContaining("database.passwordFile");
    }

    @Test
    void only_postgresql_takes_the_key_from_a_file() {
        assertThatThrownBy(() -> load(Map.of("secrets.keyFile", "/etc/key")))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("secrets.keyFile: /etc/key is not allowed");
    }

    @Test
    void a_schedule_of_backups_is_for_the_embedded_database() {
        Map<String, String> values = new HashMap<>(POSTGRES);
        values.put("storage.backup.directory", "/mnt/backups");

        assertThatThrownBy(() -> load(values))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("storage.backup.directory: /mnt/backups is not allowed");
    }

    @Test
    void certificates_are_for_verify_full_only() {
        assertThatThrownBy(() -> load(Map.of("database.caFile", "/etc/ca.pem", "database.tls", "require")))
                .hasMessageContaining("database.caFile");
    }

    @Test
    void what_is_new_for_several_nodes_applies_after_a_restart() {
        ServerConfig before = ServerConfig.defaults();

        assertThat(ConfigChanges.needRestart(before, load(POSTGRES))).containsExactly("database.url", "database.user");
        assertThat(ConfigChanges.needRestart(before, load(Map.of("node.name", "a", "objects.bucket", "blobs"))))
                .containsExactly("objects.bucket", "node.name");
    }

    @Test
    void variables_are_those_of_all_other_keys() {
        ServerConfig config = ConfigLoader.load(
                Optional.empty(),
                Map.of("VERSTAK_DATABASE_PASSWORD_FILE", "/run/pw", "VERSTAK_OBJECTS_PATH_STYLE", "false"),
                Map.of());

        assertThat(config.database().passwordFile()).isEqualTo("/run/pw");
        assertThat(config.objects().pathStyle()).isFalse();
    }

    @Test
    void a_node_without_a_name_has_that_of_its_host() {
        assertThat(load(Map.of("node.name", "north")).node().nameOrHost()).isEqualTo("north");
        assertThat(ServerConfig.defaults().node().nameOrHost()).isNotBlank();
    }

    private static ServerConfig load(Map<String, String> values) {
        return ConfigLoader.load(Optional.empty(), Map.of(), values);
    }
}
