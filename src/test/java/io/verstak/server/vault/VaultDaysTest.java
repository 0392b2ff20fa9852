package io.verstak.server.vault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.MutableClock;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On which day how many operations came. */
class VaultDaysTest {
    private static final MutableClock CLOCK = new MutableClock();

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER =
            TestServer.start(CLOCK, Map.of()).withUser("ann").withUser("ben").withUser("cleo");

    @Test
    void operations_count_for_the_day_on_which_they_came_in_all_vaults_together() {
        try (Desktop notes = SERVER.pair("ann", "notes");
                Desktop work = SERVER.pair("ann", "work")) {
            push(notes, 3);
            push(work, 1);
            assertThat(lastDays("ann", 2)).containsExactly(0L, 4L);
            SERVER.restart();
            assertThat(lastDays("ann", 2)).containsExactly(0L, 4L);

            CLOCK.advance(Duration.ofDays(1));
            push(notes, 2);
            assertThat(lastDays("ann", 2)).containsExactly(4L, 2L);
            SERVER.restart();
            push(notes, 5);
            SERVER.restart();

            assertThat(lastDays("ann", 2)).containsExactly(4L, 7L);
            CLOCK.advance(Duration.ofDays(30));
            assertThat(lastDays("ann", 30)).containsOnly(0L);
        }
    }

    @Test
    void what_came_from_another_server_counts_for_no_day() {
        try (Desktop desktop = SERVER.pair("ben", "notes")) {
            push(desktop, 1);
            SERVER.execute("UPDATE scopes SET operations = 1000, created_at = 1000000 WHERE user_id ="
                    + " (SELECT id FROM users WHERE username = 'ben')");
            assertThat(lastDays("ben", 30)).containsOnly(0L);
            SERVER.restart();

            push(desktop, 2);

            assertThat(lastDays("ben", 2)).containsExactly(0L, 2L);
        }
    }

    @Test
    void days_of_the_past_go_and_what_comes_next_is_still_counted_right() {
        try (Desktop desktop = SERVER.pair("cleo", "notes")) {
            push(desktop, 2);
            SERVER.restart();
            CLOCK.advance(Duration.ofDays(100));
            SERVER.restart();
            push(desktop, 3);
            assertThat(lastDays("cleo", 2)).containsExactly(0L, 3L);
            SERVER.restart();

            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!rows("cleo").equals(List.of("3|5"))) {
                assertThat(System.nanoTime()).as(rows("cleo").toString()).isLessThan(deadline);
            }
            assertThat(lastDays("cleo", 2)).containsExactly(0L, 3L);
        }
    }

    private static List<String> rows(String user) {
        return SERVER.rows("SELECT d.operations, d.total FROM vault_days d JOIN scopes s ON s.id = d.scope_id"
                + " JOIN users u ON u.id = s.user_id WHERE u.username = '" + user + "' ORDER BY d.day");
    }

    private static void push(Desktop desktop, int count) {
        for (int i = 0; i < count; i++) {
            desktop.make(OutboxOp.note("n" + i, "text"));
        }
        desktop.push();
    }

    private static List<Long> lastDays(String user, int days) {
        JsonNode activity =
                Visitor.user(SERVER, user).get("/account/account.json").json().required("activity");
        List<Long> operations = new ArrayList<>();
        activity.forEach(day -> operations.add(day.required("operations").longValue()));
        return operations.subList(operations.size() - days, operations.size());
    }
}
