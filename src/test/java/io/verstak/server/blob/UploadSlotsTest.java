package io.verstak.server.blob;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Who may stream to disk. */
class UploadSlotsTest {

    @Test
    void s39_one_user_leaves_slots_to_others() {
        UploadSlots slots = new UploadSlots(256);

        assertThat(taken(slots, "greedy", 256)).isEqualTo(64);
        assertThat(taken(slots, "modest", 3)).isEqualTo(3);
        slots.giveBack("greedy");

        assertThat(taken(slots, "greedy", 2)).isEqualTo(1);
    }

    @Test
    void no_more_are_given_than_there_are_and_none_after_the_close() {
        UploadSlots slots = new UploadSlots(3);

        assertThat(taken(slots, "one", 4)).isEqualTo(3);
        assertThat(slots.take("other")).isFalse();
        Future<Void> closed = slots.close();
        for (int i = 0; i < 3; i++) {
            assertThat(closed.isComplete()).isFalse();
            slots.giveBack("one");
        }

        assertThat(closed.isComplete()).isTrue();
        assertThat(slots.take("one")).isFalse();
    }

    private static int taken(UploadSlots slots, String user, int asked) {
        return (int) IntStream.range(0, asked).filter(i -> slots.take(user)).count();
    }
}
