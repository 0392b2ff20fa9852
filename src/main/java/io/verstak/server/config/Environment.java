package io.verstak.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the process's environment sets: {@code VERSTAK_…} for each key; for secrets also {@code VERSTAK_…_FILE}, which names
 * a file with the value, and the credentials that systemd hands to a service (systemd.exec(5)), named as the key.
 */
final class Environment {
    /** Names the configuration file where the command line names none. */
    static final String CONFIG_FILE = ConfigKey.PREFIX + "CONFIG";

    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";
    private static final int MAX_SECRET_BYTES = 64 << 10;

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        this.variables = variables;
    }

    /** A value and where it was found. */
    record Found(String value, String source) {}

    Optional<Path> configFile() {
        return Optional.ofNullable(variables.get(CONFIG_FILE))
                .filter(name -> !name.isEmpty())
                .map(Path::of);
    }

    /**
     * The values that are set, by key.
     *
     * @throws ConfigException for a variable that sets no key: it is a mistake that would otherwise pass unseen
     */
    Map<String, Found> values(List<ConfigKey> keys) {
        refuseUnknown(keys);
        Map<String, Found> found = new LinkedHashMap<>();
        for (ConfigKey key : keys) {
            find(key).ifPresent(value -> found.put(key.name(), value));
        }
        return found;
    }

    private Optional<Found> find(ConfigKey key) {
        @Nullable String value = variables.get(key.variable());
        if (!key.secret()) {
            return Optional.ofNullable(value).map(text -> new Found(text, key.variable()));
        }
        @Nullable String file = variables.get(key.fileVariable());
        if (value != null && file != null) {
            throw new ConfigException(
                    "%s and %s are both set; allowed: one".formatted(key.variable(), key.fileVariable()));
        }
        if (value != null) {
            return Optional.of(new Found(value, key.variable()));
        }
        return file == null
                ? credential(key)
                : Optional.of(new Found(read(key.fileVariable(), Path.of(file)), key.fileVariable()));
    }

    private Optional<Found> credential(ConfigKey key) {
        return Optional.ofNullable(variables.get(CREDENTIALS))
                .map(folder -> Path.of(folder, key.name()))
                .filter(Files::isRegularFile)
                .map(file -> new Found(read("credential " + key.name(), file), "credential " + key.name()));
    }

    /** The file's text; a line end behind it is the editor's, not the secret's. */
    private static String read(String source, Path file) {
        try {
            if (Files.size(file) > MAX_SECRET_BYTES) {
                throw new ConfigException("%s: %s is too long for a secret".formatted(source, file));
            }
            return Files.readString(file).replaceFirst("\\R\\z", "");
        } catch (IOException e) {
            throw new ConfigException("%s: %s cannot be read: %s"
                    .formatted(source, file, e.getClass().getSimpleName()));
        }
    }

    private void refuseUnknown(List<ConfigKey> keys) {
        Map<String, String> known = new TreeMap<>();
        for (ConfigKey key : keys) {
            known.put(flat(key.variable()), key.variable());
            if (key.secret()) {
                known.put(flat(key.fileVariable()), key.fileVariable());
            }
        }
        Set<String> names = new TreeSet<>(known.values());
        names.add(CONFIG_FILE);
        for (String name : new TreeSet<>(variables.keySet())) {
            if (name.startsWith(ConfigKey.PREFIX) && !names.contains(name)) {
                @Nullable String meant = known.get(flat(name));
                throw new ConfigException("%s: unknown variable; %s"
                        .formatted(
                                name,
                                meant == null
                                        ? "without it, 'verstak-server config show --variables' lists all"
                                        : "did you mean " + meant + "?"));
            }
        }
    }

    private static String flat(String variable) {
        return variable.replace("_", "");
    }
}
