package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.LoadedConfig.Setting;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.StoredSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows each value and where it comes from. Secrets show as stars. */
@Command(
        name = "show",
        mixinStandardHelpOptions = true,
        description = "Show each value and where it comes from; secrets are masked.")
final class ConfigShowCommand implements Callable<Integer> {
    /** Where the unit of the service looks for secrets. */
    private static final Path CREDENTIALS = Path.of("/etc/credstore");

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Option(names = "--json", description = "Print JSON, for scripts; errors too, on standard error.")
    private boolean json;

    @Option(names = "--variables", description = "Show the environment variable of each key instead of its source.")
    private boolean variables;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        LoadedConfig loaded = settings.explain(listen);
        List<Setting> shown = loaded.overriddenBy(saved(loaded.config()), "admin pages");
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(shown));
        } else {
            shown.forEach(setting -> out.println(line(setting)));
        }
        return 0;
    }

    /** What administrators have saved on their pages; it overrides the configuration. */
    private Map<String, String> saved(ServerConfig config) {
        Path root = Path.of(config.storage().dataDir());
        if (!Files.exists(root)) {
            return Map.of();
        }
        try {
            return StoredSettings.read(DataDirectory.openReadOnly(root));
        } catch (StorageException unreadable) {
            spec.commandLine()
                    .getErr()
                    .println("verstak-server: settings saved on the admin pages are not shown: "
                            + unreadable.getMessage());
            return Map.of();
        }
    }

    private String line(Setting setting) {
        return "%-34s %-34s %s"
                .formatted(setting.key(), text(setting.value()), variables ? setting.variable() : source(setting));
    }

    /** The service alone can read a credential; for everybody else, show that there is one. */
    private static String source(Setting setting) {
        Path credential = CREDENTIALS.resolve("verstak-server." + setting.key());
        return setting.source().equals("default") && Files.exists(credential)
                ? "default here; the service reads " + credential
                : setting.source();
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value.toString().isEmpty() ? "\"\"" : value.toString();
    }

    private static String json(List<Setting> shown) throws JsonProcessingException {
        Map<String, Object> keys = new LinkedHashMap<>();
        shown.forEach(setting -> keys.put(
                setting.key(),
                Map.of("value", setting.value(), "source", source(setting), "variable", setting.variable())));
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(keys);
    }
}
