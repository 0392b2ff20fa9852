package io.verstak.server.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.Main;
import io.verstak.server.protocol.Sync;
import io.verstak.server.storage.postgresql.PostgresAccess;
import io.verstak.server.testkit.AdminScript;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.EventReader;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Refused;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.Sharing;
import io.verstak.server.testkit.TestPostgres;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole servers on one PostgreSQL. */
class TwoServersTest {
    private static final int ROUNDS = 60;
    private static final String PULL = "{\"since_sequence\":0}";

    private final ServerPair servers = ServerPair.start(Map.of());
    private final PostgresAccess access = servers.access();
    private final TestServer one = servers.one();
    private final TestServer other = servers.other();

    @TempDir
    Path keys;

    @AfterEach
    void stop() {
        servers.close();
    }

    @Test
    void a_device_that_was_revoked_at_one_server_is_refused_by_the_next_request_to_the_other() {
        for (int i = 0; i < ROUNDS; i++) {
            String token = servers.newDevice("device " + i);
            TestServer at = i % 2 == 0 ? one : other;
            TestServer next = i % 2 == 0 ? other : one;
            assertThat(next.send(Request.get("/api/client/me").bearer(token)).status())
                    .isEqualTo(200);
            assertThat(next.send(Request.post("/api/v1/sync/pull", PULL).bearer(token))
                            .status())
                    .isEqualTo(200);
            if (i % 10 == 0) {
                cutListeners();
            }

            assertThat(at.send(Request.post("/api/client/revoke-current", "{}").bearer(token))
                            .status())
                    .isEqualTo(200);

            Request request = i % 3 == 0
                    ? Request.get("/api/client/me")
                    : Request.post(
                            i % 3 == 1 ? "/api/v1/sync/pull" : "/api/v1/sync/push", i % 3 == 1 ? PULL : "{\"ops\":[]}");
            assertThat(next.send(request.bearer(token)).status()).isEqualTo(401);
        }
    }

