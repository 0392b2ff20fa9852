package io.verstak.server.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.verstak.server.domain.Actor;
import io.verstak.server.domain.Sha256;
import io.verstak.server.protocol.Sync;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Blobs;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.Http;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.Sharing;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import io.verstak.server.testkit.Web;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One log for the devices of several people: what each may do, and what ends it. */
class SharingTest {
    private static final String PAGE = Sharing.PAGE;
    private static final byte[] FILE = "a picture".getBytes(StandardCharsets.UTF_8);

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start();

    private static final Sharing SHARING = new Sharing(SERVER);

    private final Web web = new Web(SERVER);

    @Test
    void an_editor_syncs_the_log_of_the_owner_who_pays_for_the_files() {
        Visitor ann = user("ann");
        Visitor ben = user("ben");
        try (Desktop own = SERVER.pair("ann", "team")) {
            own.make(OutboxOp.note("n1", "by ann")).sync();
            SHARING.share(ann, "team", "ben", "editor");
            SHARING.accept(ben);
            try (Desktop shared = SERVER.pair("ben", "team")) {
                shared.sync();
                assertThat(shared.ofOthers()).hasSize(1);
                shared.make(OutboxOp.note("n1", "by ben")).sync();
                Sha256 blob = shared.blobs().upload("p.png", FILE);
                shared.make(OutboxOp.note("f", "")
                                .on("file", "a.md")
                                .ofType("create")
                                .withPayload("{\"path\":\"a.md\",\"content\":\"x\"}"))
                        .push();
                assertThat(ann.get("/files/file?vault=team&path=a.md").text()).contains("(ben)");

                own.make(OutboxOp.note("n1", "at the same time")).sync();

                assertThat(own.conflicts()).hasSize(1);
                assertThat(own.conflicts().get(0).get("device_id").textValue()).isEqualTo(shared.id());
                assertThat(own.blobs().download(blob)).isEqualTo(FILE);
                assertThat(used("ann")).isEqualTo(FILE.length);
                assertThat(used("ben")).isZero();
                assertThat(me(shared)).contains("\"username\":\"ben\"").contains(shared.id());
                assertThat(logId(shared)).isEqualTo(logId(own));
                assertThat(ben.get("/dashboard").text()).contains("Shared with you", ">ann<", "read and change");
                assertThat(ann.get(PAGE + "?vault=team").text()).contains("<strong>ben</strong>");
                assertThat(web.told("ann")).contains("vault_member_added");
                assertThat(web.told("ben")).contains("vault_offered");
            }
        }
    }

