package io.verstak.server.config;

import io.verstak.server.config.annotation.Secret;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A configurable value.
 *
 * @param name dotted, as {@code http.publicUrl}
 * @param value its value in the configuration that was read
 * @param secret whether the value must never be shown
 */
record ConfigKey(String name, Object value, boolean secret) {
    static final String PREFIX = "VERSTAK_";

    /** Returns every key of a configuration, in the order of the file. */
    static List<ConfigKey> of(ServerConfig config) {
        List<ConfigKey> keys = new ArrayList<>();
        collect(config, "", keys);
        return keys;
    }

    private static void collect(Record section, String path, List<ConfigKey> keys) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            Object value = valueOf(component, section);
            if (value instanceof Record nested) {
                collect(nested, path + component.getName() + ".", keys);
            } else {
                boolean secret = component.isAnnotationPresent(Secret.class);
                keys.add(new ConfigKey(path + component.getName(), value, secret));
            }
        }
    }

    static Object valueOf(RecordComponent component, Record section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has an accessor for each component", e);
        }
    }

    /** Returns the environment variable that sets it. */
    String variable() {
        return PREFIX
                + name.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    /** Returns the environment variable that names a file with the value; for secrets only. */
    String fileVariable() {
        return variable() + "_FILE";
    }
}
