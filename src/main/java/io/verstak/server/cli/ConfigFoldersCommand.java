package io.verstak.server.cli;

import io.verstak.server.config.StorageConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints the folders that a server with this configuration writes to, as they are configured: one a line, the data first. */
@Command(
        name = "folders",
        mixinStandardHelpOptions = true,
        description = "Print the folders that the server writes to: the data directory, then that of the backups.")
final class ConfigFoldersCommand implements Callable<Integer> {
    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        StorageConfig storage = settings.load().storage();
        PrintWriter out = spec.commandLine().getOut();
        out.println(storage.dataDir());
        if (!storage.backup().directory().isBlank()) {
            out.println(storage.backup().directory());
        }
        return 0;
    }
}
