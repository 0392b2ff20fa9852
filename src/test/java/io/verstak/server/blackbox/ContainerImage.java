package io.verstak.server.blackbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.verstak.server.testkit.machine.DebianRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The image of {@code conf/Containerfile}, built and run by buildah, whose chroot isolation needs root and nothing else. Its base is
 * the Debian that the booted tests have, since a build may have no registry. Images are kept in the build folder.
 */
final class ContainerImage {
    private static final Path STORE = Path.of("target/containers").toAbsolutePath();
    private static final String BASE = "localhost/debian-with-java";
    private static final String IMAGE = "localhost/verstak-server";
    private static final long PATIENCE_MINUTES = 5;

    private final String container;

    private ContainerImage(String container) {
        this.container = container;
    }

    /** Builds the image of the packaged jar and a container of it. */
    static ContainerImage build() throws IOException {
        if (!buildah("images", "--format", "{{.Name}}").contains(BASE)) {
            String empty = buildah("from", "scratch");
            buildah("add", "--quiet", empty, DebianRoot.get().toString(), "/");
            buildah("commit", "--quiet", "--rm", "--disable-compression", empty, BASE);
        }
        buildah(
                "bud",
                "--isolation=chroot",
                "--pull-never",
                "--format=docker",
                "--build-arg=BASE=" + BASE,
                "--file=conf/Containerfile",
                "--tag=" + IMAGE,
                ".");
        String container = buildah("from", "--pull-never", IMAGE);
        // buildah prefers its own folder for a declared volume to the one it is given.
        buildah("config", "--volume=/data-", container);
        return new ContainerImage(container);
    }

    /** What the image says about itself: user, entry point, health check. */
    JsonNode config() throws IOException {
        return new JsonMapper()
                .readTree(buildah("inspect", "--type=image", IMAGE))
                .required("Docker")
                .required("config");
    }

    /** The command line that runs something in the container, as its user, with a folder as its volume. */
    List<String> command(Path volume, int port, List<String> command) {
        List<String> all = buildahCommand(
                "run",
                "--isolation=chroot",
                "--volume=" + volume + ":/data",
                "--env=VERSTAK_HTTP_LISTEN=127.0.0.1:" + port,
                "--env=VERSTAK_METRICS_LISTEN=127.0.0.1:0",
                container,
                "--");
        all.addAll(command);
        return all;
    }

    /** Removes the container; images stay for the next run. */
    void remove() throws IOException {
        buildah("rm", container);
        buildah("rmi", "--prune");
    }

    private static List<String> buildahCommand(String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("buildah", "--root=" + STORE.resolve("root"), "--runroot=" + STORE.resolve("run")));
        all.addAll(List.of(arguments));
        return all;
    }

    private static String buildah(String... arguments) throws IOException {
        Path errors = Files.createTempFile("verstak-buildah-", ".err");
        try {
            Process process = new ProcessBuilder(buildahCommand(arguments))
                    .redirectError(errors.toFile())
                    .start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                throw new AssertionError(
                        "buildah %s: %s %s".formatted(String.join(" ", arguments), out, Files.readString(errors)));
            }
            return out.strip();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        } finally {
            Files.delete(errors);
        }
    }
}
