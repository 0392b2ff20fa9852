package io.verstak.server.testkit.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.PulledOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The double of a shipped desktop does what {@code vault-format.md} says, since other tests believe it. */
class StrictDesktopTest {
    private static final byte[] IMAGE = {(byte) 0x89, 'P', 'N', 'G', 0, (byte) 0xff};

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("ann");

    @SuppressWarnings("NullAway.Init") // for each test
    private StrictDesktop home;

    @SuppressWarnings("NullAway.Init")
    private StrictDesktop office;

    @BeforeEach
    void pair(TestInfo test) {
        home = StrictDesktop.pair(SERVER, "ann", test.getDisplayName());
        office = StrictDesktop.pair(SERVER, "ann", test.getDisplayName());
    }

    @AfterEach
    void close() {
        home.close();
        office.close();
    }

    @Test
    void what_one_does_is_on_the_disk_of_the_other() {
        String deal = home.createDeal("House");
        home.write("House/plan.md", "# Plan")
                .write("House/photos/roof.png", IMAGE)
                .makeFolder("Empty")
                .sync();
        assertThat(office.sync().entries()).isEqualTo(home.entries()).hasSize(5);
        assertThat(office.files().get("House/photos/roof.png")).isEqualTo(IMAGE);

        office.write("House/plan.md", "# Plan B").renameDeal(deal, "Roof").moveFolder("Roof/photos", "Roof/pictures");
        office.move("Roof/plan.md", "plan.md").delete("Empty").sync();
        assertThat(home.sync().entries().keySet())
                .containsExactly("Roof", "Roof/pictures", "Roof/pictures/roof.png", "plan.md");
        assertThat(home.entries()).isEqualTo(office.entries());

        home.trashDeal(deal).sync();
        assertThat(office.sync().entries()).containsOnlyKeys("plan.md");
        office.restoreDeal(deal).moveAsOlderDesktops("plan.md", "Roof/plan.md").sync();
        assertThat(home.sync().entries())
                .isEqualTo(office.entries())
                .containsKeys("Roof/pictures/roof.png", "Roof/plan.md");
    }

    @Test
    void a_text_stands_in_its_op_and_everything_else_is_a_blob() {
        home.write("a.txt", "текст")
                .write("b.txt", "x".repeat(300_000))
                .write("c.txt", "nul \0")
                .write("d.png", IMAGE);
        List<PulledOp> ops = home.sync().log();
        assertThat(ops).hasSize(4);
        assertThat(ops.get(0).payloadJson()).contains("\"content\":\"текст\"").contains("contentHash");
        assertThat(ops.subList(1, 4))
                .allSatisfy(op -> assertThat(op.payloadJson()).contains("\"blob\":{\"sha256\""));
        assertThat(office.sync().files().get("b.txt")).hasSize(300_000);
    }

    @Test
    void a_create_where_another_file_is_stops_it_again_and_again() {
        home.write("a.md", "home").sync();
        office.write("a.md", "office").write("b.md", "more").push();
        assertThatExceptionOfType(SyncConflict.class).isThrownBy(office::pull).satisfies(stop -> {
            assertThat(stop.path()).isEqualTo("a.md");
            assertThat(stop.sequence()).isEqualTo(1);
        });
        home.write("c.md", "later").push();
        assertThatExceptionOfType(SyncConflict.class)
                .isThrownBy(office::sync)
                .withMessageContaining("another file is there");
        assertThat(office.files()).containsOnlyKeys("a.md", "b.md");
    }

    @Test
    void a_change_of_what_was_changed_here_and_not_pushed_stops_it() {
        home.write("kept.md", "1").write("gone.md", "1").sync();
        office.sync().write("kept.md", "office");
        home.delete("gone.md").write("kept.md", "home").sync();
        assertThatExceptionOfType(SyncConflict.class)
                .isThrownBy(office::sync)
                .satisfies(stop -> assertThat(stop.path()).isEqualTo("kept.md"));
        // What comes before in the log was applied.
        assertThat(office.files()).containsOnlyKeys("kept.md");
        assertThat(office.files().get("kept.md")).asString().isEqualTo("office");
    }

    @Test
    void a_move_of_a_folder_does_not_take_away_what_was_not_pushed() {
        home.write("in/a.md", "1").sync();
        office.sync().write("in/a.md", "office");
        home.moveFolder("in", "out").sync();
        assertThatExceptionOfType(SyncConflict.class)
                .isThrownBy(office::sync)
                .satisfies(stop -> assertThat(stop.path()).isEqualTo("in/a.md"));
    }

    @Test
    void own_ops_that_come_back_are_not_applied_again() {
        home.write("a.md", "1").push();
        home.move("a.md", "b.md").push();
        home.write("a.md", "new").delete("b.md");
        assertThat(home.pull().files()).containsOnlyKeys("a.md");
        assertThat(home.sync().log()).hasSize(5);
        assertThat(office.sync().entries()).isEqualTo(home.entries());
    }

    @Test
    void it_knows_what_the_folder_was_after_each_op() {
        home.write("a.md", "1").write("a.md", "2").delete("a.md").sync();
        assertThat(office.sync().filesAt(0)).isEmpty();
        assertThat(office.filesAt(2).get("a.md")).asString().isEqualTo("2");
        assertThat(office.filesAt(3)).isEmpty();
        assertThat(office.filesAt(1).get("a.md")).asString().isEqualTo("1");
    }

    @Test
    void a_content_that_is_not_what_its_hash_says_is_not_believed() {
        home.wire()
                .make(OutboxOp.note("a", "")
                        .on("file", "a.md")
                        .ofType("create")
                        .withPayload("{\"path\":\"a.md\",\"content\":\"x\",\"contentHash\":\"00\"}"))
                .push();
        assertThatExceptionOfType(AssertionError.class).isThrownBy(office::sync).withMessageContaining("another hash");
    }
}
