package io.verstak.server.config;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

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

    /** A configuration that was not loaded from anywhere. */
    public static LoadedConfig of(ServerConfig config) {
        return new LoadedConfig(config, explain(config, Map.of()));
    }

    /** Returns every value with its source. A value without a known source is a default if it equals one. */
    public static List<Setting> explain(ServerConfig config, Map<String, String> sources) {
        List<ConfigKey> defaults = ConfigKey.of(ServerConfig.defaults());
        return ConfigKey.of(config).stream()
                .map(key -> Setting.of(
                        key, sources.getOrDefault(key.name(), defaults.contains(key) ? "default" : "configuration")))
                .toList();
    }

    /**
     * The same with values that override the configuration; a secret is shown as stars.
     *
     * @param values by key, as text
     * @param source where they come from
     */
    public List<Setting> overriddenBy(Map<String, String> values, String source) {
        return settings.stream()
                .map(setting -> values.containsKey(setting.key())
                        ? new Setting(
                                setting.key(),
                                overriding(setting, values.get(setting.key())),
                                source,
                                setting.variable())
                        : setting)
                .toList();
    }

    private static Object overriding(Setting setting, String value) {
        if (setting.key().endsWith(".password")) {
            return HIDDEN;
        }
        if (setting.value() instanceof List) {
            return List.of(value.split("[,\\s]+"));
        }
        return setting.value() instanceof Number ? Long.valueOf(value) : value;
    }

    /** Where each value comes from, by its key. */
    public Map<String, String> sources() {
        return settings.stream().collect(Collectors.toUnmodifiableMap(Setting::key, Setting::source));
    }

    public LoadedConfig {
        settings = List.copyOf(settings);
    }
}
