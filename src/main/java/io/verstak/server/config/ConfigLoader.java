package io.verstak.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Lays the sources over one another: a flag beats a {@code VERSTAK_…} variable, which beats the file, which beats the
 * default. The variable of the key {@code http.publicUrl} is {@code VERSTAK_HTTP_PUBLIC_URL}; a list is written with
 * commas.
 */
public final class ConfigLoader {
    private static final String PREFIX = "VERSTAK_";
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .build();

    private ConfigLoader() {}

    /**
     * @param file the configuration file, if one is named
     * @param environment the process's environment
     * @param flags dotted keys and the values that the command line gave them
     * @throws ConfigException in one line, for a person
     */
    public static ServerConfig load(Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        ObjectNode json = file.map(ConfigLoader::read).orElseGet(MAPPER::createObjectNode);
        Map<String, Object> keys = new TreeMap<>();
        collectKeys(ServerConfig.defaults(), "", keys);
        fromEnvironment(environment, keys).forEach((key, value) -> set(json, key, value, keys));
        flags.forEach((key, value) -> set(json, key, value, keys));
        return ConfigBinder.bind(json, ServerConfig.defaults(), "");
    }

    private static ObjectNode read(Path file) {
        try {
            JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw new ConfigException(file + ": is not one JSON object");
        } catch (JsonProcessingException e) {
            throw new ConfigException("%s: is not valid JSON: line %d: %s"
                    .formatted(
                            file,
                            e.getLocation() == null ? 0 : e.getLocation().getLineNr(),
                            e.getOriginalMessage().lines().findFirst().orElse("")));
        } catch (IOException e) {
            throw new ConfigException(
                    "%s: cannot be read: %s".formatted(file, e.getClass().getSimpleName()));
        }
    }

    private static Map<String, String> fromEnvironment(Map<String, String> environment, Map<String, Object> keys) {
        Map<String, String> set = new HashMap<>();
        for (String key : keys.keySet()) {
            String value = environment.get(variable(key));
            if (value != null) {
                set.put(key, value);
            }
        }
        return set;
    }

    /** The environment variable that sets a key. */
    static String variable(String key) {
        return PREFIX
                + key.replace('.', '_').replaceAll("([a-z])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
    }

    private static void collectKeys(Record section, String path, Map<String, Object> keys) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            Object value = componentValue(component, section);
            if (value instanceof Record nested) {
                collectKeys(nested, path + component.getName() + ".", keys);
            } else {
                keys.put(path + component.getName(), value);
            }
        }
    }

    private static Object componentValue(RecordComponent component, Record section) {
        try {
            return component.getAccessor().invoke(section);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a record has an accessor for each component", e);
        }
    }

    private static void set(ObjectNode root, String key, String text, Map<String, Object> keys) {
        String[] path = key.split("\\.", -1);
        ObjectNode section = root;
        for (int i = 0; i < path.length - 1; i++) {
            JsonNode next = section.get(path[i]);
            section = next instanceof ObjectNode object ? object : section.putObject(path[i]);
        }
        section.set(path[path.length - 1], parse(text, keys.get(key)));
    }

    /** Numbers and switches are read as such; what cannot be is left as text, and the binder refuses it by its key. */
    private static JsonNode parse(String text, @Nullable Object like) {
        if (like instanceof List) {
            List<JsonNode> items = new ArrayList<>();
            for (String item : text.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(MAPPER.getNodeFactory().textNode(item.strip()));
                }
            }
            return MAPPER.createArrayNode().addAll(items);
        }
        boolean literal = like instanceof Number ? text.matches("-?[0-9]{1,19}") : text.matches("true|false");
        if (!(like instanceof String) && literal) {
            try {
                return MAPPER.readTree(text);
            } catch (JsonProcessingException e) {
                return MAPPER.getNodeFactory().textNode(text);
            }
        }
        return MAPPER.getNodeFactory().textNode(text);
    }
}
