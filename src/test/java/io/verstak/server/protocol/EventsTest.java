package io.verstak.server.protocol;

import static io.verstak.server.protocol.SentPull.PROMPT;
import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.domain.Actor;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 8: the stream of events. */
class EventsTest {
    private static final String EVENTS = "/api/v1/sync/events";
    private static final Duration A_WHILE = Duration.ofMillis(300);
    private static final int STREAMS_PER_DEVICE = 8;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withUser("alice")
            .withUser("bob")
            .withUser("carol")
            .withUser("dora");

    @Test
    void a_stream_says_what_it_is_and_that_nobody_may_keep_it_back() {
        Desktop device = SERVER.pair("alice", "form");
        Request gzip = Request.get(EVENTS).bearer(device.token()).with("Accept-Encoding", "gzip");
        try (EventReader events = EventReader.open(SERVER, gzip)) {
            Answer answer = events.answer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
            assertThat(answer.header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(answer.header("Content-Encoding")).isEmpty();
            assertThat(events.piece())
                    .startsWith("event: head", "id: 0", "data: {\"server_sequence\":0}")
                    .hasSize(4)
                    .last()
                    .asString()
                    .matches("retry: \\d{4,5}");
        }
    }

    @Test
    void the_head_is_told_at_once_and_whenever_it_moves() {
        Desktop device = SERVER.pair("alice", "moves");
        Sync.push(SERVER, device, OutboxOp.note("a", ""), OutboxOp.note("b", ""));
        try (EventReader events = EventReader.open(SERVER, device.token());
                EventReader elsewhere =
                        EventReader.open(SERVER, SERVER.pair("alice", "still").token())) {
            assertThat(events.head()).isEqualTo(2);
            assertThat(elsewhere.head()).isZero();

            Sync.push(SERVER, device, OutboxOp.note("c", ""));
            assertThat(events.head()).isEqualTo(3);
            Sync.push(SERVER, device, OutboxOp.note("d", ""), OutboxOp.note("e", ""));
            assertThat(events.head()).isEqualTo(5);
            assertThat(elsewhere.isSilentFor(A_WHILE)).isTrue();
            assertThat(events.isSilentFor(A_WHILE)).isTrue();
        }
    }

    @Test
    void a_retried_push_tells_nothing() {
        Desktop device = SERVER.pair("alice", "retried");
        OutboxOp op = OutboxOp.note("a", "");
        Sync.push(SERVER, device, op);
        try (EventReader events = EventReader.open(SERVER, device.token())) {
            assertThat(events.head()).isEqualTo(1);
            Sync.push(SERVER, device, op);
            assertThat(events.isSilentFor(A_WHILE)).isTrue();
        }
    }

    @Test
    void moves_that_follow_each_other_within_20_ms_are_told_together_and_the_last_is_never_lost() {
        int pushes = 300;
        Desktop device = SERVER.pair("alice", "many");
        try (EventReader events = EventReader.open(SERVER, device.token())) {
            assertThat(events.head()).isZero();
            long begin = System.nanoTime();
            CompletableFuture<Integer> told = CompletableFuture.supplyAsync(() -> events.untilHead(pushes));
            for (int i = 0; i < pushes; i++) {
                Sync.push(SERVER, device, OutboxOp.note("n" + i, ""));
            }
            int count = told.join();
            long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
            assertThat((long) count).isLessThanOrEqualTo(millis / 20 + 2).isGreaterThan(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "1", "2", "1000000", "9223372036854775807"})
    void whoever_comes_back_is_told_the_head_at_once(String lastEventId) {
        Desktop device = SERVER.pair("alice", "back " + lastEventId);
        Sync.push(SERVER, device, OutboxOp.note("a", ""));
        Request again = Request.get(EVENTS).bearer(device.token()).with("Last-Event-ID", lastEventId);
        try (EventReader events = EventReader.open(SERVER, again)) {
            assertThat(events.head()).isEqualTo(1);
            Sync.push(SERVER, device, OutboxOp.note("b", ""));
            assertThat(events.head()).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "abc", "1 2"})
    void a_last_event_id_that_is_no_sequence_is_refused(String lastEventId) {
        Desktop device = SERVER.pair("alice", "main");
        Request request = Request.get(EVENTS).bearer(device.token()).with("Last-Event-ID", lastEventId);
        assertThat(SERVER.send(request).code()).isEqualTo("invalid_request");
    }

    @Test
    void only_get_and_only_with_a_token() {
        Desktop device = SERVER.pair("alice", "main");
        for (String method : List.of("HEAD", "POST", "PUT", "DELETE")) {
            Answer answer = SERVER.send(Request.of(method, EVENTS).bearer(device.token()));
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.header("Allow")).isEqualTo("GET, OPTIONS");
        }
        assertThat(SERVER.send(Request.get(EVENTS)).code()).isEqualTo("unauthorized");
        assertThat(SERVER.send(Request.get(EVENTS + "?token=" + device.token())).status())
                .isEqualTo(401);
    }

    @Test
    @OneEngine("the time between comments knows no engine")
    void a_comment_comes_every_15_s() {
        Desktop device = SERVER.pair("alice", "comment");
        long opening = System.nanoTime();
        try (EventReader events = EventReader.open(SERVER, device.token())) {
            assertThat(events.head()).isZero();
            assertThat(events.piece()).singleElement().asString().startsWith(":");
            assertThat(Duration.ofNanos(System.nanoTime() - opening))
                    .isBetween(Duration.ofMillis(14_500), Duration.ofSeconds(28));
        }
    }

    @Test
    void of_more_than_8_streams_of_a_device_the_newest_stay() {
        Desktop device = SERVER.pair("alice", "streams");
        Desktop other = SERVER.pair("alice", "streams");
        List<EventReader> open = new ArrayList<>();
        try (EventReader ofOther = EventReader.open(SERVER, other.token())) {
            assertThat(ofOther.head()).isZero();
            for (int i = 0; i < STREAMS_PER_DEVICE + 2; i++) {
                open.add(EventReader.open(SERVER, device.token()));
                assertThat(open.get(i).head()).isZero();
            }
            assertThat(open.get(0).rest()).singleElement().asString().startsWith("retry: ");
            assertThat(open.get(1).rest()).hasSize(1);

            Sync.push(SERVER, device, OutboxOp.note("a", ""));

            for (EventReader events : open.subList(2, open.size())) {
                assertThat(events.head()).isEqualTo(1);
            }
            assertThat(ofOther.head()).isEqualTo(1);
        } finally {
            open.forEach(EventReader::close);
        }
    }

    @Test
    void a_stream_that_its_client_has_left_makes_room_for_another() {
        Desktop device = SERVER.pair("alice", "left");
        try (EventReader first = EventReader.open(SERVER, device.token())) {
            assertThat(first.head()).isZero();
            for (int i = 0; i < 3 * STREAMS_PER_DEVICE; i++) {
                try (EventReader brief = EventReader.open(SERVER, device.token())) {
                    assertThat(brief.head()).isZero();
                    brief.leave();
                }
                assertThat(first.isSilentFor(Duration.ofMillis(20))).isTrue();
            }
        }
    }

    @Test
    void s21_a_stream_ends_when_its_device_is_revoked_and_no_other_does() {
        Desktop lost = SERVER.pair("bob", "main");
        Desktop other = SERVER.pair("bob", "main");
        try (EventReader events = EventReader.open(SERVER, lost.token());
                EventReader beside = EventReader.open(SERVER, other.token())) {
            assertThat(events.head()).isZero();
            assertThat(beside.head()).isZero();
            long revoked = System.nanoTime();
            lost.revoke();

            assertThat(events.rest()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - revoked)).isLessThan(PROMPT);
            assertThat(beside.isSilentFor(A_WHILE)).isTrue();
            assertThat(SERVER.send(Request.get(EVENTS).bearer(lost.token())).code())
                    .isEqualTo("unauthorized");
        }
    }

