package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.LoadedConfig.Setting;
import java.io.PrintWriter;
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
        description = "Shows each value and where it comes from; secrets as stars.")
final class ConfigShowCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(names = "--json", description = "Prints JSON, for scripts.")
    private boolean json;

    @Option(names = "--variables", description = "Names the environment variable of each key instead of its source.")
    private boolean variables;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws JsonProcessingException {
        LoadedConfig loaded = settings.explain();
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(json(loaded));
        } else {
            loaded.settings().forEach(setting -> out.println(line(setting)));
        }
        return 0;
    }

    private String line(Setting setting) {
        return "%-34s %-34s %s"
                .formatted(setting.key(), text(setting.value()), variables ? setting.variable() : setting.source());
    }

    private static String text(Object value) {
        if (value instanceof List<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        return value.toString().isEmpty() ? "\"\"" : value.toString();
    }

    private static String json(LoadedConfig loaded) throws JsonProcessingException {
        Map<String, Object> keys = new LinkedHashMap<>();
        loaded.settings()
                .forEach(setting -> keys.put(
                        setting.key(),
                        Map.of(
                                "value", setting.value(),
                                "source", setting.source(),
                                "variable", setting.variable())));
        return JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(keys);
    }
}
