package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.FreePort;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code conf/Containerfile} and {@code conf/compose.yaml}. */
class ContainerIT {
    private static final int USER = 10001;
    private static final String PASSWORD = "correct horse battery";
    private static final long PATIENCE_SECONDS = 180;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void it_is_built_serves_as_its_user_tells_its_health_and_keeps_its_volume() throws Exception {
        Path volume = Files.createDirectory(folder.resolve("volume"));
        Files.setAttribute(volume, "unix:uid", USER);
        Files.setAttribute(volume, "unix:gid", USER);
        int port = FreePort.any();
        ContainerImage image = ContainerImage.build();
        try {
            JsonNode config = image.config();
            assertThat(config.required("User").textValue()).isEqualTo(USER + ":" + USER);
            List<String> serve = words(config.required("Entrypoint"));
            serve.addAll(words(config.required("Cmd")));
            List<String> health = words(config.required("Healthcheck").required("Test"));
            assertThat(health.remove(0)).isEqualTo("CMD");
            assertThat(health).as("a check each 30 s that costs no JVM").doesNotContain("java", "verstak-server");

            assertThat(run("", image.command(volume, port, health))).isNotZero();
            Process first = start(image.command(volume, port, serve), port);
            assertThat(run("", image.command(volume, port, health))).isZero();
            List<String> addUser = List.of("verstak-server", "admin", "create-user", "anna", "anna@example.org");
            assertThat(run(PASSWORD + "\n", image.command(volume, port, addUser)))
                    .isZero();
            Desktop desktop = Desktop.pair(() -> port, "anna", PASSWORD, "main");
            desktop.make(OutboxOp.note("note-1", "kept")).sync();
            stop(first);
            assertThat(run("", image.command(volume, port, health))).isNotZero();

            Process second = start(image.command(volume, port, serve), port);
            Desktop tower = Desktop.pair(() -> port, "anna", PASSWORD, "main");
            tower.pull();
            assertThat(tower.applied()).isEqualTo(desktop.applied()).hasSize(1);
            assertThat(Files.getAttribute(volume.resolve("server.db"), "unix:uid"))
                    .isEqualTo(USER);
            stop(second);
        } finally {
            image.remove();
        }
    }

    @Test
    void compose_builds_this_file_and_names_every_image_in_full() throws IOException {
        Path file = Path.of("conf/compose.yaml");
        Map<?, ?> compose = map(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file)));
        Map<?, ?> service = map(map(compose.get("services")).get("verstak-server"));
        Map<?, ?> build = map(service.get("build"));

        Path context = file.resolveSibling(String.valueOf(build.get("context"))).normalize();
        String dockerfile = Files.readString(context.resolve(String.valueOf(build.get("dockerfile"))));
        @Nullable Object base = map(build.get("args")).get("BASE");
        assertThat(dockerfile).contains("\nARG BASE=" + base + "\n", "\nVOLUME /data\n", "\nEXPOSE 47732\n");
        assertThat(String.valueOf(base)).startsWith("docker.io/library/");
        assertThat(String.valueOf(service.get("image"))).startsWith("localhost/");
        assertThat(service.get("volumes")).isEqualTo(List.of("data:/data"));
        assertThat(service.get("ports")).isEqualTo(List.of("127.0.0.1:47732:47732"));
    }

    private static Process start(List<String> command, int port) throws IOException {
        Path log = Files.createTempFile("verstak-container-", ".log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isReady(port)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new AssertionError("not ready: " + Files.readString(log));
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        Files.delete(log);
        return process;
    }

    private static boolean isReady(int port) {
        try {
            return Http.once(port, Request.get("/readyz")).status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** As an engine ends a container: by a signal to the server, not to what runs it. */
    private static void stop(Process run) throws InterruptedException {
        run.descendants()
                .filter(below -> below.info().command().orElse("").endsWith("/java"))
                .forEach(ProcessHandle::destroy);
        assertThat(run.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private static int run(String input, List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private static List<String> words(JsonNode array) {
        return new ArrayList<>(StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::textValue)
                .toList());
    }

    private static Map<?, ?> map(@Nullable Object value) {
        assertThat(value).isInstanceOf(Map.class);
        return (Map<?, ?>) Objects.requireNonNull(value);
    }
}
