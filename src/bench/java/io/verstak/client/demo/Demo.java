package io.verstak.client.demo;

import io.verstak.client.RefusedException;
import io.verstak.client.SyncServer;
import io.verstak.server.cli.CommandException;
import io.verstak.server.cli.CommandTree;
import io.verstak.server.cli.PasswordInput;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigException;
import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command behind {@code scripts/demo.sh}: some devices edit a vault while a person watches the pages. */
@Command(
        name = "demo.sh",
        mixinStandardHelpOptions = true,
        description =
                "Pair some devices with a vault of a user, let them edit it at the same time, and compare what they"
                        + " have in the end. Asks for the user's password at a terminal; elsewhere reads it from the first line of"
                        + " standard input. The devices are revoked afterwards; the vault stays.",
        exitCodeList = {
            "0:all devices have the same in the end",
            "1:the server refused or did not answer; standard error says why",
            "2:wrong arguments",
            "3:the devices differ in the end"
        })
public final class Demo implements Callable<Integer> {
    private static final Duration ACTIVITY = Duration.ofSeconds(1);
    private static final int MAX_DEVICES = 64;
    private static final int MAX_MINUTES = 24 * 60;
    private static final int DIFFERENT = 3;
    private static final int MAX_PORT = 65535;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY = 429;

    @Option(
            names = "--url",
            required = true,
            paramLabel = "URL",
            description = "Address of the server, such as http://127.0.0.1:47732.")
    private String url = "http://127.0.0.1:47732";

    @Option(
            names = "--user",
            required = true,
            paramLabel = "NAME",
            description = "Username or e-mail address of an existing account.")
    private String user = "";

    @Option(
            names = "--vault",
            defaultValue = "demo",
            paramLabel = "ID",
            description = "Vault to edit; created if missing (default: ${DEFAULT-VALUE}).")
    private String vault = "demo";

    @Option(
            names = "--minutes",
            defaultValue = "1",
            paramLabel = "N",
            description = "How long to run, up to 1440 (default: ${DEFAULT-VALUE}).")
    private double minutes = 1;

    @Option(
            names = "--devices",
            defaultValue = "4",
            paramLabel = "N",
            description = "Number of devices, up to 64 (default: ${DEFAULT-VALUE}).")
    private int devices = 4;

    @Mixin
    private final ReportOutput output = new ReportOutput();

    /** Returns the command line. */
    static CommandLine commandLine() {
        return CommandTree.of(new Demo());
    }

    public static void main(String[] arguments) {
        System.exit(CommandTree.run(commandLine(), arguments));
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        URI server = requireBounds();
        String password = PasswordInput.existing(user);
        Duration time =
                Duration.ofMillis(Math.round(minutes * Duration.ofMinutes(1).toMillis()));
        SimulationView board = new SimulationView(output.err(), output.isWatched(), time);
        try (Simulation team =
                Simulation.pair(new SyncServer(() -> server), user, password, vault, devices, ACTIVITY)) {
            boolean same = team.play(time, board::show);
            long made = team.standings().stream().mapToLong(DeviceStats::made).sum();
            if (output.isJson()) {
                output.json(ReportOutput.done("changes", made, "devices", devices, "same", same));
            } else {
                output.out()
                        .println("%s by %s; %s"
                                .formatted(
                                        ReportOutput.count(made, "change"),
                                        ReportOutput.count(devices, "device"),
                                        same ? "all have the same" : "they differ"));
            }
            return same ? 0 : DIFFERENT;
        } catch (RefusedException refusal) {
            throw new CommandException(refused(refusal));
        } catch (IOException failure) {
            throw new CommandException("the server at %s cannot be reached or stopped answering: %s"
                    .formatted(url, FailureReason.of(failure)));
        } catch (IllegalArgumentException strange) {
            throw new CommandException("what answers at %s is not a verstak-server".formatted(url));
        }
    }

    private String refused(RefusedException refusal) {
        return switch (refusal.status()) {
            case UNAUTHORIZED -> "wrong user name or password for %s".formatted(user);
            case FORBIDDEN -> "%s may not sign in: the account is blocked or not confirmed yet".formatted(user);
            case TOO_MANY -> "too many attempts; wait some minutes and try again";
            default ->
                "the server refused with status %s%s"
                        .formatted(refusal.status(), refusal.code().isEmpty() ? "" : " (" + refusal.code() + ")");
        };
    }

    private URI requireBounds() {
        if (devices < 1 || devices > MAX_DEVICES) {
            throw ConfigException.notAllowed("--devices", devices, "1 to " + MAX_DEVICES);
        }
        if (!(minutes > 0 && minutes <= MAX_MINUTES)) {
            throw ConfigException.notAllowed("--minutes", minutes, "a number above 0, up to " + MAX_MINUTES);
        }
        try {
            URI server = new URI(url.strip());
            boolean http = "http".equals(server.getScheme()) || "https".equals(server.getScheme());
            if (http
                    && server.getHost() != null
                    && server.getPort() != 0
                    && server.getPort() <= MAX_PORT
                    && server.getRawUserInfo() == null
                    && server.getRawQuery() == null
                    && server.getRawFragment() == null) {
                return server;
            }
        } catch (URISyntaxException e) {
            // Refused below.
        }
        throw ConfigException.notAllowed("--url", url, "http://HOST:PORT or https://HOST");
    }
}
