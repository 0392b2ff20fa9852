package io.verstak.server.cli;

import io.verstak.server.config.ListenAddress;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Asks a running server whether it is fit to serve: for a service's start, a container, a script. */
@Command(
        name = "healthcheck",
        mixinStandardHelpOptions = true,
        description = "Asks the running server whether it is ready; ends with 0 if it is, with 1 if not.")
public final class HealthcheckCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final long PAUSE_MILLIS = 200;
    private static final int READY = 200;

    @Mixin
    private final SettingsOptions settings = new SettingsOptions();

    @Option(names = "--wait", paramLabel = "SECONDS", description = "Asks again until it is ready, so long at most.")
    private int wait;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        URI uri = URI.create("http://" + reachable(settings.load().http().listenAddress()) + "/readyz");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(wait);
        String answer = ask(uri);
        while (!answer.isEmpty() && System.nanoTime() < deadline) {
            // A latch that nobody opens: the pause between two questions.
            if (new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                break;
            }
            answer = ask(uri);
        }
        if (answer.isEmpty()) {
            spec.commandLine().getOut().println("ready");
            return 0;
        }
        spec.commandLine().getErr().println("verstak-server: not ready: " + answer);
        return 1;
    }

    /** What stands against it, or empty. */
    private static String ask(URI uri) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(PATIENCE).build();
        try {
            HttpResponse<String> answer = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(PATIENCE)
                    .build()
                    .send(request, HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() == READY ? "" : uri + " answers " + answer.statusCode() + ": " + answer.body();
        } catch (IOException unreachable) {
            return uri + " cannot be reached";
        }
    }

    /** An address that stands for all of a machine's is asked at the loopback. */
    private static ListenAddress reachable(ListenAddress listen) {
        return switch (listen.host()) {
            case "0.0.0.0" -> new ListenAddress("127.0.0.1", listen.port());
            case "::", "0:0:0:0:0:0:0:0" -> new ListenAddress("::1", listen.port());
            default -> listen;
        };
    }
}
