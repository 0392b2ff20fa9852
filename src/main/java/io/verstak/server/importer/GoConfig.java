package io.verstak.server.importer;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The Go server's {@code config.yml}. A value of the wrong type ends the import before anything is written; unknown
 * keys are reported.
 */
final class GoConfig {
    private final Map<String, Object> values = new LinkedHashMap<>();
    private final Set<String> unread = new LinkedHashSet<>();

    /** An administrator. */
    record Administrator(String username, String passwordHash) {}

    private GoConfig(Map<?, ?> document) {
        flatten("", document);
    }

    /**
     * Reads the file; a missing one counts as empty.
     *
     * @throws ImportException naming the line or the key
     */
    static GoConfig read(Path file) {
        try {
            if (SourceFiles.find(file).isEmpty()) {
                return new GoConfig(Map.of());
            }
            Object document = new Load(LoadSettings.builder()
                            .setLabel("config.yml")
                            .setAllowDuplicateKeys(false)
                            .build())
                    .loadFromString(Files.readString(file, StandardCharsets.UTF_8));
            if (document == null) {
                return new GoConfig(Map.of());
            }
            if (document instanceof Map<?, ?> map) {
                return new GoConfig(map);
            }
            throw new ImportException("config.yml: not a mapping of keys to values");
        } catch (YamlEngineException e) {
            throw new ImportException("config.yml: invalid YAML" + where(e), e);
        } catch (AccessDeniedException denied) {
            throw SourceFiles.forbidden(file, denied);
        } catch (CharacterCodingException notUtf8) {
            throw new ImportException("config.yml: not encoded in UTF-8", notUtf8);
        } catch (IOException e) {
            throw new ImportException("config.yml: cannot be read: " + e.getMessage(), e);
        }
    }

    /** Omits the lines themselves, since they may contain a password. */
    private static String where(YamlEngineException failure) {
        return failure instanceof MarkedYamlEngineException marked
                ? marked.getProblemMark()
                        .map(mark -> ": line %s: %s".formatted(mark.getLine() + 1, marked.getProblem()))
                        .orElse("")
                : "";
    }

    private void flatten(String path, Map<?, ?> section) {
        section.forEach((name, value) -> {
            String key = path + name;
            if (value instanceof Map<?, ?> nested) {
                flatten(key + ".", nested);
            } else if (value != null) {
                values.put(key, value);
                unread.add(key);
            }
        });
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    Optional<String> text(String key) {
        return value(key, "a text", value -> value instanceof String text ? text.strip() : null);
    }

    Optional<Long> number(String key) {
        return value(key, "a whole number", value -> {
            if (value instanceof BigInteger) {
                return Long.MAX_VALUE;
            }
            return value instanceof Integer || value instanceof Long ? ((Number) value).longValue() : null;
        });
    }

    Optional<Boolean> flag(String key) {
        return value(key, "true or false", value -> value instanceof Boolean flag ? flag : null);
    }

    /** @param reader returns null for a value of another type */
    private <T> Optional<T> value(String key, String allowed, Function<Object, @Nullable T> reader) {
        Object value = take(key);
        if (value == null) {
            return Optional.empty();
        }
        T read = reader.apply(value);
        if (read == null) {
            throw wrongType(key, allowed);
        }
        return Optional.of(read);
    }

    List<String> texts(String key) {
        Object value = take(key);
        if (value == null) {
            return List.of();
        }
        if (!(value instanceof List<?> list)) {
            throw wrongType(key, "a list of texts");
        }
        List<String> texts = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof String text)) {
                throw wrongType(key, "a list of texts");
            }
            texts.add(text.strip());
        }
        return texts;
    }

    List<Administrator> administrators() {
        Object value = take("admin");
        if (value == null) {
            // A single value may be written without a list.
            Optional<String> username = text("admin.username");
            return username.isEmpty()
                    ? List.of()
                    : List.of(new Administrator(
                            username.get(), text("admin.password_hash").orElse("")));
        }
        if (!(value instanceof List<?> list)) {
            throw wrongType("admin", "a list of username and password_hash");
        }
        List<Administrator> administrators = new ArrayList<>();
        for (Object item : list) {
            if (!(item instanceof Map<?, ?> entry)
                    || !(entry.get("username") instanceof String username)
                    || !(entry.get("password_hash") instanceof String hash)) {
                throw wrongType("admin", "a list of username and password_hash");
            }
            administrators.add(new Administrator(username, hash));
            for (Object name : entry.keySet()) {
                if (!name.equals("username") && !name.equals("password_hash")) {
                    unread.add("admin." + name);
                }
            }
        }
        return administrators;
    }

    /** Returns the keys of a group, such as {@code limits}, without the group. */
    List<String> keys(String group) {
        return values.keySet().stream()
                .filter(key -> key.startsWith(group + "."))
                .map(key -> key.substring(group.length() + 1))
                .toList();
    }

    /** Returns the keys that were never read. */
    Set<String> unread() {
        return Set.copyOf(unread);
    }

    private @Nullable Object take(String key) {
        unread.remove(key);
        return values.get(key);
    }

    private static ImportException wrongType(String key, String allowed) {
        return new ImportException("config.yml: %s: not %s".formatted(key, allowed));
    }
}
