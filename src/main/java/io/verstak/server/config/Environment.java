package io.verstak.server.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the process's environment sets: {@code VERSTAK_…} for each key; for secrets also {@code VERSTAK_…_FILE}, which names
 * a file with the value, and the credentials that systemd hands to a service (systemd.exec(5)), named as the key.
 */
final class Environment {
    /** Names the configuration file where the command line names none. */
    static final String CONFIG_FILE = ConfigKey.PREFIX + "CONFIG";

    private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

    /**
     * Kubernetes gives every container the addresses of the services beside it ("service links"), in variables that begin
     * with a service's name: one that is named {@code verstak} must not end each start.
     */
    private static final Pattern SERVICE_LINK =
            Pattern.compile("VERSTAK(_[A-Z0-9_]+)?_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?"
                    + "|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

    private static final Pattern SERVICE_LINK_URL = Pattern.compile("(tcp|udp|sctp)://\\S+:[0-9]+");

    private final Map<String, String> variables;

    Environment(Map<String, String> variables) {
        Map<String, String> ours = new TreeMap<>(variables);
        ours.entrySet().removeIf(variable -> isServiceLink(variable.getKey(), variable.getValue()));
        this.variables = ours;
    }

    private static boolean isServiceLink(String name, String value) {
        boolean port = name.startsWith(ConfigKey.PREFIX) && name.endsWith("PORT");
        return SERVICE_LINK.matcher(name).matches()
                || (port && SERVICE_LINK_URL.matcher(value).matches());
    }

    /** A value and where it was found. */
    record Found(String value, String source) {}

    Optional<Path> configFile() {
        return Optional.ofNullable(variables.get(CONFIG_FILE))
                .filter(name -> !name.isEmpty())
                .map(name -> ConfigPath.of(CONFIG_FILE, name));
    }

    /** The values that are set, by key. A variable that sets no key is a problem: it is a mistake that would pass unseen. */
    Map<String, Found> values(List<ConfigKey> keys, Problems problems) {
        refuseUnknown(keys, problems);
        Map<String, Found> found = new LinkedHashMap<>();
        for (ConfigKey key : keys) {
            problems.orElse(Optional.<Found>empty(), () -> find(key)).ifPresent(value -> found.put(key.name(), value));
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
                    "%s and %s are both set; unset one of them".formatted(key.variable(), key.fileVariable()));
        }
        if (value != null) {
            return Optional.of(new Found(value, key.variable()));
        }
        return file == null
                ? credential(key)
                : Optional.of(new Found(
                        SecretFile.read(key.fileVariable(), ConfigPath.of(key.fileVariable(), file)),
                        key.fileVariable()));
    }

    private Optional<Found> credential(ConfigKey key) {
        return Optional.ofNullable(variables.get(CREDENTIALS))
                .map(folder -> ConfigPath.of(CREDENTIALS, folder).resolve(key.name()))
                .filter(Files::isRegularFile)
                .map(file -> new Found(SecretFile.read("credential " + key.name(), file), "credential " + key.name()));
    }

    private void refuseUnknown(List<ConfigKey> keys, Problems problems) {
        Map<String, String> known = new TreeMap<>();
        for (ConfigKey key : keys) {
            known.put(flat(key.variable()), key.variable());
            if (key.secret()) {
                known.put(flat(key.fileVariable()), key.fileVariable());
            }
        }
        Set<String> names = new TreeSet<>(known.values());
        names.add(CONFIG_FILE);
        variables.forEach((name, value) -> {
            if (names.contains(name) && value.indexOf(ConfigPath.UNDECODED) >= 0) {
                problems.add(
                        "", name + ": has letters that the locale's character set lacks; start with LC_ALL=C.UTF-8");
            }
        });
        for (String name : variables.keySet()) {
            if (name.startsWith(ConfigKey.PREFIX) && !names.contains(name)) {
                @Nullable String meant = known.get(flat(name));
                problems.add(
                        "",
                        "unknown environment variable %s (%s)"
                                .formatted(
                                        ConfigException.shown(name),
                                        meant == null
                                                ? "unset it and run 'verstak-server config show --variables' for the list"
                                                : "did you mean " + meant + "?"));
            }
        }
    }

    private static String flat(String variable) {
        return variable.replace("_", "");
    }
}
