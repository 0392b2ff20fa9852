package io.verstak.server.cli;

import io.verstak.server.client.SyncServer;
import io.verstak.server.client.demo.Standing;
import io.verstak.server.client.demo.Team;
import io.verstak.server.config.ConfigException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Plays a small team of devices against a server, for a person to watch in its pages. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = "Pairs some devices with a vault of the user, lets them edit it at once for a while, and compares"
                + " what they have in the end. The user's password is the first line of standard input. The devices are"
                + " revoked afterwards; the vault stays.")
public final class DemoCommand implements Callable<Integer> {
    private static final Duration ACTIVITY = Duration.ofSeconds(1);
    private static final int MAX_DEVICES = 64;
    private static final int MAX_MINUTES = 24 * 60;
    private static final int DIFFERENT = 3;

    @Option(names = "--url", required = true, paramLabel = "URL", description = "The server, such as ${DEFAULT-VALUE}.")
    private URI url = URI.create("http://127.0.0.1:47732");

    @Option(names = "--user", required = true, paramLabel = "NAME", description = "Username or e-mail address.")
    private String user = "";

    @Option(names = "--vault", defaultValue = "demo", paramLabel = "ID", description = "The vault (${DEFAULT-VALUE}).")
    private String vault = "demo";

    @Option(names = "--minutes", defaultValue = "1", paramLabel = "N", description = "How long (${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(names = "--devices", defaultValue = "4", paramLabel = "N", description = "How many (${DEFAULT-VALUE}).")
    private int devices = 4;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        requireBounds();
        String password = AdministratorOptions.firstLine(System.in);
        Duration time =
                Duration.ofMillis(Math.round(minutes * Duration.ofMinutes(1).toMillis()));
        TeamBoard board = new TeamBoard(spec.commandLine().getErr(), ProgressBar.hasTerminal(), time);
        try (Team team = Team.pair(new SyncServer(() -> url), user, password, vault, devices, ACTIVITY)) {
            boolean same = team.play(time, board::show);
            long made = team.standings().stream().mapToLong(Standing::made).sum();
            spec.commandLine()
                    .getOut()
                    .printf(
                            "%s changes by %s devices; %s%n",
                            made, devices, same ? "all have the same" : "they differ");
            return same ? 0 : DIFFERENT;
        } catch (ConnectException down) {
            return failed("nobody answers at " + url);
        } catch (IOException failure) {
            return failed(failure.toString());
        }
    }

    private int failed(String why) {
        spec.commandLine().getErr().println("verstak-server: " + why);
        return 1;
    }

    private void requireBounds() {
        if (devices < 1 || devices > MAX_DEVICES) {
            throw new ConfigException("--devices: %s is not allowed; allowed: 1 to %s".formatted(devices, MAX_DEVICES));
        }
        if (!(minutes > 0 && minutes <= MAX_MINUTES)) {
            throw new ConfigException(
                    "--minutes: %s is not allowed; allowed: above 0, up to %s".formatted(minutes, MAX_MINUTES));
        }
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null) {
            throw new ConfigException(
                    "--url: %s is not allowed; allowed: http://HOST:PORT or https://HOST".formatted(url));
        }
    }
}
