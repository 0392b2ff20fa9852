package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.storage.log.OpLog;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Section 3: a device that is ahead of a restored log never misses what is numbered from then on. */
class CursorAboveHeadTest {
    private static final long FURTHEST = 10_000_000;

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice");

    private final String vault = UUID.randomUUID().toString();
    private final Desktop device = SERVER.pair("alice", vault);

    @ParameterizedTest
    @ValueSource(longs = {1, 1000, FURTHEST})
    void the_next_op_comes_above_a_cursor_that_was_ahead(long ahead) {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));
        long cursor = 3 + ahead;

        JsonNode page = Sync.pull(SERVER, device, cursor, 0).json();
        JsonNode next = Sync.push(SERVER, device, OutboxOp.note("n", "")).json();

        assertThat(page.required("ops")).isEmpty();
        assertThat(page.required("page_last_sequence").longValue()).isEqualTo(cursor);
        assertThat(page.required("server_sequence").longValue()).isEqualTo(3);
        assertThat(page.has("gap")).isFalse();
        assertThat(Sync.numbers(next.required("sequences"))).containsExactly(cursor + 1);
        assertThat(next.required("server_sequence").longValue()).isEqualTo(cursor + 1);
        assertThat(next.required("log_id")).isEqualTo(page.required("log_id"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, FURTHEST + 1, Long.MAX_VALUE - 3})
    void a_cursor_at_the_head_or_further_off_than_a_restore_explains_moves_nothing(long ahead) {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));

        Sync.pull(SERVER, device, 3 + ahead, 0);

        assertThat(Sync.numbers(
                        Sync.push(SERVER, device, OutboxOp.note("n", "")).json().required("sequences")))
                .containsExactly(4L);
        assertThat(audited()).isEmpty();
    }

    @Test
    void cursors_ahead_again_and_again_leave_half_of_all_sequences_for_what_is_to_come() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));
        moveTo(OpLog.MAX_SEQUENCE / 2);

        Sync.pull(SERVER, device, OpLog.MAX_SEQUENCE / 2 + 1000, 0);

        assertThat(Sync.numbers(
                        Sync.push(SERVER, device, OutboxOp.note("n", "")).json().required("sequences")))
                .containsExactly(OpLog.MAX_SEQUENCE / 2 + 1);
    }

    @Test
    void a_log_whose_sequences_are_used_up_refuses_new_ops_and_is_read_on() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));
        moveTo(OpLog.MAX_SEQUENCE - 1);

        assertThat(Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(2), 0)).code())
                .isEqualTo("storage_full");
        assertThat(Sync.numbers(
                        Sync.push(SERVER, device, OutboxOp.note("n", "")).json().required("sequences")))
                .containsExactly(OpLog.MAX_SEQUENCE);
        assertThat(Sync.push(SERVER, device, OutboxOp.note("m", "")).code()).isEqualTo("storage_full");
        assertThat(Sync.pull(SERVER, device, 0, 0).json().required("ops")).hasSize(4);
        assertThat(Sync.pull(SERVER, device, OpLog.MAX_SEQUENCE, 0).json().required("ops"))
                .isEmpty();
    }

    /** Moves the end of the log as restores do, which leave a gap. */
    private void moveTo(long counter) {
        SERVER.execute(
                "UPDATE scopes SET counter = %1$s, last_skip = %1$s WHERE vault_id = '%2$s'".formatted(counter, vault));
    }

    @Test
    void a_pull_across_the_skip_says_that_there_is_a_gap() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));
        Sync.pull(SERVER, device, 50, 0);
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));

        assertThat(gap(0, 3)).isFalse();
        assertThat(gap(0, 0)).isTrue();
        assertThat(gap(2, 2)).isTrue();
        assertThat(gap(3, 0)).isTrue();
        assertThat(gap(20, 0)).isTrue();
        assertThat(gap(50, 0)).isTrue();
        assertThat(gap(51, 0)).isFalse();
        assertThat(gap(53, 0)).isFalse();
        assertThat(Sync.pull(SERVER, device, 0, 0).json().required("gap").isBoolean())
                .isTrue();
    }

    @Test
    void a_skip_is_audited_once() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));

        Sync.pull(SERVER, device, 50, 0);
        Sync.pull(SERVER, device, 50, 0);
        Sync.pull(SERVER, device, 20, 0);

        assertThat(audited()).hasSize(1).first().asString().contains("4", "50");
    }

    @Test
    void a_skip_that_is_widened_by_much_is_audited_again() {
        Sync.push(SERVER, device, Desktop.pushBody(Sync.notes(3), 0));

        Sync.pull(SERVER, device, 1_000_003, 0);
        Sync.pull(SERVER, device, 2_000_000, 0);

        assertThat(audited()).hasSize(2).last().asString().contains("1000004", "2000000");
    }

    @Test
    void a_skip_survives_a_restart() {
        Sync.push(SERVER, device, OutboxOp.note("n", ""));
        Sync.pull(SERVER, device, 50, 0);

        SERVER.restart();

        assertThat(Sync.numbers(
                        Sync.push(SERVER, device, OutboxOp.note("n", "")).json().required("sequences")))
                .containsExactly(51L);
        assertThat(gap(1, 0)).isTrue();
    }

    @Test
    void desktops_on_both_sides_of_a_skip_end_with_the_same_ops() {
        Desktop behind = SERVER.pair("alice", vault);
        device.make(OutboxOp.note("n", "one")).sync();
        behind.pull();
        Sync.pull(SERVER, device, 1000, 0);

        device.make(OutboxOp.note("n", "two")).sync();
        behind.make(OutboxOp.note("n", "three")).sync();
        device.pull();

        assertThat(device.applied()).isEqualTo(behind.applied()).hasSize(3);
    }

    private boolean gap(long since, long limit) {
        return Sync.pull(SERVER, device, since, limit).json().path("gap").asBoolean(false);
    }

    private List<String> audited() {
        return SERVER.rows(
                "SELECT message FROM audit_log WHERE type = 'log_skipped' AND device_id = '" + device.id() + "'");
    }
}
