package io.verstak.server.importer;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.config.ConfigLoader;
import io.verstak.server.storage.DataDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The configuration file that an import makes of settings that have no page. Where the server has a configuration file, it is that one
 * with the imported settings added: what it says already is the operator's word and stays.
 */
final class ImportedConfig {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(JsonParser.Feature.ALLOW_COMMENTS).build();

    private final Optional<Path> base;
    private final ObjectNode content;

    private ImportedConfig(Optional<Path> base, ObjectNode content) {
        this.base = base;
        this.content = content;
    }

    /**
     * Reads the file that the server reads, if it reads one.
     *
     * @throws io.verstak.server.config.ConfigException if the server would refuse it
     */
    static ImportedConfig on(Optional<Path> base) throws IOException {
        if (base.isEmpty()) {
            return new ImportedConfig(base, JSON.createObjectNode());
        }
        ConfigLoader.load(base, Map.of(), Map.of());
        return new ImportedConfig(base, (ObjectNode) JSON.readTree(Files.readAllBytes(base.get())));
    }

    /** Adds settings by section and name; notes each one that the file has with another value. */
    void add(ObjectNode imported, ImportReport report) {
        imported.properties()
                .forEach(section -> section.getValue().properties().forEach(setting -> {
                    ObjectNode into = content.withObject("/" + section.getKey());
                    JsonNode there = into.path(setting.getKey());
                    if (there.isMissingNode()
                            || (there.isTextual() && there.textValue().isEmpty())) {
                        into.set(setting.getKey(), setting.getValue());
                    } else if (setting.getValue() instanceof ArrayNode networks) {
                        into.set(setting.getKey(), union(there, networks));
                    } else if (!there.equals(setting.getValue())
                            && there.asLong(-1) != setting.getValue().asLong(-2)) {
                        report.note("%s.%s: config.yml says %s, %s says %s, which stays"
                                .formatted(
                                        section.getKey(),
                                        setting.getKey(),
                                        setting.getValue().asText(),
                                        base.map(Path::toString).orElse("the configuration"),
                                        there.asText()));
                    }
                }));
    }

    private static ArrayNode union(JsonNode there, ArrayNode more) {
        Set<JsonNode> all = new LinkedHashSet<>();
        there.forEach(all::add);
        more.forEach(all::add);
        return JSON.createArrayNode().addAll(all);
    }

    /** Writes the file so that it is there as a whole or not at all. */
    void write(Path file, Path temp) throws IOException {
        Path unnamed = Files.createTempFile(temp, "config-", ".json", DataDirectory.filePermissions());
        byte[] json = JSON.writerWithDefaultPrettyPrinter()
                .writeValueAsString(content)
                .getBytes(StandardCharsets.UTF_8);
        try (FileChannel out = FileChannel.open(unnamed, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(json));
            out.force(true);
        }
        ConfigLoader.load(Optional.of(unnamed), Map.of(), Map.of());
        try {
            Files.move(unnamed, file, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(unnamed);
        }
    }
}
