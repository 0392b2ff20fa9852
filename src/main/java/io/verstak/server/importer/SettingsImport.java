package io.verstak.server.importer;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ListenAddress;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.config.annotation.Range;
import io.verstak.server.storage.sqlite.bulk.RecordBulkLoader;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What {@code config.yml} says of the server: what our pages can change goes into the database, the rest into a configuration
 * file. What lies outside of our bounds is moved to the nearest that is allowed, and told.
 */
final class SettingsImport {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int MAX_NAME = 80;

    /** Names that are not the snake case of ours. */
    private static final Map<String, String> OTHER_NAMES = Map.of(
            "max_push_ops", "maxPushOperations",
            "max_payload", "maxPayloadJson",
            "max_pull_limit", "maxPullPage",
            "max_pull_ops", "maxPullPage",
            "max_blob", "maxBlobBytes",
            "max_blob_size", "maxBlobBytes");

    private final GoConfig source;
    private final ImportReport report;
    private final ObjectNode file = JSON.createObjectNode();

    SettingsImport(GoConfig source, ImportReport report) {
        this.source = source;
        this.report = report;
    }

    /**
     * @param serverUrl what the Go server's mails linked to, where the file names no address
     * @return the configuration file's content: what has no place in the database
     */
    ObjectNode run(RecordBulkLoader records, Optional<String> serverUrl, long now) {
        publicUrl(serverUrl).ifPresent(url -> {
            report.found(ImportedEntity.SETTINGS);
            report.imported(ImportedEntity.SETTINGS);
            file.withObject("/http").put("publicUrl", url);
        });
        serverName().ifPresent(name -> set(records, "server_name", name, now));
        language().ifPresent(language -> set(records, "language", language, now));
        source.flag("web.allow_registration")
                .ifPresent(open -> set(records, "registration", open ? "open" : "closed", now));
        listen();
        proxies();
        group("limits", ServerConfig.defaults().limits());
        group("retention", ServerConfig.defaults().retention());
        for (String key : new TreeSet<>(source.unread())) {
            report.found(ImportedEntity.SETTINGS);
            report.leave(ImportedEntity.SETTINGS, "no such setting here", key);
        }
        return file;
    }

    private void set(RecordBulkLoader records, String name, String value, long now) {
        report.found(ImportedEntity.SETTINGS);
        report.imported(ImportedEntity.SETTINGS);
        records.setting(name, value, now);
    }

    private void refuse(String key, String reason) {
        report.found(ImportedEntity.SETTINGS);
        report.lose(ImportedEntity.SETTINGS, reason, key);
    }

    private Optional<String> publicUrl(Optional<String> serverUrl) {
        Optional<String> url = source.text("public_url").filter(text -> !text.isEmpty());
        String key = url.isPresent() ? "public_url" : "server_url";
        return url.or(() -> serverUrl.filter(text -> !text.isEmpty())).filter(text -> {
            try {
                ServerConfig.defaults().http().withPublicUrl(text);
                return true;
            } catch (ConfigException notAllowed) {
                refuse(key, "not an address such as https://sync.example.org");
                return false;
            }
        });
    }

    private Optional<String> serverName() {
        return source.text("web.server_name").filter(name -> !name.isEmpty()).filter(name -> {
            boolean allowed = name.length() <= MAX_NAME && name.chars().noneMatch(Character::isISOControl);
            if (!allowed) {
                refuse("web.server_name", "longer than %s characters, or more than one line".formatted(MAX_NAME));
            }
            return allowed;
        });
    }

    private Optional<String> language() {
        return source.text("web.default_locale").filter(text -> !text.isEmpty()).flatMap(text -> {
            String language = text.toLowerCase(Locale.ROOT).split("[-_.]", -1)[0];
            if (language.equals("en") || language.equals("ru")) {
                return Optional.of(language);
            }
            refuse("web.default_locale", "this server has en and ru");
            return Optional.empty();
        });
    }

    /** {@code listen} is a host, or a host with a port, which beats {@code port}. */
    private void listen() {
        Optional<String> listen = source.text("listen").filter(text -> !text.isEmpty());
        Optional<Long> port = source.number("port");
        if (listen.isEmpty() && port.isEmpty()) {
            return;
        }
        ListenAddress ours = ServerConfig.defaults().http().listenAddress();
        String address = listen.map(text -> address(text, port.orElse((long) ours.port())))
                .orElse(ours.host() + ":" + port.orElse(0L));
        try {
            ListenAddress.parse("listen", address);
            file.withObject("/http").put("listen", address);
            report.found(ImportedEntity.SETTINGS);
            report.imported(ImportedEntity.SETTINGS);
        } catch (ConfigException notAllowed) {
            refuse("listen", "not HOST:PORT");
        }
        if (listen.isEmpty()) {
            report.note(
                    "config.yml has a port and no address: this server listens on %s, which other machines cannot reach"
                            .formatted(address));
        }
    }

    /** {@code HOST}, {@code :PORT}, {@code HOST:PORT}, {@code [IPV6]:PORT} or an IPv6 address alone, as {@code HOST:PORT}. */
    private static String address(String listen, long port) {
        boolean bareIpv6 = !listen.startsWith("[") && listen.indexOf(':') != listen.lastIndexOf(':');
        if (bareIpv6) {
            return "[%s]:%s".formatted(listen, port);
        }
        if (listen.startsWith(":")) {
            return "0.0.0.0" + listen;
        }
        boolean hasPort = listen.indexOf(':', Math.max(0, listen.indexOf(']'))) >= 0;
        return hasPort ? listen : listen + ":" + port;
    }

    private void proxies() {
        List<String> proxies = source.texts("trusted_proxies");
        if (proxies.isEmpty()) {
            return;
        }
        ArrayNode kept = JSON.createArrayNode();
        for (String proxy : proxies) {
            report.found(ImportedEntity.SETTINGS);
            Optional<String> network = GoCidr.normal(proxy);
            if (network.isPresent()) {
                report.imported(ImportedEntity.SETTINGS);
                kept.add(network.get());
            } else {
                report.lose(
                        ImportedEntity.SETTINGS,
                        "not an address or network that can be trusted",
                        "trusted_proxies " + proxy);
            }
        }
        file.withObject("/http").set("trustedProxies", kept);
    }

    private void group(String name, Record defaults) {
        for (String key : source.keys(name)) {
            String ours = OTHER_NAMES.getOrDefault(key, camel(key));
            Optional<RecordComponent> component = Arrays.stream(
                            defaults.getClass().getRecordComponents())
                    .filter(candidate -> candidate.getName().equals(ours))
                    .findFirst();
            component.ifPresent(
                    found -> source.number(name + "." + key).ifPresent(value -> number(name, key, found, value)));
        }
    }

    private void number(String group, String key, RecordComponent component, long value) {
        report.found(ImportedEntity.SETTINGS);
        Range range = component.getAnnotation(Range.class);
        if (value <= 0) {
            report.leave(ImportedEntity.SETTINGS, "0 means the default, which is this server's own", 1);
            return;
        }
        long allowed = Math.max(range.min(), Math.min(range.max(), value));
        if (allowed != value) {
            report.note("%s.%s: %s is outside of this server's limits (%s to %s); set to %s"
                    .formatted(group, key, value, range.min(), range.max(), allowed));
        }
        report.imported(ImportedEntity.SETTINGS);
        file.withObject("/" + group).put(component.getName(), allowed);
    }

    private static String camel(String snake) {
        return Pattern.compile("_([a-z])")
                .matcher(snake)
                .replaceAll(letter -> letter.group(1).toUpperCase(Locale.ROOT));
    }
}