    @Test
    void s21_streams_end_within_a_second_when_a_command_blocks_their_user() {
        String carol = SERVER.beside(accounts -> accounts.administration().find("carol"))
                .id();
        Desktop device = SERVER.pair("carol", "main");
        Desktop other = SERVER.pair("alice", "main");
        try (EventReader one = EventReader.open(SERVER, device.token());
                EventReader two = EventReader.open(SERVER, device.token());
                EventReader beside = EventReader.open(SERVER, other.token())) {
            one.head();
            two.head();
            beside.head();
            long[] blocked = new long[1];
            SERVER.beside(accounts -> accounts.administration()
                    .block(Actor.COMMAND_LINE, carol, Optional.of(true))
                    .onSuccess(done -> blocked[0] = System.nanoTime()));

            assertThat(one.rest()).isEmpty();
            assertThat(two.rest()).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - blocked[0])).isLessThan(PROMPT);
            assertThat(beside.isSilentFor(A_WHILE)).isTrue();
            assertThat(SERVER.send(Request.get(EVENTS).bearer(device.token())).code())
                    .isEqualTo("forbidden");
        }
    }

    @Test
    void s21_a_stream_ends_when_its_user_is_deleted() {
        String dora = SERVER.beside(accounts -> accounts.administration().find("dora"))
                .id();
        try (EventReader events =
                EventReader.open(SERVER, SERVER.pair("dora", "main").token())) {
            events.head();
            SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, dora));
            assertThat(events.rest()).isEmpty();
        }
    }

    @Test
    void a_stop_ends_streams_quickly_and_tells_each_when_to_come_back() {
        try (TestServer server = TestServer.start().withUser("alice")) {
            List<EventReader> open = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                Desktop device = server.pair("alice", "main");
                open.add(EventReader.open(server, device.token()));
                open.get(i).head();
            }
            long before = System.nanoTime();
            CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::restart);
            List<String> retries = new ArrayList<>();
            for (EventReader events : open) {
                retries.addAll(events.rest());
                events.close();
            }
            stopped.join();
            assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(PROMPT);
            assertThat(retries).hasSize(5).allMatch(line -> line.matches("retry: \\d{4,5}"));
            // Random ones: two of them may be alike.
            assertThat(retries.stream().distinct().count()).isGreaterThan(2);
        }
    }

    @Test
    void a_stream_outlives_the_time_after_which_an_idle_connection_is_closed() {
        try (TestServer server = TestServer.start(
                        Map.of("http.idleTimeoutSeconds", "30", "http.headTimeoutSeconds", "3"))
                .withUser("alice")) {
            Desktop device = server.pair("alice", "main");
            try (EventReader events = EventReader.open(server, device.token())) {
                events.head();
                assertThat(events.isSilentFor(Duration.ofSeconds(5))).isTrue();
                Sync.push(server, device, OutboxOp.note("a", ""));
                assertThat(events.head()).isEqualTo(1);
            }
        }
    }
}
