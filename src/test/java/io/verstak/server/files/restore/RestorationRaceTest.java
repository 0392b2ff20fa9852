package io.verstak.server.files.restore;

import static io.verstak.server.testkit.Futures.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.verstak.server.blob.BlobStore;
import io.verstak.server.bus.Bus;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.domain.DeviceIdentity;
import io.verstak.server.domain.ExportChunk;
import io.verstak.server.domain.Scope;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import io.verstak.server.files.FilesVerticle;
import io.verstak.server.files.VaultFiles;
import io.verstak.server.storage.DataDirectory;
import io.verstak.server.storage.sqlite.DerivedDatabase;
import io.verstak.server.storage.sqlite.SqliteDatabase;
import io.verstak.server.sync.LogAnswer;
import io.verstak.server.sync.LogService;
import io.verstak.server.sync.PullRequest;
import io.verstak.server.sync.PushRequest;
import io.verstak.server.sync.PushRequest.PushedOp;
import io.verstak.server.sync.SyncLog;
import io.verstak.server.testkit.TestDatabase;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.IntPredicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A desktop pushes after the plan for what comes back was made, and before that is pushed. */
class RestorationRaceTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int BATCH = 10;
    private static final Scope SCOPE = new Scope(7, "u1", "notes");
    private static final DeviceIdentity WEB = new DeviceIdentity("web", SCOPE);
    private static final DeviceIdentity DESKTOP = new DeviceIdentity("desktop", SCOPE);

    @TempDir
    Path root;

    private final Vertx vertx = Vertx.vertx();
    private DataDirectory directory;
    private SqliteDatabase database;
    private LogService log;
    private Restoration restoration;
    /** Which pushes of what comes back are overtaken, and by what. */
    private IntPredicate overtaken = push -> false;

    private Supplier<PushedOp> rival = () -> text("create", "rival " + UUID.randomUUID(), "rival");

    /** An op in the log. */
    private record Op(String device, String type, String path, String content) {}

    @BeforeEach
    void open() {
        directory = DataDirectory.open(root);
        database = SqliteDatabase.open(vertx, directory, 2, () -> {});
        TestDatabase.execute(
                directory.database(),
                "INSERT INTO scopes (id, user_id, vault_id, log_id, created_at) VALUES (7, 'u1', 'notes', 'log', 0)");
        Bus bus = new Bus(vertx, Duration.ofSeconds(60));
        log = new LogService(
                bus,
                database,
                database::openLog,
                ServerConfig::defaults,
                new SimpleMeterRegistry(),
                Clock.systemUTC(),
                () -> {
                    throw new AssertionError("the writer failed");
                });
        await(vertx.deployVerticle(log));
        await(vertx.deployVerticle(
                new FilesVerticle(
                        bus,
                        database,
                        DerivedDatabase.open(
                                vertx,
                                root.resolve(FilesVerticle.FILE),
                                FilesVerticle.SCHEMA,
                                FilesVerticle.SCHEMA_VERSION,
                                2,
                                () -> {}),
                        log,
                        Clock.systemUTC()),
                FilesVerticle.OPTIONS));
        restoration = new Restoration(
                bus.client(VaultFiles.class),
                bus.client(BlobStore.class),
                new Overtaken(),
                () -> BATCH,
                Clock.systemUTC());
    }

    @AfterEach
    void close() throws IOException {
        vertx.deploymentIDs().forEach(id -> await(vertx.undeploy(id)));
        await(database.close());
        await(vertx.close());
        directory.close();
    }

    @Test
    void a_file_that_a_desktop_makes_meanwhile_is_updated_and_not_created() {
        push(text("create", "a.md", "one"), delete("file", "a.md"));
        overtaken = push -> push == 1;
        rival = () -> text("create", "a.md", "rival");

        assertThat(await(restoration.restore(WEB, "a.md", 1))).isTrue();

        assertThat(ops())
                .endsWith(new Op("desktop", "create", "a.md", "rival"), new Op("web", "update", "a.md", "one"));
    }

    @Test
    void when_each_push_is_overtaken_nothing_is_stored_and_a_person_is_told_to_try_again() {
        push(text("create", "in/a.md", "one"), text("create", "in/b.md", "two"), delete("folder", "in"));
        overtaken = push -> true;

        refuses(restoration.restore(WEB, "in", 2), Message.VAULT_HAS_MOVED);
        refuses(restoration.addText(WEB, "", "new.md", "text", false), Message.VAULT_HAS_MOVED);

        assertThat(ops()).extracting(Op::device).containsOnly("desktop");
        overtaken = push -> false;
        assertThat(await(restoration.restore(WEB, "in", 2))).isTrue();
        assertThat(ofWeb()).extracting(Op::path).containsExactly("in", "in/a.md", "in/b.md");
    }

    @Test
    void what_takes_several_pushes_goes_on_where_it_was_stopped() {
        push(IntStream.range(0, 15)
                .mapToObj(i -> text("create", "in/%s.md".formatted(i), "text " + i))
                .toArray(PushedOp[]::new));
        push(delete("folder", "in"));
        overtaken = push -> push > 1;

        refuses(restoration.restore(WEB, "in", 15), Message.VAULT_HAS_MOVED);
        assertThat(ofWeb()).hasSize(BATCH);
        overtaken = push -> push % 2 == 1;
        await(restoration.restore(WEB, "in", 15));

        assertThat(ofWeb()).hasSize(16).extracting(Op::type).containsOnly("create");
        assertThat(ofWeb()).extracting(Op::path).doesNotHaveDuplicates();
        assertThat(await(restoration.restore(WEB, "in", 15))).isFalse();
    }

    @Test
    void a_note_does_not_replace_what_a_desktop_makes_meanwhile() {
        push(text("create", "a.md", "one"));
        overtaken = push -> push == 1;
        rival = () -> text("create", "new.md", "rival");

        refuses(restoration.addText(WEB, "", "new.md", "mine", false), Message.FILE_EXISTS);

        assertThat(ops()).endsWith(new Op("desktop", "create", "new.md", "rival"));
    }

    private static void refuses(Future<?> call, Message message) {
        assertThatThrownBy(() -> await(call))
                .isInstanceOfSatisfying(
                        ServerException.class,
                        refusal -> assertThat(refusal.message()).contains(message));
    }

    private void push(PushedOp... ops) {
        await(log.push(DESKTOP, new PushRequest("", "", List.of(ops)), Buffer.buffer()))
                .close();
    }

    private static PushedOp text(String opType, String path, String content) {
        return op(
                "file",
                path,
                opType,
                JSON.createObjectNode()
                        .put("path", path)
                        .put("content", content)
                        .toString());
    }

    private static PushedOp delete(String type, String path) {
        return op(
                type, path, "delete", JSON.createObjectNode().put("path", path).toString());
    }

    private static PushedOp op(String type, String path, String opType, String payload) {
        return new PushedOp(UUID.randomUUID().toString(), type, path, opType, payload, 1, 0, "2026-01-01T00:00:00Z");
    }

    private List<Op> ops() {
        ExportChunk lines = await(log.lines(SCOPE, 0));
        assertThat(lines.last()).isEqualTo(lines.head());
        return new String(lines.json(), StandardCharsets.UTF_8)
                .lines()
                .map(RestorationRaceTest::op)
                .toList();
    }

    private List<Op> ofWeb() {
        return ops().stream().filter(op -> op.device().equals("web")).toList();
    }

    private static Op op(String line) {
        try {
            JsonNode op = JSON.readTree(line);
            JsonNode payload = JSON.readTree(op.required("payload_json").textValue());
            return new Op(
                    op.required("device_id").textValue(),
                    op.required("op_type").textValue(),
                    payload.path("path").asText(),
                    payload.path("content").asText());
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    /** The log, in which a desktop comes first. */
    private final class Overtaken implements SyncLog {
        private int pushes;

        @Override
        public Future<LogAnswer> pushAt(DeviceIdentity device, PushRequest request, long head) {
            pushes++;
            return overtaken.test(pushes)
                    ? log.push(DESKTOP, new PushRequest("", "", List.of(rival.get())), Buffer.buffer())
                            .compose(answer -> {
                                answer.close();
                                return log.pushAt(device, request, head);
                            })
                    : log.pushAt(device, request, head);
        }

        @Override
        public Future<LogAnswer> push(DeviceIdentity device, PushRequest request, Buffer body) {
            return log.push(device, request, body);
        }

        @Override
        public Future<ExportChunk> lines(Scope scope, long cursor) {
            return log.lines(scope, cursor);
        }

        @Override
        public Future<ExportChunk> line(Scope scope, long cursor) {
            return log.line(scope, cursor);
        }

        @Override
        public Future<LogAnswer> pull(DeviceIdentity device, PullRequest request) {
            return log.pull(device, request);
        }

        @Override
        public Future<Long> head(DeviceIdentity device) {
            return log.head(device);
        }
    }
}
