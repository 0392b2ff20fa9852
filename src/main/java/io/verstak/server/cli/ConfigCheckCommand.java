package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.verstak.server.config.LoadedConfig;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Says whether a server would start with this configuration on this machine. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        description = "Check whether a server would start: the configuration, the data directory, the address and the"
                + " folder for backups. Changes nothing.",
        exitCodeList = {
            "0:a server would start",
            "1:this machine would prevent a start: directory, host, port or backup folder",
            "2:wrong arguments or configuration"
        })
final class ConfigCheckCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Override
    public Integer call() throws JsonProcessingException {
        LoadedConfig loaded = settings.explain(listen);
        StartCheck check = new StartCheck(loaded.config());
        List<String> problems = check.run();
        if (!problems.isEmpty()) {
            throw new CommandException(problems);
        }
        long set = loaded.settings().stream()
                .filter(setting -> !setting.source().equals("default"))
                .count();
        if (output.isJson()) {
            output.json(ReportOutput.done(
                    "changed", set, "keys", loaded.settings().size(), "server_running", check.isRunning()));
        } else {
            output.out()
                    .println("the configuration is fine; %s of %s values are set%s"
                            .formatted(
                                    set,
                                    loaded.settings().size(),
                                    check.isRunning() ? "; a server is running on the data directory" : ""));
        }
        return 0;
    }
}
