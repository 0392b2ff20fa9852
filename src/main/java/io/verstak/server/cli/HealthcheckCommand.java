package io.verstak.server.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.verstak.server.cli.output.ReportOutput;
import io.verstak.server.config.ConfigException;
import io.verstak.server.config.ListenAddress;
import io.verstak.server.error.FailureReason;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Asks a running server whether it is ready: for a service's start, a container, a script. */
@Command(
        name = "healthcheck",
        mixinStandardHelpOptions = true,
        description = "Ask the running server whether it is ready.",
        exitCodeList = {"0:ready", "1:not ready, or not reachable", "2:wrong arguments or configuration"})
public final class HealthcheckCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 200;
    private static final int READY = 200;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Mixin
    private final ListenOptions listen = new ListenOptions();

    @Mixin
    private final ReportOutput output = new ReportOutput();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "0",
            description = "Keep retrying for up to SECONDS (default: ${DEFAULT-VALUE}).")
    private int wait;

    @Override
    public Integer call() throws InterruptedException, JsonProcessingException {
        if (wait < 0) {
            throw ConfigException.notAllowed("--wait", wait, "a number of seconds");
        }
        URI uri = uri(settings.explain(listen).config().http().listenAddress());
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
        String answer = ask(uri);
        while (!answer.isEmpty() && System.nanoTime() < deadline) {
            // A latch that nobody opens: the pause between two questions.
            if (new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                break;
            }
            answer = ask(uri);
        }
        if (!answer.isEmpty()) {
            throw new CommandException("not ready: " + answer);
        }
        output.print(ReportOutput.done("ready", true), "ready");
        return 0;
    }

    private static URI uri(ListenAddress listen) {
        try {
            URI uri = new URI("http://" + reachable(listen) + "/readyz");
            if (uri.getHost() != null && listen.port() > 0) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Answered below.
        }
        throw ConfigException.notAllowed(
                "http.listen", listen, "an address with a port at which the server can be asked");
    }

    /** Why it is not ready; empty if it is. */
    private static String ask(URI uri) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == READY ? "" : uri + " answered " + answer.statusCode() + ": " + answer.body();
        } catch (IOException unreachable) {
            return "%s: %s".formatted(uri, FailureReason.of(unreachable));
        }
    }

    /** A server that listens on all addresses is asked at the loopback address. */
    private static ListenAddress reachable(ListenAddress listen) {
        return switch (listen.host()) {
            case "0.0.0.0" -> new ListenAddress("127.0.0.1", listen.port());
            case "::", "0:0:0:0:0:0:0:0" -> new ListenAddress("::1", listen.port());
            default -> listen;
        };
    }
}
