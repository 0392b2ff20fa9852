package io.verstak.server.cli;

import io.verstak.server.VerstakServer;
import io.verstak.server.cli.system.Signals;
import io.verstak.server.cli.system.SystemdNotifier;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.error.FailureReason;
import io.verstak.server.metrics.Logging;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Serves until it is told to stop. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = "Serve until stopped; the same as no command. SIGHUP reads the configuration again.",
        exitCodeList = {
            "0:stopped",
            "1:the start failed; standard error says why",
            "2:wrong arguments or configuration",
            "74:the disk lost data (fsync failed); nothing acknowledged is lost, check the disk first",
            "143:stopped by SIGTERM (130: by Ctrl+C)"
        })
public final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);
    private static final int DISK_FAILED = 74;

    /** Docker kills ten seconds after it asked. A node of several takes the time that it was given to drain as well. */
    private static final Duration PATIENCE = Duration.ofSeconds(7);

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Mixin
    private final AdministratorOptions administrator = new AdministratorOptions();

    @Override
    public Integer call() throws Exception {
        LoadedConfig config = settings.explain(listen);
        Logging.start(config.config().log());
        Optional<VerstakServer.Administrator> named = administrator.read();
        VerstakServer server = new VerstakServer(config, Clock.systemUTC(), ServeCommand::halt);
        FolderAccess.requireWithinUnit(Path.of(config.config().storage().dataDir()));
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, stopped), "shutdown"));
        server.start(named, SystemdNotifier::upgrading);
        SystemdNotifier.ready();
        Signals.on("HUP", () -> reload(server));
        // Last: a folder on a dead network file system does not answer.
        nameClosedBackups(config.config().storage().backup().directory());
        stopped.await();
        return 0;
    }

    /** No hook runs: what was not acknowledged must look as if it never was. Only the line that says why is waited for. */
    static void halt() {
        Logging.stop();
        Runtime.getRuntime().halt(DISK_FAILED);
    }

    /** At the start rather than with the first backup; the server serves all the same. */
    private static void nameClosedBackups(String folder) {
        if (!folder.isBlank() && !FolderAccess.isWritable(Path.of(folder))) {
            LOG.error(
                    "{}: the server cannot write to storage.backup.directory, so it will make no backups. For the installed service run"
                            + " 'sudo verstak-server-configure' and restart it",
                    folder);
        }
    }

    /** A configuration with a mistake in it changes nothing. */
    private void reload(VerstakServer server) {
        try {
            List<String> late = server.reload(settings.explain(listen).config());
            LOG.info("configuration reloaded");
            if (!late.isEmpty()) {
                LOG.warn("restart required for: {}", String.join(", ", late));
            }
        } catch (ConfigException mistake) {
            LOG.error("reload failed, keeping the current configuration: {}", String.join("; ", mistake.lines()));
        }
    }

    /** Ends in time, whatever hangs: nothing that was acknowledged needs an orderly end. */
    private static void stop(VerstakServer server, CountDownLatch stopped) {
        Duration draining = server.drainTime();
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch endedOrHurried = new CountDownLatch(1);
        Thread stopping = new Thread(
                () -> {
                    try {
                        server.stop();
                    } catch (Exception failure) {
                        LOG.error("shutdown failed: {}", FailureReason.of(failure), failure);
                    }
                    ended.countDown();
                    endedOrHurried.countDown();
                },
                "stopping");
        stopping.setDaemon(true);
        if (!draining.isZero()) {
            SystemdNotifier.stopping(draining.plus(PATIENCE));
            for (String signal : List.of("TERM", "INT")) {
                Signals.on(signal, () -> {
                    server.hurry();
                    endedOrHurried.countDown();
                });
            }
        }
        stopping.start();
        try {
            // A second signal ends the draining, and leaves the time that a server alone has.
            if (!draining.isZero()) {
                endedOrHurried.await(draining.toMillis(), TimeUnit.MILLISECONDS);
            }
            if (!ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn(
                        "shutdown takes longer than {} s: the process ends now; nothing acknowledged is lost",
                        draining.plus(PATIENCE).toSeconds());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Logging.stop();
        stopped.countDown();
    }
}
