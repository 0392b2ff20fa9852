package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.LoadedConfig.Setting;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.config.StorageConfig;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.StorageException;
import io.verstak.server.storage.sqlite.StoredSettings;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Looks at the configuration without serving. Each method is a command. */
@Command(name = "config", mixinStandardHelpOptions = true, description = "Check and show the configuration.")
public final class ConfigCommand {
    /** Where the unit of the service looks for secrets. */
    private static final Path CREDENTIALS = Path.of("/etc/credstore");

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /** Says whether a server would start with this configuration on this machine. */
    @Command(
            name = "check",
            mixinStandardHelpOptions = true,
            description = "Check whether a server would start: the configuration, the data directory, the address, the"
                    + " files with secrets and the folder for backups. Changes nothing.",
            exitCodeList = {
                "0:a server would start",
                "1:this machine would prevent a start: directory, host, port, secret or backup folder",
                "2:wrong arguments or configuration"
            })
    int check(@Mixin SettingsOptions settings, @Mixin ListenOptions listen, @Mixin ReportOutput output)
            throws JsonProcessingException {
        LoadedConfig loaded = settings.explain(listen);
        StartCheck check = new StartCheck(loaded.config());
        List<String> problems = check.run();
        if (!problems.isEmpty()) {
            throw new CommandException(problems);
        }
        check.warnings().forEach(warning -> output.err().println("verstak-server: warning: " + warning));
        long set = loaded.settings().stream()
                .filter(setting -> !setting.source().equals("default"))
                .count();
        int keys = loaded.settings().size();
        output.print(
                ReportOutput.done("changed", set, "keys", keys, "server_running", check.isRunning()),
                "the configuration is fine; %s of %s values are set%s"
                        .formatted(set, keys, check.isRunning() ? "; a server is running on the data directory" : ""));
        return 0;
    }

    /** Prints the folders that a server with this configuration writes to, as they are configured, one a line. */
    @Command(
            name = "folders",
            mixinStandardHelpOptions = true,
            description = "Print the folders that the server writes to: the data directory, then that of the backups.")
    int folders(@Mixin SettingsOptions settings) {
        StorageConfig storage = settings.load().storage();
        PrintWriter out = spec.commandLine().getOut();
        out.println(storage.dataDir());
        if (!storage.backup().directory().isBlank()) {
            out.println(storage.backup().directory());
        }
        return 0;
    }

    @Command(
            name = "show",
            mixinStandardHelpOptions = true,
            description = "Show each value and where it comes from; secrets are masked.")
    int show(
            @Mixin SettingsOptions settings,
            @Mixin ListenOptions listen,
            @Mixin ReportOutput output,
            @Option(
                            names = "--variables",
                            description = "Show the environment variable of each key instead of its source.")
                    boolean variables)
            throws JsonProcessingException {
        LoadedConfig loaded = settings.explain(listen);
        List<Setting> shown = loaded.overriddenBy(saved(loaded.config()), "admin pages");
        if (output.isJson()) {
            output.out().println(json(shown));
        } else {
            shown.forEach(setting -> output.out().println(line(setting, variables)));
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

    private static String line(Setting setting, boolean variables) {
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
