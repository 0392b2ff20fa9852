package io.verstak.server.cli;

import ch.qos.logback.classic.Level;
import io.verstak.server.VerstakServer;
import io.verstak.server.config.ServerConfig;
import java.time.Clock;
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

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final AdministratorOptions administrator = new AdministratorOptions();

    @Override
    public Integer call() throws Exception {
        ServerConfig config = settings.load();
        logLevel(config);
        Optional<VerstakServer.Administrator> named = administrator.read();
        // No hook runs, no buffer is flushed: what was not acknowledged must look as if it never was.
        VerstakServer server = new VerstakServer(
                config, Clock.systemUTC(), () -> Runtime.getRuntime().halt(DISK_FAILED));
        server.start(named);
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "shutdown"));
        stopped.await();
        return 0;
    }

    private static void logLevel(ServerConfig config) {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(Level.toLevel(config.log().level()));
        }
    }

    private static void stop(VerstakServer server, CountDownLatch stopped) {
        try {
            server.stop();
        } catch (Exception failure) {
            LOG.error("stopping failed", failure);
        }
        stopped.countDown();
    }
}
