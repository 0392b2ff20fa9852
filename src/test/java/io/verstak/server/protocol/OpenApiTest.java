package io.verstak.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.verstak.server.testkit.Answer;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OneEngine;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.Request;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The document and the server say the same. */
@OneEngine("reads documents and the table of routes")
class OpenApiTest {
    /** Section 7 of the wire contract; there are more pages, which are no program's concern. */
    private static final Set<String> PAGES =
            Set.of("/", "/register", "/login", "/dashboard", "/forgot", "/reset", "/logout");

    private static final Set<String> METHODS = Set.of("get", "head", "post", "put", "patch", "delete", "options");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @RegisterExtension
    static final TestServer SERVER = TestServer.start().withUser("anna");

    private final ObjectNode document = served();

    @Test
    void the_document_is_valid_openapi_3_1() {
        var parsed = new OpenAPIV3Parser().readContents(text(), null, new ParseOptions());

        assertThat(parsed.getMessages()).isEmpty();
        assertThat(parsed.getOpenAPI().getOpenapi()).startsWith("3.1");
        assertThat(document.findValuesAsText("operationId")).doesNotHaveDuplicates();
    }

    @Test
    void every_route_is_in_the_document() {
        Set<String> missing = routes(OpenApiTest::inScope);
        missing.removeAll(documented());
        missing.removeIf(route -> route.startsWith("HEAD ") && documented().contains(route.replace("HEAD", "GET")));

        assertThat(missing).as("routes without a place in openapi.yaml").isEmpty();
    }

    @Test
    void every_call_of_the_document_is_a_route() {
        Set<String> invented = documented();
        invented.removeAll(routes(path -> true));
        // The rest of an address; the table has its beginning, which is a call of its own.
        invented.remove("GET /api/v1/vaults/{}/files/{}");

        assertThat(invented).as("in openapi.yaml, but no route").isEmpty();
    }

    private static Set<String> routes(Predicate<String> paths) {
        return SERVER.routes().stream()
                .filter(route -> paths.test(route.substring(route.indexOf(' ') + 1)))
                .map(OpenApiTest::plain)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void every_reference_in_the_document_leads_somewhere() {
        for (String reference : document.findValuesAsText("$ref")) {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
        }
    }

    @Test
    void answers_are_as_the_document_has_them() {
        Desktop desktop = SERVER.pair("anna", "v");
        desktop.make(OutboxOp.note("n", "text")).push();
        String token = desktop.token();
        fits("/livez", "get", SERVER.send(Request.get("/livez")));
        fits("/readyz", "get", SERVER.send(Request.get("/readyz")));
        fits("/api/v1/capabilities", "get", SERVER.send(Request.get("/api/v1/capabilities")));
        fits("/api/client/me", "get", SERVER.send(Request.get("/api/client/me").bearer(token)));
        fits("/api/client/me", "get", SERVER.send(Request.get("/api/client/me")));
        fits("/api/v1/sync/pull", "post", call("/api/v1/sync/pull", "{\"since_sequence\":0}", token));
        fits("/api/v1/sync/pull", "post", call("/api/v1/sync/pull", "{\"since_sequence\":-1}", token));
        fits("/api/v1/sync/push", "post", call("/api/v1/sync/push", "{\"ops\":[]}", token));
        fits("/api/v1/blobs/missing", "post", call("/api/v1/blobs/missing", "{\"sha256\":[]}", token));
        fits("/api/client/pair", "post", SERVER.send(Request.post("/api/client/pair", pairing())));
        fits("/admin/api/stats", "get", SERVER.send(Request.get("/admin/api/stats")));
    }

    private static String pairing() {
        return "{\"login\":\"anna\",\"password\":\"%s\",\"device_name\":\"d\"}".formatted(TestServer.PASSWORD);
    }

    private static Answer call(String path, String body, String token) {
        return SERVER.send(Request.post(path, body).bearer(token));
    }

    /** The schema of a status stands within the whole document, so that its references lead somewhere. */
    private void fits(String path, String method, Answer answer) {
        JsonNode responses = document.at("/paths").get(path).get(method).get("responses");
        JsonNode response = responses.get(Integer.toString(answer.status()));
        JsonNode found = response == null ? responses.get("default") : response;
        String pointer = found.has("$ref")
                ? found.get("$ref").textValue().substring(1)
                : "/paths/%s/%s/responses/%d".formatted(path.replace("/", "~1"), method, answer.status());
        JsonNode schema = document.at(pointer).at("/content/application~1json/schema");
        assertThat(schema.isMissingNode())
                .as("%s %s %d", method, path, answer.status())
                .isFalse();
        ObjectNode within = document.deepCopy();
        within.remove("jsonSchemaDialect");
        within.putArray("allOf").add(schema);
        var errors = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(within.toString(), InputFormat.JSON)
                .validate(answer.text(), InputFormat.JSON);
        assertThat(errors).as("%s %s %s", method, path, answer.text()).isEmpty();
    }

    private static boolean inScope(String path) {
        return path.startsWith("/api/") || path.startsWith("/admin/api/") || path.endsWith("z") || PAGES.contains(path);
    }

    private Set<String> documented() {
        Set<String> operations = new TreeSet<>();
        document.get("paths")
                .properties()
                .forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                    if (METHODS.contains(method)) {
                        operations.add(plain(method.toUpperCase(Locale.ROOT) + " " + path.getKey()));
                    }
                }));
        return operations;
    }

    /** A route as document and route table write it alike: without names of parameters, and without a slash at its end. */
    private static String plain(String route) {
        return route.replaceAll("\\{[^}]*}|:[A-Za-z0-9_]+", "{}")
                .replaceAll("(?<=.)/$", "")
                .replaceAll(" $", " /");
    }

    private static ObjectNode served() {
        try {
            return (ObjectNode) new ObjectMapper(new YAMLFactory()).readTree(text());
        } catch (IOException e) {
            throw new AssertionError("no YAML", e);
        }
    }

    private static String text() {
        Answer answer = SERVER.send(Request.get("/openapi.yaml"));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Content-Type")).isEqualTo("application/yaml");
        return answer.text();
    }
}
