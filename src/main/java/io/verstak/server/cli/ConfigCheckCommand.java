package io.verstak.server.cli;

import io.verstak.server.config.LoadedConfig;
import io.verstak.server.http.HttpServices;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Says whether a server would start with this configuration; what would stop it is one line and exit code 2. */
@Command(name = "check", mixinStandardHelpOptions = true, description = "Checks the configuration, as a start would.")
final class ConfigCheckCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        LoadedConfig loaded = settings.explain();
        HttpServices.trustedProxies(loaded.config().http());
        long set = loaded.settings().stream()
                .filter(setting -> !setting.source().equals("default"))
                .count();
        spec.commandLine()
                .getOut()
                .println("the configuration is fine; %s of %s values are not the default"
                        .formatted(set, loaded.settings().size()));
        return 0;
    }
}
