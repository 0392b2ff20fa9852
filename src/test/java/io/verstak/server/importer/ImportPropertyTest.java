package io.verstak.server.importer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.verstak.server.domain.Sha256;
import io.verstak.server.testkit.CommandLineRun;
import io.verstak.server.testkit.TestDatabase;
import io.verstak.server.testkit.data.GoServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.jspecify.annotations.Nullable;

/** Whatever stands in a Go server's database, an import ends with a sound directory and a report of all that it has found. */
class ImportPropertyTest {
    private static final int ODD_PERCENT = 8;
    private static final Pattern BLOB = Pattern.compile("blob ([0-9a-f]{64})");

    /** What nobody would write, and somebody has. */
    private static final List<@Nullable Object> ODD = Collections.unmodifiableList(Arrays.asList(
            null,
            "",
            " ",
            0,
            -1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            1.5,
            new byte[] {0, -1, 65},
            "not a time",
            "0001-01-01T00:00:00Z",
            "2026-02-30T25:00:00Z",
            "9999-12-31T23:59:59.999999999+14:00",
            "text with \0 in it",
            "\u202e\ud83d\ude00",
            "\ud83d",
            "x".repeat(6000),
            "../../etc/passwd",
            "a".repeat(64),
            "the same"));

    /** A device that nothing odd has come near to: it must get in. */
    private record Sound(String id, String credential) {}

    @Example
    void an_import_takes_a_size_that_nothing_can_prove() throws IOException {
        importOfAnything(-1260111);
    }

    @Example
    void an_import_takes_sizes_whose_sum_is_no_number() throws IOException {
        importOfAnything(-26690);
    }

    @Property(seed = "20261130", tries = 60)
    void an_import_of_anything_is_sound_and_tells_of_everything(@ForAll long seed) throws IOException {
        importOfAnything(seed);
    }

    private static void importOfAnything(long seed) throws IOException {
        Path folder = Files.createTempDirectory("import-property-");
        try {
            Takeover takeover = Takeover.in(folder);
            boolean first = seed % 3 == 0;
            List<Sound> sound;
            try (GoServer go = first
                    ? GoServer.ofFirstGeneration(takeover.from())
                    : GoServer.ofSecondGeneration(takeover.from())) {
                sound = new Filler(go, first, new Random(seed)).fill();
            }

            CommandLineRun run = takeover.run("--json");

            assertThat(run.exit()).as("seed %d: %s", seed, run).isIn(0, 3);
            assertThat(run.err()).isEmpty();
            for (JsonNode count : run.json().get("counts")) {
                assertThat(count.get("found").asLong())
                        .isEqualTo(count.get("imported").asLong()
                                + count.get("skipped").asLong());
                assertThat(count.get("skipped").asLong()).as(run.out()).isNotNegative();
            }
            Path database = takeover.data().resolve("server.db");
            for (Sound device : sound) {
                String hash = Sha256.of(device.credential().getBytes(StandardCharsets.UTF_8))
                        .hex();
                assertThat(TestDatabase.rows(
                                database,
                                "SELECT id FROM devices WHERE token_hash = '%1$s' OR key_hash = '%1$s'"
                                        .formatted(hash)))
                        .as("seed %d", seed)
                        .containsExactly(device.id());
            }
            assertThat(TestDatabase.rows(database, "SELECT COALESCE(SUM(length(head) / 32), 0) FROM chunks"))
                    .containsExactly(
                            run.json().at("/counts/operations/imported").asText());
            // What the Go server itself did not have: a blob that an operation names, or a blob's file. Nothing then
            // says which of two sizes is right.
            List<String> damage = takeover.damage();
            assertThat(damage)
                    .as("seed %d", seed)
                    .allSatisfy(line -> assertThat(
                                    line.contains("is not held by the vault") || damage.contains(fileMissing(line)))
                            .as(line)
                            .isTrue());
        } finally {
            delete(folder);
        }
    }

