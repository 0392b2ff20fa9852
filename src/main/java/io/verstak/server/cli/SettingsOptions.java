package io.verstak.server.cli;

import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.http.server.HttpModule;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which configuration and which data directory a command works with. */
final class SettingsOptions {
    private static final String LISTEN = "http.listen";

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Configuration file (JSON); overrides VERSTAK_CONFIG"
                    + " (default: verstak-server.json in the data directory, if there is one).")
    private @Nullable Path file;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Data directory; overrides storage.dataDir (default: verstak-data).")
    private @Nullable String dataDir;

    ServerConfig load() {
        return explain().config();
    }

    /** The data directory whose database the command works on. Throws {@link ConfigException} if the database is elsewhere. */
    Path dataDirectory() {
        ServerConfig config = load();
        if (config.database().isPostgres()) {
            throw new ConfigException(
                    "database.url names a PostgreSQL: this command is for a database in the data directory; use"
                            + " PostgreSQL's own tools, as the section \"Several nodes\" of operations.md says");
        }
        return Path.of(config.storage().dataDir());
    }

    /** The configuration and where each value comes from. */
    LoadedConfig explain() {
        return explain(new ListenOptions());
    }

    /** The same, with the flags for the address. */
    LoadedConfig explain(ListenOptions listen) {
        Map<String, String> flags = new HashMap<>();
        if (dataDir != null) {
            flags.put("storage.dataDir", dataDir);
        }
        listen.address().ifPresent(address -> flags.put(LISTEN, address));
        Optional<Integer> port = listen.port();
        LoadedConfig loaded = read(flags);
        if (port.isEmpty()) {
            return loaded;
        }
        flags.put(
                LISTEN,
                loaded.config().http().listenAddress().withPort(port.get()).toString());
        return read(flags);
    }

    private LoadedConfig read(Map<String, String> flags) {
        LoadedConfig loaded = ConfigLoader.explain(Optional.ofNullable(file), System.getenv(), flags);
        try {
            HttpModule.trustedProxies(loaded.config().http());
            return loaded;
        } catch (ConfigException noNetwork) {
            throw noNetwork.from(key -> Optional.ofNullable(loaded.sources().get(key)));
        }
    }
}