    @Test
    void the_stream_of_a_device_that_was_revoked_at_the_other_server_ends() throws Exception {
        String token = servers.newDevice("device");
        try (EventReader stream = EventReader.open(other, token)) {
            assertThat(stream.head()).isZero();
            CompletableFuture<?> ended = CompletableFuture.supplyAsync(stream::rest);

            one.send(Request.post("/api/client/revoke-current", "{}").bearer(token));

            ended.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void a_push_to_one_server_wakes_a_stream_at_the_other_and_is_pulled_there() {
        String token = servers.newDevice("device");
        String reader = servers.newDeviceOf("reader", "device");
        try (Desktop writing = Desktop.paired(one::port, "device", token, 0);
                Desktop reading = Desktop.paired(other::port, "reader", reader, 0);
                EventReader stream = EventReader.open(other, reader)) {
            assertThat(stream.head()).isZero();
            for (int i = 1; i <= 10; i++) {
                writing.make(OutboxOp.note("n" + i, "text")).push();

                assertThat(stream.head()).isEqualTo(i);
                assertThat(reading.pull().applied()).hasSize(i);
            }
        }
    }

    @Test
    void a_page_at_one_server_is_told_of_a_device_that_was_connected_at_the_other_and_of_the_sign_out_there() {
        one.addUser("ann");
        Visitor here = Visitor.user(one, "ann");
        Visitor there = new Visitor(other);
        Request stream = Request.get("/dashboard/events")
                .with(
                        "Cookie",
                        here.cookies().entrySet().stream().map(Object::toString).collect(Collectors.joining("; ")));
        try (EventReader events = EventReader.open(one, stream)) {
            assertThat(events.piece()).hasSize(1);

            other.pair("ann", "notes").close();

            assertThat(events.piece()).contains("event: changed");
            here.cookies().forEach(there::withCookie);
            there.send("/dashboard", "/logout");
            assertThat(events.rest()).contains("event: ended");
        }
    }

    @Test
    void what_an_owner_decides_of_a_member_at_one_server_holds_at_the_other_from_the_next_request_on() {
        Sharing sharing = new Sharing(one);
        one.addUser("ann");
        one.addUser("ben");
        Visitor ann = Visitor.user(one, "ann");
        Visitor ben = Visitor.user(other, "ben");
        try (Desktop own =
                one.pair("ann", "team").make(OutboxOp.note("n1", "a")).sync()) {
            sharing.share(ann, "team", "ben", "editor");
            sharing.accept(ben);
            try (Desktop shared = other.pair("ben", "team").sync();
                    EventReader stream = EventReader.open(other, shared.token())) {
                assertThat(shared.ofOthers()).hasSize(1);
                for (int i = 0; i < ROUNDS / 6; i++) {
                    if (i % 5 == 0) {
                        cutListeners();
                    }
                    sharing.role(ann, "team", "ben", "reader");
                    assertThat(Sync.push(other, shared, OutboxOp.note("r" + i, "b"))
                                    .code())
                            .isEqualTo("read_only");
                    sharing.role(ann, "team", "ben", "editor");
                    assertThat(Sync.push(other, shared, OutboxOp.note("e" + i, "b"))
                                    .status())
                            .isEqualTo(200);
                }
                stream.untilHead(1 + ROUNDS / 6);
                String late = sharing.code(ben, "team", "ann");

                sharing.remove(ann, "team", "ben");

                assertThat(Sync.pull(other, shared, 0, 0).status()).isEqualTo(401);
                assertThat(stream.rest()).isEmpty();
                assertThat(ben.get("/files?vault=team&owner=" + sharing.id("ann"))
                                .status())
                        .isEqualTo(404);
                assertThatThrownBy(() -> Desktop.pair(other::port, "ben", late, "team"))
                        .isInstanceOfSatisfying(
                                Refused.class,
                                refusal -> assertThat(refusal.code()).isEqualTo("unauthorized"));
            }
            sharing.share(ann, "team", "ben", "reader");
            sharing.accept(ben);
            sharing.share(ann, "team", "ben", "owner");
            sharing.accept(ben);

            assertThat(ann.get(Sharing.PAGE + "?vault=team").status()).isEqualTo(404);
            assertThat(Sync.push(one, own, OutboxOp.note("n2", "by an editor")).status())
                    .isEqualTo(200);
            sharing.remove(ben, "team", "ann");
            assertThat(Sync.push(one, own, OutboxOp.note("n3", "by nobody")).status())
                    .isEqualTo(401);
        }
    }

    @Test
    void numbers_that_devices_have_seen_are_not_given_again_after_the_command_for_a_restored_database() {
        String scopes = "SELECT head, counter, log_id FROM scopes";
        String token = servers.newDevice("device");
        String reader = servers.newDeviceOf("reader", "device");
        try (Desktop writing = Desktop.paired(one::port, "device", token, 0);
                Desktop reading = Desktop.paired(other::port, "reader", reader, 0)) {
            writing.make(OutboxOp.note("n1", "before")).push();
            String[] before = TestPostgres.rows(access, scopes).get(0).split("\\|", -1);

            assertThat(afterRestore().err()).contains("node one at").contains("stop all nodes");
            one.whileStopped(first -> other.whileStopped(second -> {
                assertThat(afterRestore().out()).contains("the logs of 1 vault go on 1000000 higher");
                assertThat(afterRestore().exit()).isZero();
            }));
            writing.make(OutboxOp.note("n2", "after")).push();

            String[] after = TestPostgres.rows(access, scopes).get(0).split("\\|", -1);
            assertThat(before).startsWith("1", "1");
            assertThat(after).startsWith("2000002", "2000002");
            assertThat(after[2]).isNotEqualTo(before[2]);
            assertThat(TestPostgres.rows(access, "SELECT after_seq, until_seq FROM log_skips"))
                    .containsExactly("1|2000001");
            assertThat(reading.pull().applied()).hasSize(2);
        }
    }

    @Test
    void administrators_see_the_engines_and_all_nodes_on_each_of_them() {
        AdminScript admin = new AdminScript(one);
        TestPostgres.execute(
                access,
                "INSERT INTO leases SELECT 'scrub', 'other 4711', 1, millis + 60000 FROM database_clock"
                        + " ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until");

        for (String page : new String[] {"/admin/dashboard", "/admin/diagnostics"}) {
            String text = admin.visitor().get(page).text();
            assertThat(text)
                    .contains(
                            "Database: PostgreSQL 16.",
                            "at 127.0.0.1:" + TestPostgres.port() + "/" + TestPostgres.name(access))
                    .contains("Files: in the bucket " + servers.bucket().endpoint() + "/verstak/"
                            + servers.bucket().prefix())
                    .containsPattern("<strong>one</strong> <span class=\"tag ok\">this one</span>")
                    .containsPattern("<strong>other</strong></div>")
                    .contains("<code>127.0.0.1:" + one.port(), "<code>127.0.0.1:" + other.port(), "check of files");
        }
        assertThat(admin.visitor()
                        .withCookie("lang", "ru")
                        .get("/admin/dashboard")
                        .text())
                .contains("База данных: PostgreSQL 16.", "этот</span>", "проверка файлов");
        JsonNode server = admin.visitor().get("/admin/diagnostics.json").json().required("server");
        assertThat(server.required("database_engine").textValue()).isEqualTo("PostgreSQL");
        assertThat(server.required("problems")).isEmpty();
        assertThat(server.required("nodes").findValuesAsText("name")).containsExactly("one", "other");
        assertThat(server.required("nodes").findValuesAsText("this")).containsExactly("true", "false");
        assertThat(server.required("nodes").get(1).required("leases").get(0).textValue())
                .isEqualTo("scrub");
    }

    @Test
    void a_server_with_blobs_on_its_disk_does_not_join_others() {
        Map<String, String> onDisk = new HashMap<>(servers.sameKey());
        onDisk.put("objects.kind", "disk");
        assertThatThrownBy(() -> TestServer.start(servers.settings("third", onDisk)))
                .hasStackTraceContaining("objects.kind: with blobs on disk one node serves a database, and node o");
    }

    @Test
    void a_server_with_the_name_of_one_that_runs_does_not_join() {
        assertThatThrownBy(() -> TestServer.start(servers.settings("one", servers.sameKey())))
                .hasStackTraceContaining("node.name: a node named one runs already");
    }

    @Test
    void a_server_with_another_key_does_not_join_others() {
        assertThatThrownBy(() -> TestServer.start(servers.settings("third", Map.of())))
                .hasStackTraceContaining("secrets.keyFile: differs from the key of the other nodes");
    }

    @Test
    void a_command_with_another_key_is_refused_before_it_seals_anything() {
        String key = ", \"secrets\": {\"keyFile\": \"" + one.data().resolve("secret.key") + "\"}";

        assertThat(listUsers("").err()).contains("secrets.keyFile: differs from the key of the other nodes");
        assertThat(listUsers(key).exit()).isZero();
    }

    private CommandLineRun listUsers(String more) {
        return CommandLineRun.of(Main.commandLine(), "admin", "list-users", "--config", config(more));
    }

    private CommandLineRun afterRestore() {
        return CommandLineRun.of(Main.commandLine(), "after-restore", "--config", config(""));
    }

    private String config(String more) {
        try {
            return Files.writeString(keys.resolve("command.json"), """
                {"storage": {"dataDir": "%s"}, "database": {"url": "%s", "user": "%s", "tls": "disable"}%s}""".formatted(
                                    keys.resolve("command"), access.url(), access.user(), more))
                    .toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void cutListeners() {
        TestPostgres.execute(access, """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND (query LIKE 'LISTEN%' OR query LIKE 'SELECT pg_notify%')""");
    }
}
