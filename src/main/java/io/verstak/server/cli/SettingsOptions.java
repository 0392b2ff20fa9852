package io.verstak.server.cli;

import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.config.ListenAddress;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say which configuration and which data directory a command works with. */
final class SettingsOptions {
    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "The configuration file (JSON); beats VERSTAK_CONFIG.")
    private @Nullable Path file;

    @Option(names = "--data", paramLabel = "DIR", description = "The data directory; beats storage.dataDir.")
    private @Nullable String dataDir;

    @Option(names = "--listen", paramLabel = "HOST:PORT", description = "Where to listen; beats http.listen.")
    private @Nullable String listen;

    @Option(names = "--port", paramLabel = "N", description = "The port alone; beats that of --listen.")
    private @Nullable Integer port;

    ServerConfig load() {
        return explain().config();
    }

    /** The configuration and where each value comes from. */
    LoadedConfig explain() {
        Map<String, String> flags = new HashMap<>();
        if (dataDir != null) {
            flags.put("storage.dataDir", dataDir);
        }
        if (listen != null) {
            flags.put("http.listen", listen);
        }
        LoadedConfig loaded = read(flags);
        if (port == null) {
            return loaded;
        }
        if (port < 0 || port > 65535) {
            throw new ConfigException("--port: %s is not allowed; allowed: a port from 0 to 65535".formatted(port));
        }
        ListenAddress address = loaded.config().http().listenAddress().withPort(port);
        flags.put("http.listen", address.toString());
        return read(flags);
    }

    private LoadedConfig read(Map<String, String> flags) {
        return ConfigLoader.explain(Optional.ofNullable(file), System.getenv(), flags);
    }
}
