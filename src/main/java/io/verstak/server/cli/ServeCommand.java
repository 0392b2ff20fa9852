package io.verstak.server.cli;

import io.verstak.server.VerstakServer;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.ops.Logging;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves until it is told to stop. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Serves; the same as no command.")
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int DISK_FAILED = 74;

    /** Docker kills ten seconds after it asked. */
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final AdministratorOptions administrator = new AdministratorOptions();

    @Override
    public Integer call() throws Exception {
        LoadedConfig config = settings.explain();
        Logging.start(config.config().log());
        Optional<VerstakServer.Administrator> named = administrator.read();
        VerstakServer server = new VerstakServer(config, Clock.systemUTC(), ServeCommand::halt);
        server.start(named);
        Hangup.onSignal(() -> reload(server));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "shutdown"));
        stopped.await();
        return 0;
    }

    /** No hook runs: what was not acknowledged must look as if it never was. Only the line that says why is waited for. */
    static void halt() {
        Logging.stop();
        Runtime.getRuntime().halt(DISK_FAILED);
    }

    /** A configuration with a mistake in it changes nothing: the server goes on as it is. */
    private void reload(VerstakServer server) {
        try {
            List<String> late = server.reload(settings.load());
            LOG.info("the configuration was read again");
            if (!late.isEmpty()) {
                LOG.warn("needs a restart: {}", String.join(", ", late));
            }
        } catch (ConfigException mistake) {
            LOG.error("the configuration was not read again: {}", mistake.getMessage());
        }
    }

    /** Ends in time, whatever hangs: nothing that was acknowledged needs an orderly end. */
    private static void stop(VerstakServer server, CountDownLatch stopped) {
        Thread stopping = new Thread(
                () -> {
                    try {
                        server.stop();
                    } catch (Exception failure) {
                        LOG.error("stopping failed", failure);
                    }
                },
                "stopping");
        stopping.setDaemon(true);
        stopping.start();
        try {
            stopping.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (stopping.isAlive()) {
            LOG.warn(
                    "stopping takes longer than {} s: the process ends now, and loses nothing that was acknowledged",
                    PATIENCE.toSeconds());
        }
        Logging.stop();
        stopped.countDown();
    }
}