    /** Returns what the check says of a missing file of the blob that the line names. */
    private static String fileMissing(String line) {
        Matcher blob = BLOB.matcher(line);
        assertThat(blob.find()).as(line).isTrue();
        return "DAMAGED blob_missing: blob %s: its file is missing".formatted(blob.group(1));
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Fills a Go server's tables, with something odd here and there. */
    private static final class Filler {
        private final GoServer go;
        private final boolean first;
        private final Random random;
        private final List<Sound> sound = new ArrayList<>();
        private boolean odd;

        Filler(GoServer go, boolean first, Random random) {
            this.go = go;
            this.first = first;
            this.random = random;
        }

        List<Sound> fill() throws IOException {
            int users = 1 + random.nextInt(4);
            for (int user = 0; user < users; user++) {
                user(user);
            }
            int devices = random.nextInt(8);
            for (int device = 0; device < devices; device++) {
                device(device, users);
            }
            int ops = random.nextInt(40);
            for (int op = 1; op <= ops; op++) {
                op(op, devices, users);
            }
            int blobs = random.nextInt(5);
            for (int blob = 0; blob < blobs; blob++) {
                blob(blob, users);
            }
            others(users);
            return sound;
        }

        private @Nullable Object maybe(@Nullable Object value) {
            if (random.nextInt(100) >= ODD_PERCENT) {
                return value;
            }
            odd = true;
            return ODD.get(random.nextInt(ODD.size()));
        }

        private void user(int number) {
            row(
                    "server_users",
                    "id",
                    "%024x".formatted(number),
                    "username",
                    maybe("user" + number),
                    "email",
                    maybe(number == 2 ? null : "user" + number + "@example.org"),
                    "password_hash",
                    maybe("$2a$04$" + "a".repeat(53)),
                    "confirmed",
                    maybe(1),
                    "blocked",
                    maybe(0),
                    "last_seen",
                    maybe("2026-11-20T08:00:00Z"),
                    "created_at",
                    maybe("2025-03-01T12:00:00.123456789Z"));
        }

        private void device(int number, int users) {
            odd = false;
            String id = "dev_%024x".formatted(number);
            String owner = "%024x".formatted(random.nextInt(users));
            String token = "%064x".formatted(1000 + number);
            String key = "key-of-device-" + number;
            int kind = random.nextInt(3);
            List<@Nullable Object> row = new ArrayList<>(Arrays.asList(
                    "id", maybe(id),
                    "name", maybe("laptop"),
                    "api_key", maybe(kind == 0 ? "disabled:" + id : key),
                    "token_hash",
                            maybe(
                                    kind == 1
                                            ? ""
                                            : Sha256.of(token.getBytes(StandardCharsets.UTF_8))
                                                    .hex()),
                    "token_prefix", maybe("00000000"),
                    "token_suffix", maybe(null),
                    "client_version", maybe("0.9.0"),
                    "last_seen", maybe("2026-11-20T08:00:00Z"),
                    "revoked_at", maybe(random.nextBoolean() ? null : ""),
                    "created_at", maybe("2025-03-02T12:00:00Z")));
            if (first) {
                row("server_user_devices", "user_id", maybe(owner), "device_id", maybe(id));
            } else {
                row.addAll(Arrays.asList("legacy_api_key", maybe(kind == 1 ? 1 : 0), "user_id", maybe(owner)));
                row.addAll(Arrays.asList("vault_id", maybe(random.nextBoolean() ? "v" : "")));
            }
            row("server_devices", row.toArray());
            if (odd) {
                return;
            }
            if (kind != 1) {
                sound.add(new Sound(id, token));
            }
            if (kind != 0) {
                sound.add(new Sound(id, key));
            }
        }

        private void op(int number, int devices, int users) {
            List<@Nullable Object> row = new ArrayList<>(Arrays.asList(
                    "op_id", maybe("op-" + number),
                    "server_sequence", maybe(number * 3L),
                    "device_id", maybe("dev_%024x".formatted(random.nextInt(devices + 1))),
                    "entity_type", maybe(random.nextInt(4) == 0 ? "file" : "note"),
                    "entity_id", maybe("n" + random.nextInt(5)),
                    "op_type", maybe("update"),
                    "payload_json", maybe("{\"blob\":{\"sha256\":\"%064x\",\"size\":3}}".formatted(number)),
                    "client_sequence", maybe(number),
                    "last_seen_server_seq", maybe(number),
                    "created_at", maybe("2026-11-19T08:00:00Z"),
                    "pushed_at", maybe("2026-11-19T08:00:00Z")));
            if (!first) {
                row.addAll(Arrays.asList(
                        "user_id",
                        maybe("%024x".formatted(random.nextInt(users))),
                        "vault_id",
                        maybe(random.nextBoolean() ? "v" : "")));
            }
            row("server_ops", row.toArray());
        }

        private void blob(int number, int users) throws IOException {
            byte[] bytes = new byte[10 + number];
            Sha256 sha256 = Sha256.of(bytes);
            if (random.nextInt(5) > 0) {
                go.blob(bytes);
            }
            if (random.nextInt(4) == 0) {
                Files.deleteIfExists(go.blobFile(sha256));
            }
            if (!first) {
                row(
                        "server_blob_refs",
                        "user_id",
                        maybe("%024x".formatted(random.nextInt(users))),
                        "vault_id",
                        maybe("v"),
                        "sha256",
                        maybe(sha256.hex()),
                        "size",
                        maybe(bytes.length),
                        "created_at",
                        maybe("2026-02-03T04:05:06Z"));
            }
            row("server_blobs", "sha256", maybe("%064x".formatted(number)), "size", maybe(3), "created_at", maybe(""));
        }

        private void others(int users) {
            row(
                    "server_audit_log",
                    "id",
                    null,
                    "event_type",
                    maybe("login"),
                    "user_id",
                    maybe("%024x".formatted(random.nextInt(users))),
                    "message",
                    maybe("in"),
                    "created_at",
                    maybe("2026-01-01T00:00:00Z"));
            row(
                    "server_email_tokens",
                    first ? "token" : "token_hash",
                    maybe("b".repeat(64)),
                    "user_id",
                    maybe("%024x".formatted(0)),
                    "purpose",
                    maybe("reset"),
                    "expires_at",
                    maybe("2999-01-01T00:00:00Z"));
            row("server_smtp_config", "key", maybe("smtp_host"), "value", maybe("mail.example.org"));
            row("server_tombstones", "entity_type", maybe("note"), "op_id", maybe("x"));
        }

        /** Rows whose keys another one has cannot be there: SQLite has refused them to the Go server, too. */
        private void row(String table, @Nullable Object... columnsAndValues) {
            try {
                go.add(table, columnsAndValues);
            } catch (AssertionError notInAnyDatabase) {
                if (!String.valueOf(notInAnyDatabase.getCause()).contains("CONSTRAINT")) {
                    throw notInAnyDatabase;
                }
                odd = true;
            }
        }
    }
}
