package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.TestServer;
import io.verstak.server.testkit.Visitor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The wire contract as people read it, {@code openapi.yaml}, the route table and the code say the same. */
@OneEngine("reads documents and the table of routes")
class ContractDocumentTest {
    private static final Pattern CALL = Pattern.compile("[A-Z]+ /\\S*");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern FIELD = Pattern.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*");

    /** Words of the tables that are values and not fields. */
    private static final Set<String> VALUES = Set.of(
            "hash_mismatch",
            "unknown",
            "ok",
            "revoked",
            "confirmed",
            "degraded",
            "migrating",
            "deleted",
            "asc",
            "desc",
            "head",
            "confirmation_sent");

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("alice").withAdministrator("root");

    private final String text = read();
    private final JsonNode openApi = yaml();

    /** A row of a table, by the heading of its first column. */
    private record Row(String table, List<String> cells) {
        String first() {
            return cells.get(0).replace("`", "");
        }
    }

    @Test
    void its_error_codes_are_those_of_the_code() {
        Map<String, String> written = new TreeMap<>();
        rows("code").forEach(row -> written.put(row.first(), row.cells().get(1)));
        Map<String, String> known = Arrays.stream(ErrorCode.values())
                .collect(Collectors.toMap(
                        ErrorCode::code, code -> Integer.toString(code.status()), (one, other) -> one, TreeMap::new));
        // Given below the routes, where no refusal is thrown.
        known.put("request_timeout", "408");

        assertThat(written).isEqualTo(known);
    }

    @Test
    void its_limits_are_those_of_the_configuration() {
        Map<String, String> written = new TreeMap<>();
        rows("limit")
                .forEach(row -> written.put("limits." + row.first(), row.cells().get(1)));
        Map<String, String> known = LoadedConfig.of(ServerConfig.defaults()).settings().stream()
                .filter(setting -> setting.key().startsWith("limits."))
                .collect(Collectors.toMap(LoadedConfig.Setting::key, setting -> String.valueOf(setting.value())));

        assertThat(written).isEqualTo(known);
    }

    @Test
    void its_calls_are_those_of_the_document_for_programs() {
        Set<String> written = rows("call")
                .map(Row::first)
                .filter(call -> CALL.matcher(call).matches())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(written).containsExactlyInAnyOrderElementsOf(operations(ContractDocumentTest::isOfPrograms));
    }

    @Test
    void its_pages_are_those_of_the_document_for_programs_and_are_answered() {
        Set<String> written =
                rows("page").map(row -> "GET " + row.first()).collect(Collectors.toCollection(TreeSet::new));

        assertThat(operations(path -> !isOfPrograms(path)).stream().filter(call -> call.startsWith("GET ")))
                .containsExactlyInAnyOrderElementsOf(written);
        for (String page : written) {
            assertThat(SERVER.send(Request.get(page.substring("GET ".length()))).status())
                    .as(page)
                    .isIn(200, 303);
        }
    }

    @Test
    void its_fields_are_those_of_the_document_for_programs() {
        Set<String> known = names(openApi);
        Set<String> written = rows("call")
                .flatMap(row -> row.cells().subList(1, 3).stream())
                .flatMap(cell -> CODE.matcher(cell).results().map(found -> found.group(1)))
                .filter(name -> FIELD.matcher(name).matches() && !VALUES.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));
        rows("statistic").forEach(row -> written.add(row.first()));

        assertThat(known).containsAll(written);
        Set<String> mentioned =
                CODE.matcher(text).results().map(found -> found.group(1)).collect(Collectors.toSet());
        assertThat(mentioned).containsAll(properties(openApi));
    }

    @Test
    void its_longest_fields_are_those_of_the_server() {
        Desktop device = SERVER.pair("alice", "main");
        rows("field").forEach(row -> {
            int limit = Integer.parseInt(row.cells().get(1));
            for (int length : new int[] {limit, limit + 1}) {
                ObjectNode push = Desktop.pushBody(List.of(OutboxOp.note("n", "text")), 0);
                boolean ofPush =
                        row.first().equals("idempotency_key") || row.first().equals("device_id");
                boolean payload = row.first().equals("payload_json");
                String value = payload ? '"' + "x".repeat(length - 2) + '"' : "x".repeat(length);
                (ofPush ? push : (ObjectNode) push.required("ops").get(0)).put(row.first(), value);

                Answer answer = SERVER.send(
                        Request.post("/api/v1/sync/push", push.toString()).bearer(device.token()));

                assertThat(answer.status() == 200).as(row + " " + length).isEqualTo(length == limit);
                assertThat(length == limit
                                || answer.code().equals(row.cells().get(2).replace("`", "")))
                        .as(row.toString())
                        .isTrue();
            }
        });
        device.close();
    }

    @Test
    void its_statistics_are_those_of_the_server() {
        Visitor root = new Visitor(SERVER);
        root.send("/admin/login", "/admin/login", "username=root", "password=" + TestServer.PASSWORD);
        JsonNode stats = root.get("/admin/api/stats").json();

        assertThat(stats.fieldNames())
                .toIterable()
                .containsExactlyInAnyOrderElementsOf(
                        rows("statistic").map(Row::first).toList());
    }

    /** The rows of the tables whose first column has this heading. */
    private Stream<Row> rows(String table) {
        Stream.Builder<Row> rows = Stream.builder();
        String current = "";
        for (String line : text.lines().toList()) {
            if (!line.startsWith("|")) {
                current = "";
                continue;
            }
            List<String> cells = Arrays.stream(line.substring(1).split("\\|", -1))
                    .map(String::strip)
                    .toList();
            if (current.isEmpty()) {
                current = cells.get(0);
            } else if (current.equals(table) && !cells.get(0).startsWith("---")) {
                rows.add(new Row(table, cells));
            }
        }
        return rows.build();
    }

    private Set<String> operations(Predicate<String> paths) {
        Set<String> operations = new TreeSet<>();
        openApi.required("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (paths.test(path.getKey()) && !method.equals("parameters")) {
                        operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                    }
                }));
        return operations;
    }

    private static boolean isOfPrograms(String path) {
        return path.startsWith("/api/")
                || path.startsWith("/admin/api/")
                || path.endsWith("z")
                || path.endsWith(".yaml");
    }

    /** Names of properties and of parameters. */
    private static Set<String> names(JsonNode document) {
        Set<String> names = properties(document);
        document.findParents("in")
                .forEach(parameter -> names.add(parameter.path("name").asText()));
        return names;
    }

    private static Set<String> properties(JsonNode document) {
        Set<String> names = new TreeSet<>();
        document.findValues("properties").forEach(properties -> collect(properties, names));
        return names;
    }

    /** Jackson looks for no further ones within what it has found. */
    private static void collect(JsonNode properties, Set<String> names) {
        properties.fieldNames().forEachRemaining(names::add);
        properties.forEach(property -> names.addAll(properties(property)));
    }

    private static String read() {
        try {
            return Files.readString(Path.of("src/docs/protocol.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode yaml() {
        try {
            return new YAMLMapper()
                    .readTree(SERVER.send(Request.get("/openapi.yaml")).text());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
