package io.verstak.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of the source tree. The table in {@code src/docs/development.md}, section Packages, says who may use whom; this test reads it. */
class ArchitectureTest {
    private static final String ROOT = "io.verstak.server";
    private static final Path SOURCES = Path.of("src/main/java");
    private static final JavaClasses SERVER = new ClassFileImporter()
            // Wherever tests are compiled to: Maven's folder is not the only one.
            .withImportOption(location -> !location.matches(Pattern.compile(".*/test(-classes)?/.*")))
            .importPackages(ROOT);
    private static final int MOST_FILES = 25;
    private static final int MOST_LINES = 300;

    /** A row of the table: a package below {@link #ROOT} ("." is the root itself) and the ArchUnit patterns of what it may use. */
    private record Row(String name, boolean all, List<String> allowed) {
        private static final Pattern LINE = Pattern.compile("\\| `([a-z0-9.]+)` \\|[^|]*\\| ([^|]*) \\|");
        private static final Pattern NAME = Pattern.compile("`([a-z0-9.]+)`");

        static Row of(Matcher line) {
            List<String> allowed = new ArrayList<>(List.of("config..", "domain..", "error"));
            allowed.add(line.group(1));
            Matcher name = NAME.matcher(line.group(2));
            while (name.find()) {
                allowed.add(name.group(1));
            }
            return new Row(
                    line.group(1),
                    line.group(2).equals("all"),
                    allowed.stream().map(ArchitectureTest::full).toList());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static String full(String name) {
        return name.equals(".") ? ROOT : ROOT + "." + name;
    }

    static List<Row> table() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("src/docs/development.md"))) {
            return lines.map(Row.LINE::matcher)
                    .filter(Matcher::matches)
                    .map(Row::of)
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("table")
    void a_package_uses_only_what_the_table_allows(Row row) {
        if (row.all()) {
            return;
        }
        classes()
                .that(resideInAPackage(full(row.name())))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + ".."))
                        .or(resideInAnyPackage(row.allowed().toArray(String[]::new))))
                .check(SERVER);
    }

    @Test
    void the_table_names_each_package_once() throws IOException {
        assertThat(table().stream().map(row -> full(row.name())))
                .containsExactlyInAnyOrderElementsOf(SERVER.stream()
                        .map(JavaClass::getPackageName)
                        .distinct()
                        .toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "domain..", "config.."})
    void what_all_may_use_does_not_use_features(String name) {
        classes()
                .that(resideInAPackage(full(name)))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage(ROOT + ".."))
                        .or(resideInAnyPackage(full(name), full("error"), full("domain.."))))
                .check(SERVER);
    }

    @Test
    void packages_form_no_cycle() {
        slices().assignedFrom(new SliceAssignment() {
                    @Override
                    public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                        // The commands start the server, and Main starts the commands: one package but for its folder.
                        String name = javaClass.getPackageName();
                        return SliceIdentifier.of(name.equals(full("cli")) ? ROOT : name);
                    }

                    @Override
                    public String getDescription() {
                        return "packages";
                    }
                })
                .should()
                .beFreeOfCycles()
                .check(SERVER);
    }

    @Test
    void a_folder_and_a_file_stay_small() throws IOException {
        Map<Path, Long> folders = new TreeMap<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                folders.merge(file.getParent(), 1L, Long::sum);
                try (Stream<String> lines = Files.lines(file)) {
                    assertThat(lines.count()).as(file.toString()).isLessThanOrEqualTo(MOST_LINES);
                }
            }
        }
        folders.forEach(
                (folder, files) -> assertThat(files).as(folder.toString()).isLessThanOrEqualTo(MOST_FILES));
    }

    /** Names that say nothing of what a class does. */
    @Test
    void a_class_has_a_name_of_the_field() {
        String banned = "(?:Bus.+|.*(?:Services|Tools|Filler|Care|Desk|Turns|Util|Utils|Helper|Manager))";

        assertThat(SERVER.stream()
                        .map(JavaClass::getSimpleName)
                        .filter(name -> name.matches(banned))
                        .collect(Collectors.toList()))
                .isEmpty();
    }

    @Test
    void values_know_neither_vertx_nor_sql() {
        onlySeenBy("io.vertx..", "domain..", false);
        onlySeenBy("java.sql..", "domain..", false);
    }

    @Test
    void only_storage_and_the_importer_know_sql() {
        onlySeenBy("java.sql..", "storage.sqlite.. importer", true);
        onlySeenBy("org.sqlite..", "storage.sqlite.. importer", true);
        onlySeenBy("io.vertx.sqlclient..", "storage..", true);
        onlySeenBy("io.vertx.pgclient..", "storage.postgresql", true);
    }

    @Test
    void only_the_bucket_knows_the_library_of_s3() {
        onlySeenBy("software.amazon..", "blob.s3", true);
    }

    @Test
    void only_the_packages_of_several_nodes_know_their_clients() {
        onlySeenBy("io.vertx.pgclient..", "storage.postgresql", true);
        onlySeenBy("software.amazon.awssdk..", "blob.s3", true);
    }

    @Test
    void only_the_bus_touches_the_event_bus() {
        onlySeenBy("io.vertx.core.eventbus..", "bus error", true);
    }

    @Test
    void routing_stays_in_http() {
        onlySeenBy("io.vertx.ext.web..", "http..", true);
    }

    /** Checks that only (or, with {@code false}, that none of) these packages of ours see the library's. */
    private static void onlySeenBy(String library, String names, boolean only) {
        String[] ours = Stream.of(names.split(" ")).map(ArchitectureTest::full).toArray(String[]::new);
        noClasses()
                .that(only ? not(resideInAnyPackage(ours)) : resideInAnyPackage(ours))
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .check(SERVER);
    }
}
