package io.verstak.server.config;

import java.util.List;

/** The changes of a reloaded configuration. */
public final class ConfigChanges {
    private static final List<String> LIVE = List.of(
            "limits.",
            "rateLimits.",
            "retention.",
            "storage.scrub.",
            "log.level",
            "log.requests",
            "accounts.",
            "web.serverName",
            "web.language",
            "http.publicUrl");

    private ConfigChanges() {}

    /** Returns whether a change of this key applies without a restart. */
    public static boolean isLive(String name) {
        return LIVE.stream().anyMatch(name::startsWith);
    }

    /** The keys that apply after a restart only; all others are read each time they are needed. */
    public static List<String> needRestart(ServerConfig before, ServerConfig after) {
        List<ConfigKey> old = ConfigKey.of(before);
        return ConfigKey.of(after).stream()
                .filter(key -> !old.contains(key))
                .map(ConfigKey::name)
                .filter(name -> !isLive(name))
                .toList();
    }
}
