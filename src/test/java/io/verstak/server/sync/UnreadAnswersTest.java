package io.verstak.server.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.protocol.Sync;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Answers that their clients do not take. */
class UnreadAnswersTest {
    private static final int OPS = 40;
    private static final int CONNECTIONS = 16;
    private static final int SMALL_BUFFER = 8 << 10;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withUser("bob");

    @Test
    void s39_large_pages_that_a_device_does_not_take_are_bounded_and_keep_nobody_else_out() throws Exception {
        Desktop greedy = SERVER.pair("bob", "main");
        Desktop other = SERVER.pair("alice", "main");
        String payload = "\"" + "x".repeat(250_000) + "\"";
        for (int i = 0; i < OPS; i++) {
            assertThat(Sync.push(SERVER, greedy, OutboxOp.note("n" + i, "").withPayload(payload))
                            .status())
                    .isEqualTo(200);
        }
        byte[] pull = Request.post(Sync.PULL, "{}").bearer(greedy.token()).bytes();

        List<Socket> unread = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                Socket socket = new Socket();
                unread.add(socket);
                socket.setReceiveBufferSize(SMALL_BUFFER);
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), SERVER.port()));
                socket.getOutputStream().write(pull);
            }

            // Pages of 8 MiB: three of them are one user's half of what there is for all.
            assertThat(refused(greedy).code()).isEqualTo("unavailable");
            assertThat(Sync.pull(SERVER, other, 0, 0).status()).isEqualTo(200);
        } finally {
            for (Socket socket : unread) {
                socket.close();
            }
        }
    }

    /** Asks until the pages that nobody takes fill the user's part. */
    private static Answer refused(Desktop device) {
        long end = System.nanoTime() + PATIENCE_NANOS;
        Answer answer = Sync.pull(SERVER, device, 0, 1);
        while (answer.status() == 200 && System.nanoTime() < end) {
            answer = Sync.pull(SERVER, device, 0, 1);
        }
        return answer;
    }
}