    @Test
    void a_reader_gets_everything_and_adds_nothing_until_the_role_is_raised() {
        Visitor cleo = user("cleo");
        Visitor dora = user("dora");
        try (Desktop own = SERVER.pair("cleo", "team")) {
            own.make(OutboxOp.note("n1", "a")).sync();
            Sha256 blob = own.blobs().upload("p.png", FILE);
            SHARING.share(cleo, "team", "dora", "editor");
            SHARING.accept(dora);
            try (Desktop shared = SERVER.pair("dora", "team")) {
                OutboxOp kept = OutboxOp.note("n2", "while an editor");
                shared.make(kept).sync();
                SHARING.role(cleo, "team", "dora", "reader");

                assertThat(shared.blobs().download(blob)).isEqualTo(FILE);
                own.make(OutboxOp.note("n3", "b")).sync();
                shared.pull();
                assertThat(shared.ofOthers()).hasSize(2);
                assertThat(Sync.push(SERVER, shared, kept).json().required("accepted"))
                        .hasSize(1);
                assertThat(Sync.push(SERVER, shared, kept, OutboxOp.note("n4", "c"))
                                .code())
                        .isEqualTo("read_only");
                assertThat(Sync.head(SERVER, own)).isEqualTo(3);
                for (Request request : List.of(
                        Blobs.upload(shared, FILE),
                        Request.of("PUT", Blobs.PATH + "/" + blob.hex()).bearer(shared.token()),
                        Request.of("POST", "/api/v1/uploads/")
                                .with("Tus-Resumable", "1.0.0")
                                .with("Upload-Length", "1")
                                .bearer(shared.token()))) {
                    Answer refused = SERVER.send(request);
                    assertThat(refused.status()).isEqualTo(403);
                    assertThat(refused.code()).isEqualTo("read_only");
                }
                shared.make(OutboxOp.note("n5", "waits in the outbox"));
                assertThatThrownBy(shared::push)
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("read_only"));
                assertThat(shared.outbox()).hasSize(1);

                SHARING.role(cleo, "team", "dora", "editor");

                shared.push();
                assertThat(shared.outbox()).isEmpty();
                assertThat(Sync.head(SERVER, own)).isEqualTo(4);
            }
        }
    }

    @Test
    void a_member_who_is_removed_is_cut_off_at_once_and_paired_again_begins_an_own_vault() throws IOException {
        Visitor eve = user("eve");
        Visitor finn = user("finn");
        try (Desktop own = SERVER.pair("eve", "team")) {
            own.make(OutboxOp.note("n1", "a")).sync();
            SHARING.share(eve, "team", "finn", "editor");
            SHARING.accept(finn);
            try (Desktop shared = SERVER.pair("finn", "team").sync();
                    Desktop second = SERVER.pair("finn", "team").sync();
                    Http waiting = Http.connect(SERVER.port());
                    EventReader events = EventReader.open(SERVER, second.token())) {
                events.untilHead(1);
                int others = SERVER.waiting();
                waiting.write(Request.post(Sync.PULL, "{\"since_sequence\":1,\"wait_seconds\":25}")
                        .bearer(shared.token())
                        .bytes());
                Blobs.until(() -> SERVER.waiting() > others);
                assertThat(finn.get("/files?vault=team&owner=" + SHARING.id("eve"))
                                .status())
                        .isEqualTo(200);

                SHARING.remove(eve, "team", "finn");

                assertThat(waiting.read().status()).isEqualTo(401);
                assertThat(events.piece()).isEmpty();
                assertThat(Sync.pull(SERVER, shared, 0, 0).status()).isEqualTo(401);
                assertThat(Sync.push(SERVER, second, OutboxOp.note("n2", "b")).status())
                        .isEqualTo(401);
                assertThat(finn.get("/files?vault=team&owner=" + SHARING.id("eve"))
                                .status())
                        .isEqualTo(404);
                own.make(OutboxOp.note("n3", "goes on")).sync();
                assertThat(web.told("finn")).contains("vault_access_ended");
                try (Desktop again = SERVER.pair("finn", "team")) {
                    assertThat(Sync.head(SERVER, again)).isZero();
                }
            }
        }
    }

    @Test
    void an_id_that_is_own_and_shared_means_the_own_vault_and_a_code_the_other_one() {
        Visitor gus = user("gus");
        Visitor hal = user("hal");
        Visitor ida = user("ida");
        try (Desktop ofGus = SERVER.pair("gus", "notes");
                Desktop ofHal = SERVER.pair("hal", "notes")) {
            ofGus.make(OutboxOp.note("n1", "of gus")).sync();
            ofHal.make(OutboxOp.note("n1", "of hal"))
                    .make(OutboxOp.note("n2", "of hal"))
                    .sync();
            SHARING.share(gus, "notes", "ida", "editor");
            SHARING.share(hal, "notes", "ida", "editor");
            SHARING.accept(ida);
            SHARING.accept(ida);

            assertThatThrownBy(() -> SERVER.pair("ida", "notes"))
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("conflict"));
            try (Desktop byCode = Desktop.pair(SERVER::port, "ida", SHARING.code(ida, "notes", "gus"), "notes")) {
                assertThat(Sync.head(SERVER, byCode)).isEqualTo(1);
            }
            String fresh = SHARING.code(ida, "", "");
            try (Desktop own = Desktop.pair(SERVER::port, "ida", fresh, "notes")) {
                assertThat(Sync.head(SERVER, own)).isZero();
            }
            try (Desktop own = SERVER.pair("ida", "notes");
                    Desktop byCode = Desktop.pair(SERVER::port, "ida", SHARING.code(ida, "notes", "hal"), "notes")) {
                assertThat(Sync.head(SERVER, own)).isZero();
                assertThat(Sync.head(SERVER, byCode)).isEqualTo(2);
            }
            String late = SHARING.code(ida, "notes", "hal");
            SHARING.remove(hal, "notes", "ida");
            assertThatThrownBy(() -> Desktop.pair(SERVER::port, "ida", late, "notes"))
                    .isInstanceOfSatisfying(
                            Refused.class, refusal -> assertThat(refusal.code()).isEqualTo("unauthorized"));
        }
    }

    @Test
    void a_vault_that_is_handed_over_keeps_its_devices_and_counts_for_the_new_owner() {
        Visitor jan = user("jan");
        Visitor kim = user("kim");
        try (Desktop first = SERVER.pair("jan", "team")) {
            first.make(OutboxOp.note("n1", "a")).sync();
            first.blobs().upload("p.png", FILE);
            SHARING.share(jan, "team", "kim", "reader");
            SHARING.accept(kim);
            try (Desktop second = SERVER.pair("kim", "team").sync()) {
                SHARING.share(jan, "team", "kim", "owner");
                assertThat(kim.get("/dashboard").text()).contains("jan offers you the vault “team”");
                SHARING.accept(kim);

                second.make(OutboxOp.note("n2", "by the owner")).sync();
                first.make(OutboxOp.note("n3", "by an editor")).sync();
                first.blobs().upload("q.png", "another".getBytes(StandardCharsets.UTF_8));

                assertThat(Sync.head(SERVER, second)).isEqualTo(3);
                assertThat(used("jan")).isZero();
                assertThat(used("kim")).isEqualTo(FILE.length + "another".length());
                assertThat(jan.get(PAGE + "?vault=team").status()).isEqualTo(404);
                assertThat(kim.get(PAGE + "?vault=team").text()).contains("<strong>jan</strong>");
                assertThat(web.told("jan")).contains("vault_handed_over");
                SHARING.remove(kim, "team", "jan");
                assertThat(Sync.pull(SERVER, first, 0, 0).status()).isEqualTo(401);
            }
        }
    }

    @Test
    void a_vault_is_not_handed_over_to_somebody_who_has_one_with_its_id() {
        Visitor lea = user("lea");
        Visitor max = user("max");
        try (Desktop own = SERVER.pair("lea", "team");
                Desktop another = SERVER.pair("max", "team")) {
            SHARING.share(lea, "team", "max", "editor");
            SHARING.accept(max);
            SHARING.share(lea, "team", "max", "owner");

            assertThat(SHARING.acceptance(max).status()).isEqualTo(409);

            own.make(OutboxOp.note("n1", "a")).sync();
            assertThat(lea.get(PAGE + "?vault=team").status()).isEqualTo(200);
            assertThat(Sync.head(SERVER, another)).isZero();
        }
    }

    @Test
    void an_address_without_an_account_is_invited_by_mail_and_finds_the_invitation_later() {
        Visitor nora = user("nora");
        SERVER.pair("nora", "team").close();

        SHARING.share(nora, "team", "olaf@example.org", "reader");

        assertThat(web.mail("olaf@example.org", "vault-invitation").variables()).containsEntry("user", "nora");
        Visitor olaf = user("olaf");
        SHARING.accept(olaf);
        SERVER.pair("olaf", "team").close();
        assertThat(SERVER.rows(
                        "SELECT read_only FROM devices d JOIN users u ON u.id = d.user_id WHERE u.username = 'olaf'"))
                .containsExactly("1");
    }

    @Test
    void invitations_say_nothing_of_addresses_and_can_be_withdrawn_and_declined() {
        Visitor pia = user("pia");
        Visitor quin = user("quin");
        SERVER.pair("pia", "team").close();
        SERVER.pair("pia", "").close();

        assertThat(SHARING.invite(pia, "team", "nobody-here", "editor").status())
                .isEqualTo(404);
        assertThat(SHARING.invite(pia, "team", "pia", "editor").status()).isEqualTo(400);
        assertThat(SHARING.invite(pia, "legacy:" + SHARING.id("pia"), "quin", "editor")
                        .status())
                .isEqualTo(400);
        assertThat(SHARING.invite(pia, "team", "quin", "owner").status()).isEqualTo(404);
        assertThat(SHARING.invite(pia, "team", "quin", "king").status()).isEqualTo(400);
        SHARING.share(pia, "team", "quin@example.org", "editor");
        assertThat(pia.get(PAGE + "?vault=team").text())
                .contains("<strong>quin@example.org</strong>")
                .doesNotContain("<strong>quin</strong>");
        quin.send("/dashboard", PAGE + "/decline", "invitation=" + SHARING.invitation(quin));
        assertThat(quin.get("/dashboard").text()).doesNotContain("/dashboard/sharing/accept");

        SHARING.share(pia, "team", "quin", "editor");
        String withdrawn = SHARING.invitation(quin);
        pia.send(PAGE + "?vault=team", PAGE + "/withdraw", "vault=team", "invitation=" + withdrawn);
        assertThat(quin.send("/dashboard", PAGE + "/accept", "invitation=" + withdrawn)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void an_invitation_of_the_address_is_void_with_the_membership_that_another_one_has_made() {
        Visitor wim = user("wim");
        SERVER.pair("wim", "team").close();
        SHARING.share(wim, "team", "xenia@example.org", "editor");
        Visitor xenia = user("xenia");
        SHARING.share(wim, "team", "xenia", "reader");
        SHARING.share(wim, "team", "xenia@example.org", "editor");
        SHARING.accept(xenia);
        assertThat(xenia.get("/dashboard").text()).doesNotContain("/dashboard/sharing/accept");
        SHARING.share(wim, "team", "xenia@example.org", "editor");
        assertThat(xenia.get("/dashboard").text()).doesNotContain("/dashboard/sharing/accept");
        assertThat(wim.send(
                                PAGE + "?vault=team",
                                PAGE + "/change",
                                "vault=team",
                                "member=" + SHARING.id("xenia"),
                                "role=owner")
                        .status())
                .isEqualTo(400);

        SHARING.remove(wim, "team", "xenia");

        assertThat(xenia.get("/dashboard").text())
                .doesNotContain("/dashboard/sharing/accept")
                .doesNotContain("Shared with you");
    }

    @Test
    void what_an_account_shares_ends_with_it_and_strangers_get_nowhere() {
        Visitor rob = user("rob");
        Visitor sue = user("sue");
        Visitor tom = user("tom");
        try (Desktop own = SERVER.pair("rob", "team")) {
            own.make(OutboxOp.note("n1", "a")).sync();
            SHARING.share(rob, "team", "sue", "editor");
            String offered = SHARING.invitation(sue);
            assertThat(tom.send("/dashboard", PAGE + "/accept", "invitation=" + offered)
                            .status())
                    .isEqualTo(404);
            SHARING.accept(sue);
            try (Desktop shared = SERVER.pair("sue", "team").sync()) {
                assertThat(tom.get(PAGE + "?vault=team").status()).isEqualTo(404);
                assertThat(sue.get(PAGE + "?vault=team").status()).isEqualTo(404);
                assertThat(tom.get("/files?vault=team&owner=" + SHARING.id("rob"))
                                .status())
                        .isEqualTo(404);
                assertThat(sue.send("/dashboard", "/dashboard/vault/delete", "vault=team", "typed_name=team")
                                .status())
                        .isEqualTo(404);
                assertThat(rob.get("/account").text()).contains("Others lose access to what you share: team.");
                assertThat(rob.get("/dashboard").text()).contains("Members who lose it, too: 1.");

                SERVER.beside(accounts -> accounts.administration().deleteUser(Actor.COMMAND_LINE, SHARING.id("rob")));

                Blobs.until(() -> Sync.pull(SERVER, shared, 0, 0).status() == 401);
                assertThat(sue.get("/dashboard").text()).doesNotContain("Shared with you");
                SERVER.cleanUp();
                assertThat(SERVER.rows("SELECT COUNT(*) FROM vault_members m JOIN users u ON u.id = m.user_id"
                                + " WHERE u.username = 'sue'"))
                        .containsExactly("0");
            }
        }
    }

    @Test
    void a_member_leaves_and_can_be_invited_again() {
        Visitor una = user("una");
        Visitor vic = user("vic");
        try (Desktop own = SERVER.pair("una", "team")) {
            own.make(OutboxOp.note("n1", "a")).sync();
            SHARING.share(una, "team", "vic", "editor");
            SHARING.accept(vic);
            try (Desktop shared = SERVER.pair("vic", "team").sync()) {
                vic.send("/dashboard", PAGE + "/leave", "vault=team", "owner=" + SHARING.id("una"));
                assertThat(Sync.pull(SERVER, shared, 0, 0).status()).isEqualTo(401);
            }
            assertThat(web.told("una")).contains("vault_member_left");
            SHARING.share(una, "team", "vic", "editor");
            SHARING.accept(vic);
            try (Desktop again = SERVER.pair("vic", "team").sync()) {
                assertThat(again.ofOthers()).hasSize(1);
            }
        }
    }

    private static Visitor user(String name) {
        SERVER.addUser(name);
        return Visitor.user(SERVER, name);
    }

    private static String me(Desktop desktop) {
        return SERVER.send(Request.get("/api/client/me").bearer(desktop.token()))
                .text();
    }

    private static String logId(Desktop desktop) {
        return Sync.pull(SERVER, desktop, 0, 0).json().required("log_id").textValue();
    }

    private static long used(String user) {
        return Long.parseLong(SERVER.rows("SELECT COALESCE(SUM(b.bytes), 0) FROM blob_usage b"
                        + " JOIN users u ON u.id = b.user_id WHERE u.username = '" + user + "'")
                .get(0));
    }
}
