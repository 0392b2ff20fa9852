package io.verstak.server.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.config.annotation.OneOf;
import io.verstak.server.config.annotation.Range;
import io.verstak.server.config.annotation.Secret;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Makes a configuration record from JSON; every key may be missing, none may be unknown, each value is checked. */
final class ConfigBinder {
    private final Problems problems;

    ConfigBinder(Problems problems) {
        this.problems = problems;
    }

    /**
     * Makes a record. A key that is unknown and a value that is not allowed is noted as a problem; the record then has the
     * default in its place.
     *
     * @param json the keys that were set
     * @param defaults the values of all others
     * @param path the key of {@code json} itself, with a dot behind it, or empty for the root
     */
    <R extends Record> R bind(ObjectNode json, R defaults, String path) {
        RecordComponent[] components = defaults.getClass().getRecordComponents();
        refuseUnknownKeys(json, components, path);
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            Object fallback = ConfigKey.valueOf(component, defaults);
            JsonNode node = json.get(component.getName());
            String key = path + component.getName();
            values[i] =
                    node == null ? fallback : problems.orElse(fallback, () -> value(component, node, fallback, key));
        }
        return problems.orElse(defaults, () -> construct(defaults, components, values));
    }

    private Object value(RecordComponent component, JsonNode node, Object fallback, String key) {
        if (fallback instanceof Record section) {
            if (!(node instanceof ObjectNode object)) {
                throw ConfigException.notAllowed(key, node, "an object");
            }
            return bind(object, section, key + ".");
        }
        if (fallback instanceof List) {
            ParameterizedType list = (ParameterizedType) component.getGenericType();
            Class<?> kind = (Class<?>) list.getActualTypeArguments()[0];
            return kind.isRecord() ? records(kind, node, key) : list(node, key);
        }
        if (fallback instanceof Boolean) {
            if (!node.isBoolean()) {
                throw ConfigException.notAllowed(key, node, "true or false");
            }
            return node.booleanValue();
        }
        return fallback instanceof String ? word(component, node, key) : number(component, node, fallback, key);
    }

    private static List<String> list(JsonNode node, String key) {
        if (!node.isArray() || !StreamSupport.stream(node.spliterator(), false).allMatch(JsonNode::isTextual)) {
            throw ConfigException.notAllowed(key, node, "a list of strings");
        }
        return StreamSupport.stream(node.spliterator(), false)
                .map(JsonNode::textValue)
                .toList();
    }

    private List<Record> records(Class<?> kind, JsonNode node, String key) {
        if (!node.isArray()) {
            throw ConfigException.notAllowed(key, node, "a list of objects");
        }
        List<Record> records = new ArrayList<>();
        for (JsonNode item : node) {
            String path = key + "[" + records.size() + "]";
            if (!(item instanceof ObjectNode object)) {
                throw ConfigException.notAllowed(path, item, "an object");
            }
            records.add(bind(object, defaults(kind), path + "."));
        }
        return records;
    }

    private static Record defaults(Class<?> kind) {
        try {
            return (Record) kind.getDeclaredField("DEFAULT").get(null);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record of a list has its defaults in DEFAULT", e);
        }
    }

    private static String word(RecordComponent component, JsonNode node, String key) {
        OneOf oneOf = component.getAnnotation(OneOf.class);
        boolean allowed = node.isTextual()
                && (oneOf == null || Arrays.asList(oneOf.value()).contains(node.textValue()));
        if (!allowed) {
            throw ConfigException.notAllowed(
                    key, node, oneOf == null ? "a string" : "one of " + String.join(", ", oneOf.value()));
        }
        return node.textValue();
    }

    private static Number number(RecordComponent component, JsonNode node, Object fallback, String key) {
        Range range = component.getAnnotation(Range.class);
        if (!node.canConvertToLong()
                || !node.isIntegralNumber()
                || node.longValue() < range.min()
                || node.longValue() > range.max()) {
            throw ConfigException.notAllowed(
                    key, node, "a whole number from %s to %s".formatted(range.min(), range.max()));
        }
        if (fallback instanceof Integer) {
            return node.intValue();
        }
        return node.longValue();
    }

    private void refuseUnknownKeys(ObjectNode json, RecordComponent[] components, String path) {
        Set<String> known =
                Arrays.stream(components).map(RecordComponent::getName).collect(Collectors.toSet());
        for (Iterator<String> names = json.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!known.contains(name)) {
                // A misspelt secret is a secret all the same.
                String value = Arrays.stream(components).anyMatch(ConfigBinder::isSecret)
                        ? "not shown"
                        : ConfigException.shown(json.get(name));
                String key = path + ConfigException.shown(name);
                problems.add(
                        key,
                        "%s: unknown key (value %s); known keys here: %s"
                                .formatted(key, value, String.join(", ", new TreeSet<>(known))));
            }
        }
    }

    /** Returns whether somebody may write a secret beside this key, by mistake: it is one, or the file of one. */
    private static boolean isSecret(RecordComponent component) {
        return component.isAnnotationPresent(Secret.class)
                || component.getName().endsWith("File");
    }

    @SuppressWarnings("unchecked")
    private static <R extends Record> R construct(R like, RecordComponent[] components, Object[] values) {
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return (R) like.getClass().getDeclaredConstructor(types).newInstance(values);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof ConfigException refusal) {
                throw refusal;
            }
            throw new LinkageError("a configuration record refuses with ConfigException only", e);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has its canonical constructor", e);
        }
    }
}
