package io.verstak.server.cli;

import io.verstak.server.config.ConfigException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags that say where the server listens, for commands that listen or have to know it. */
final class ListenOptions {
    private static final int MAX_PORT = 65535;

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            description = "Address to listen on; overrides http.listen (default: 127.0.0.1:47732).")
    private @Nullable String listen;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "Port to listen on, 0 for any free one; overrides the port of --listen and http.listen.")
    private @Nullable Integer port;

    /** Returns whether one of the flags is given. */
    boolean isGiven() {
        return listen != null || port != null;
    }

    Optional<String> address() {
        return Optional.ofNullable(listen);
    }

    /** The port alone. Throws {@link ConfigException} if it cannot be one. */
    Optional<Integer> port() {
        if (port != null && (port < 0 || port > MAX_PORT)) {
            throw ConfigException.notAllowed("--port", port, "a port from 0 to " + MAX_PORT);
        }
        return Optional.ofNullable(port);
    }
}
