package io.verstak.client.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.TestServer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the demo says to people. */
class DemoTest {
    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    @Test
    void devices_edit_a_vault_and_all_have_the_same_in_the_end() {
        CommandLineRun run = typed(
                TestServer.PASSWORD,
                "--url",
                "http://127.0.0.1:" + SERVER.port(),
                "--user",
                "alice",
                "--devices",
                "2",
                "--minutes",
                "0.02");

        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.out()).contains("by 2 devices; all have the same");
    }

    @Test
    void an_address_without_a_scheme_is_refused() {
        CommandLineRun run = typed("", "--user", "a", "--url", "127.0.0.1:1");

        assertThat(run.exit()).as(run.toString()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("demo.sh: ")
                .contains("http://HOST:PORT")
                .hasLineCount(1);
    }

    @Test
    void a_demo_says_what_the_server_refused() {
        String url = "http://127.0.0.1:" + SERVER.port();
        assertThat(demo("wrong password", url).err()).contains("wrong user name or password for alice");
        assertThat(demo("", url).err()).contains("standard input: there is no password in the first line");
        assertThat(demo("x", "http://127.0.0.1:1").err())
                .contains("the server at http://127.0.0.1:1 cannot be reached", "refused");
        assertThat(demo("x", "http://127.0.0.1:" + SERVER.port() + "/nothing").err())
                .contains("status 404");
    }

    @Test
    void a_demo_says_that_the_server_was_stopped_meanwhile() {
        try (TestServer server = TestServer.start().withUser("alice")) {
            String url = "http://127.0.0.1:" + server.port();
            CompletableFuture<CommandLineRun> demo = CompletableFuture.supplyAsync(() ->
                    typed(TestServer.PASSWORD, "--url", url, "--user", "alice", "--devices", "1", "--minutes", "30"));
            while (server.waiting() == 0 && !demo.isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
            server.whileStopped(data -> {
                CommandLineRun run = demo.orTimeout(300, TimeUnit.SECONDS).join();
                assertThat(run.exit()).as(run.toString()).isEqualTo(1);
                assertThat(run.err())
                        .contains("the server at " + url + " cannot be reached or stopped answering")
                        .hasLineCount(1)
                        .doesNotContain("null");
            });
        }
    }

    private static CommandLineRun demo(String password, String url) {
        CommandLineRun run = typed(password, "--url", url, "--user", "alice");
        assertThat(run.exit()).as(run.toString()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1);
        return run;
    }

    private static CommandLineRun typed(String input, String... words) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return CommandLineRun.of(Demo.commandLine(), words);
        } finally {
            System.setIn(before);
        }
    }
}
