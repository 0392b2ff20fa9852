package io.verstak.server.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lays the sources over one another: a flag beats the environment (see {@link Environment}), which beats the file, which
 * beats the default. The variable of the key {@code http.publicUrl} is {@code VERSTAK_HTTP_PUBLIC_URL}; a list is written
 * with commas, or as in the file.
 */
public final class ConfigLoader {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.ALLOW_COMMENTS)
            .build();

    /** Tells editors which schema the file follows; nothing to the server. */
    private static final String SCHEMA = "$schema";

    private static final int MAX_FILE_BYTES = 1 << 20;
    private static final String DATA_DIR = "storage.dataDir";

    private ConfigLoader() {}

    /**
     * @param file the configuration file, if one is named
     * @param environment the process's environment
     * @param flags dotted keys and the values that the command line gave them
     * @throws ConfigException with every mistake, one line each, for a person
     */
    public static ServerConfig load(Optional<Path> file, Map<String, String> environment, Map<String, String> flags) {
        return explain(file, environment, flags).config();
    }

    /** As {@link #load}, and says where each value comes from. */
    public static LoadedConfig explain(Optional<Path> named, Map<String, String> variables, Map<String, String> flags) {
        Problems problems = new Problems();
        Environment environment = new Environment(variables);
        List<ConfigKey> defaults = ConfigKey.of(ServerConfig.defaults());
        Map<String, Environment.Found> found = environment.values(defaults, problems);
        Optional<Path> file = named.or(() -> problems.orElse(Optional.empty(), environment::configFile))
                .or(() -> besideData(Optional.ofNullable(flags.get(DATA_DIR))
                        .or(() -> Optional.ofNullable(found.get(DATA_DIR)).map(Environment.Found::value))));
        ObjectNode json = file.map(path -> problems.orElse(MAPPER.createObjectNode(), () -> read(path)))
                .orElseGet(MAPPER::createObjectNode);
        json.remove(SCHEMA);
        Map<String, Object> kinds = new HashMap<>();
        Map<String, String> sources = new HashMap<>();
        for (ConfigKey key : defaults) {
            kinds.put(key.name(), key.value());
            boolean inFile = !json.at("/" + key.name().replace('.', '/')).isMissingNode();
            sources.put(key.name(), inFile ? source(file.orElseThrow()) : "default");
        }
        found.forEach((key, value) -> {
            set(json, key, value.value(), kinds);
            sources.put(key, value.source());
        });
        flags.forEach((key, value) -> {
            set(json, key, value, kinds);
            sources.put(key, "flag");
        });
        ServerConfig config = new ConfigBinder(problems).bind(json, ServerConfig.defaults(), "");
        problems.throwIfAny(key -> origin(key, sources, file));
        List<LoadedConfig.Setting> settings = ConfigKey.of(config).stream()
                .map(key -> LoadedConfig.Setting.of(key, sources.getOrDefault(key.name(), "default")))
                .toList();
        return new LoadedConfig(config, settings);
    }

    /** Where a refused value was set; a key that is not known can only be the file's. */
    private static Optional<String> origin(String key, Map<String, String> sources, Optional<Path> file) {
        return Optional.ofNullable(sources.get(key))
                .or(() -> file.map(ConfigLoader::source))
                .filter(source -> !source.equals("default"))
                .map(source -> source.equals("flag") ? "command line" : source);
    }

    private static String source(Path file) {
        return "file " + file.toAbsolutePath().normalize();
    }

    /** The file that the environment names for the server. */
    public static Optional<Path> namedBy(Map<String, String> variables) {
        return new Environment(variables).configFile();
    }

    /** Where nobody names a file, the one in the data directory holds: an import leaves it there. */
    private static Optional<Path> besideData(Optional<String> named) {
        String directory = named.orElse(ServerConfig.defaults().storage().dataDir());
        try {
            return Optional.of(Path.of(directory, "verstak-server.json")).filter(Files::isRegularFile);
        } catch (InvalidPathException refusedBelow) {
            return Optional.empty();
        }
    }

    private static ObjectNode read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_FILE_BYTES + 1);
            if (bytes.length > MAX_FILE_BYTES) {
                throw new ConfigException(file + ": larger than 1 MiB, not a configuration file");
            }
            JsonNode json = MAPPER.readTree(bytes);
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw new ConfigException(file + ": not a JSON object; a configuration begins with { and ends with }");
        } catch (JsonProcessingException e) {
            String where =
                    e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
            throw new ConfigException("%s: invalid JSON%s: %s".formatted(file, where, what(e)));
        } catch (IOException e) {
            throw new ConfigException("%s: cannot be read: %s".formatted(file, FailureReason.of(e)));
        }
    }

    /** The first line, without what it says of the parser's own switches. */
    private static String what(JsonProcessingException e) {
        return e.getOriginalMessage()
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst("\\s+\\((start|bound|of type|for [A-Z]).*", "")
                .replaceFirst(", from `[^`]*`", "");
    }

    private static void set(ObjectNode root, String key, String text, Map<String, Object> keys) {
        String[] path = key.split("\\.", -1);
        ObjectNode section = root;
        for (int i = 0; i < path.length - 1; i++) {
            JsonNode next = section.get(path[i]);
            if (next != null && !next.isObject()) {
                // The binder refuses it.
                return;
            }
            section = next instanceof ObjectNode object ? object : section.putObject(path[i]);
        }
        section.set(path[path.length - 1], parse(text, keys.get(key)));
    }

    /** Numbers and switches are read as such; what cannot be is left as text, and the binder refuses it by its key. */
    private static JsonNode parse(String text, @Nullable Object like) {
        if (like instanceof List && text.strip().startsWith("[")) {
            return json(text);
        }
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
            return json(text);
        }
        return MAPPER.getNodeFactory().textNode(text);
    }

    private static JsonNode json(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            return MAPPER.getNodeFactory().textNode(text);
        }
    }
}
