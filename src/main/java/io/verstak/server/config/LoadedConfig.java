package io.verstak.server.config;

import java.util.List;

/**
 * A configuration, and where each of its values comes from.
 *
 * @param settings every key, in the order of the file
 */
public record LoadedConfig(ServerConfig config, List<Setting> settings) {
    private static final String HIDDEN = "********";

    /**
     * One value, as it may be shown.
     *
     * @param key dotted, as {@code http.publicUrl}
     * @param value a secret that is set shows as stars
     * @param source {@code default}, {@code flag}, a variable's or a credential's name, or the file
     * @param variable the environment variable that sets it
     */
    public record Setting(String key, Object value, String source, String variable) {
        static Setting of(ConfigKey key, String source) {
            boolean hidden = key.secret() && !key.value().toString().isEmpty();
            return new Setting(key.name(), hidden ? HIDDEN : key.value(), source, key.variable());
        }
    }

    public LoadedConfig {
        settings = List.copyOf(settings);
    }
}
