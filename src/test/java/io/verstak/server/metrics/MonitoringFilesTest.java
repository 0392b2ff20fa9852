package io.verstak.server.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.verstak.server.testkit.Desktop;
import io.verstak.server.testkit.OutboxOp;
import io.verstak.server.testkit.ServerLog;
import io.verstak.server.testkit.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The samples for Prometheus and Grafana, judged by Prometheus' own tool and by what a server exports. */
class MonitoringFilesTest {
    private static final Path ALERTS = Path.of("conf/alerts.yaml");
    private static final Path DASHBOARD = Path.of("conf/dashboard.json");
    private static final Pattern NAME = Pattern.compile("\\b(?:verstak|process|system|jvm|vertx)_[a-z0-9_]+");
    private static final Pattern LABEL = Pattern.compile("\\b(code|kind|folder)=~?\"([^\"]+)\"");

    @RegisterExtension
    static final ServerLog LOG = new ServerLog();

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path folder;

    @Test
    void the_metrics_pass_promtool() throws Exception {
        try (TestServer server = measured()) {
            use(server);
            Path metrics = Files.writeString(
                    folder.resolve("metrics"), Scrape.of(Scrape.port(LOG)).text());

            assertThat(promtool(metrics, "check", "metrics")).isEmpty();
        }
    }

    @Test
    void the_samples_pass_promtool_and_the_alerts_do_as_they_say() throws Exception {
        Path none = Files.createFile(folder.resolve("none"));

        promtool(none, "check", "config", "conf/prometheus.yaml");
        promtool(none, "check", "rules", ALERTS.toString());
        promtool(none, "test", "rules", "src/test/prometheus/alerts-test.yaml");
    }

    @Test
    void each_query_of_the_dashboard_is_one() throws Exception {
        StringBuilder rules = new StringBuilder("groups:\n- name: dashboard\n  rules:\n");
        int number = 0;
        for (String query : dashboard()) {
            rules.append("  - record: panel_")
                    .append(++number)
                    .append("\n    expr: '")
                    .append(query.replace("'", "''"));
            rules.append("'\n");
        }
        Path file =
                Files.writeString(folder.resolve("rules.yaml"), rules.toString().replace("$__rate_interval", "5m"));

        promtool(Files.createFile(folder.resolve("none")), "check", "rules", file.toString());
    }

    @Test
    void alerts_and_dashboard_ask_for_what_a_server_exports() throws Exception {
        List<String> queries = new ArrayList<>(dashboard());
        queries.addAll(alerts());
        Set<String> names = found(NAME, queries, MatchResult::group);
        assertThat(names)
                .contains("verstak_backup_last_success_timestamp_seconds", "verstak_http_requests_seconds_bucket");
        Set<String> labels = new TreeSet<>();
        for (String query : queries) {
            LABEL.matcher(query)
                    .results()
                    .forEach(label -> Arrays.stream(label.group(2).split("\\|"))
                            .forEach(value -> labels.add(label.group(1) + "=\"" + value + "\"")));
        }
        assertThat(labels).contains("code=\"storage_full\"", "kind=\"login_refused\"");
        try (TestServer server = measured()) {
            use(server);
            Runtime.getRuntime().gc(); // its pauses are measured from the first one on

            Scrape.assertEventually(Scrape.port(LOG), text -> {
                List<String> lines =
                        text.lines().filter(line -> !line.startsWith("#")).toList();
                assertThat(found(Pattern.compile("^[a-z0-9_]+"), lines, MatchResult::group))
                        .containsAll(names);
                assertThat(labels).allMatch(text::contains);
            });
        }
    }

    private static Set<String> found(
            Pattern pattern, List<String> texts, java.util.function.Function<MatchResult, String> what) {
        return texts.stream()
                .flatMap(text -> pattern.matcher(text).results())
                .map(what)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static TestServer measured() {
        return TestServer.start(Map.of("metrics.enabled", "true", "metrics.listen", "127.0.0.1:0"))
                .withUser("anna");
    }

    private static void use(TestServer server) {
        Desktop desktop = server.pair("anna", "v");
        desktop.make(OutboxOp.note("n", "text")).push();
        desktop.blobs().upload("a.txt", "bytes".getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> dashboard() throws IOException {
        List<String> queries = new ArrayList<>();
        JsonNode dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
        dashboard.findValues("expr").forEach(query -> queries.add(query.textValue()));
        assertThat(queries).isNotEmpty();
        return queries;
    }

    private static List<String> alerts() throws IOException {
        JsonNode rules = new ObjectMapper()
                .valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(ALERTS)));
        return rules.findValues("expr").stream().map(JsonNode::textValue).toList();
    }

    /** Runs it on an input; fails with what it says unless it ends with 0. Returns what it says. */
    private String promtool(Path input, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Path output = folder.resolve("promtool.out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(input.toFile())
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        String said = Files.readString(output);
        assertThat(ended).as(said).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
