package io.verstak.server.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.Visitor;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code scripts/cluster.sh} as a person tries it. */
class ClusterScriptIT {
    private static final String PASSWORD = "violet-harbour-42";
    private static final Pattern NODE = Pattern.compile("node-\\d: http://127.0.0.1:(\\d+), process (\\d+), log .*");
    private static final int PATIENCE_SECONDS = 120;

    private Path temporary;
    private Process script;
    private BufferedReader said;

    @BeforeEach
    void start() throws IOException {
        // PostgreSQL runs as a user of its own, who must get there.
        temporary = Files.createTempDirectory("verstak-script");
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        ProcessBuilder builder =
                new ProcessBuilder("scripts/cluster.sh", "--port", "0").redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("TMPDIR", temporary.toString());
        script = builder.start();
        said = script.inputReader();
    }

    @AfterEach
    void end() throws IOException {
        script.destroyForcibly();
        Files.deleteIfExists(temporary);
    }

    @Test
    void a_person_opens_its_link_and_syncs_while_a_node_is_killed_and_nothing_stays() throws Exception {
        URI link = URI.create(line("open ").substring("open ".length()));
        Visitor owner = new Visitor(link::getPort);
        String page = link.getRawPath() + "?" + link.getRawQuery();
        Answer done = owner.send(
                page,
                "/setup",
                link.getRawQuery(),
                "username=anna",
                "password=" + PASSWORD,
                "own_account=1",
                "email=anna@example.org",
                "server_name=Sync");
        assertThat(done.status()).as(done.text()).isEqualTo(303);
        try (Desktop one = Desktop.pair(link::getPort, "anna", PASSWORD, "v");
                Desktop other = Desktop.pair(link::getPort, "anna", PASSWORD, "v")) {
            List<Matcher> nodes = List.of(node(1), node(2), node(3));
            for (int node = 1; node <= 3; node++) {
                if (node == 3) {
                    awaitReady(Integer.parseInt(nodes.get(0).group(1)));
                }
                ProcessHandle.of(Long.parseLong(nodes.get(node - 1).group(2)))
                        .orElseThrow()
                        .destroyForcibly();
                one.make(OutboxOp.note("n" + node, "text")).push();

                assertThat(other.pull().ofOthers()).hasSize(node);
            }
        }
        List<ProcessHandle> parts = script.descendants().toList();
        assertThat(parts).hasSizeGreaterThan(5);

        script.destroy();

        assertThat(script.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(script.exitValue()).isEqualTo(143);
        // What was killed may be on its way.
        Blobs.until(() -> parts.stream().noneMatch(ProcessHandle::isAlive));
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).isEmpty();
        }
    }

    private Matcher node(int number) throws IOException {
        Matcher node = NODE.matcher(line("node-" + number + ": "));
        assertThat(node.matches()).isTrue();
        return node;
    }

    private static void awaitReady(int port) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!isReady(port)) {
            assertThat(System.nanoTime()).isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    private static boolean isReady(int port) {
        try {
            return Http.once(port, Request.get("/readyz")).status() == 200;
        } catch (IOException down) {
            return false;
        }
    }

    /** Reads on to a line that begins so. */
    private String line(String beginning) throws IOException {
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.startsWith(beginning)) {
                return line;
            }
        }
        throw new AssertionError("the script ended without " + beginning);
    }
}
