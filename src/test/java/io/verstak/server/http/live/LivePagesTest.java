package io.verstak.server.http.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.testkit.Await;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The event streams of open pages, read as a browser does. */
class LivePagesTest {
    private static final String USER = "/dashboard/events";
    private static final String CONSOLE = "/admin/dashboard/events";
    private static final List<String> CHANGED = List.of("event: changed", "data:");
    private static final List<String> ENDED = List.of("event: ended", "data:");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start()
            .withAdministrator("root")
            .withUser("ann")
            .withUser("ben")
            .withUser("cleo")
            .withUser("dora")
            .withUser("eve")
            .withUser("finn")
            .withUser("gus");

    @Test
    void a_stream_says_what_it_is_and_that_nobody_may_keep_it_back() {
        try (EventReader events = open("ann")) {
            assertThat(events.answer().status()).isEqualTo(200);
            assertThat(events.answer().header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(events.answer().header("Cache-Control")).isEqualTo("no-store");
            assertThat(events.answer().header("X-Accel-Buffering")).isEqualTo("no");
            assertThat(events.piece()).singleElement().asString().matches("retry: [23]\\d{3}");
        }
    }

    @Test
    void a_page_is_told_of_what_a_device_pushes_and_one_without_a_change_hears_nothing() {
        try (EventReader events = open("cleo");
                EventReader others = open("ben");
                Desktop desktop = SERVER.pair("cleo", "notes")) {
            events.piece();
            others.piece();

            desktop.make(OutboxOp.note("n", "text")).push();

            assertThat(events.piece()).isEqualTo(CHANGED);
            assertThat(others.isSilentFor(Duration.ofMillis(100))).isTrue();
        }
    }

    @Test
    void the_console_is_told_of_a_new_user() {
        try (EventReader events = EventReader.open(SERVER, as(administrator(), CONSOLE))) {
            events.piece();

            SERVER.addUser("newcomer");

            assertThat(events.piece()).isEqualTo(CHANGED);
        }
    }

    @Test
    void signing_out_ends_the_stream_and_no_other() {
        Visitor here = Visitor.user(SERVER, "dora");
        try (EventReader events = EventReader.open(SERVER, as(here, USER));
                EventReader elsewhere = open("dora")) {
            events.piece();
            elsewhere.piece();

            here.send("/dashboard", "/logout");

            assertThat(events.piece()).isEqualTo(ENDED);
            assertThat(events.piece()).isEmpty();
            assertThat(elsewhere.isSilentFor(Duration.ofMillis(100))).isTrue();
        }
    }

    @Test
    void signing_out_everywhere_else_ends_the_streams_there_at_once() {
        Visitor here = Visitor.user(SERVER, "eve");
        try (EventReader events = open("eve");
                EventReader kept = EventReader.open(SERVER, as(here, USER))) {
            events.piece();
            kept.piece();

            here.send("/account", "/account/sessions/end-others", "password=" + TestServer.PASSWORD);

            assertThat(events.piece()).isEqualTo(ENDED);
            assertThat(kept.isSilentFor(Duration.ofMillis(100))).isTrue();
        }
    }

    @Test
    void a_fifth_stream_of_a_person_is_refused_until_one_has_gone() {
        Visitor finn = Visitor.user(SERVER, "finn");
        List<EventReader> open = new ArrayList<>();
        for (int i = 0; i < LiveStreams.STREAMS_PER_PERSON; i++) {
            open.add(EventReader.open(SERVER, as(finn, USER)));
        }
        try {
            assertThat(finn.get(USER).status()).isEqualTo(503);
            assertThat(finn.get(USER).header("Retry-After")).isEqualTo("60");
            assertThat(finn.get("/dashboard").status()).isEqualTo(200);

            open.remove(0).leave();

            // The server closes the connection before it has removed the stream.
            Await.until(() -> {
                EventReader again = EventReader.open(SERVER, as(finn, USER));
                open.add(again);
                return again.answer().status() == 200;
            });
        } finally {
            open.forEach(EventReader::close);
        }
    }

    @Test
    void nobody_without_a_session_gets_a_stream() {
        assertThat(new Visitor(SERVER).get(USER).status()).isEqualTo(303);
        assertThat(Visitor.user(SERVER, "gus").get(CONSOLE).status()).isEqualTo(303);
    }

    @Test
    void a_server_that_stops_ends_the_streams() {
        try (TestServer server = TestServer.start().withUser("ida");
                EventReader events = EventReader.open(server, as(Visitor.user(server, "ida"), USER))) {
            events.piece();

            server.whileStopped(data -> assertThat(events.rest()).isEmpty());
        }
    }

    private static EventReader open(String user) {
        return EventReader.open(SERVER, as(Visitor.user(SERVER, user), USER));
    }

    private static Visitor administrator() {
        Visitor visitor = new Visitor(SERVER);
        visitor.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        return visitor;
    }

    private static Request as(Visitor visitor, String path) {
        List<String> cookies = visitor.cookies().entrySet().stream()
                .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                .toList();
        return Request.get(path).with("Cookie", String.join("; ", cookies));
    }
}
