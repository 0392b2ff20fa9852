package io.verstak.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of who may use whom. What every package may use, {@code config}, {@code domain} and {@code error}, is left out of it. */
class ArchitectureTest {
    private static final String ROOT = "io.verstak.server.";
    private static final JavaClasses SERVER = new ClassFileImporter()
            // Wherever tests are compiled to: Maven's folder is not the only one.
            .withImportOption(location -> !location.matches(Pattern.compile(".*/test(-classes)?/.*")))
            .importPackages("io.verstak.server");

    @ParameterizedTest(name = "{0} uses {1}")
    @CsvSource({
        "bus,",
        "sync, storage bus",
        "blob, storage bus",
        "auth, audit storage",
        "audit, storage",
        "vault, audit storage",
        "account, audit auth mail storage",
        "admin, account audit auth bus mail storage vault",
        "mail, storage",
        "http, bus sync blob account admin audit auth vault backup maintenance metrics",
        "storage,",
        "backup, storage blob",
        "metrics, storage blob backup",
        "maintenance, storage blob backup metrics",
        "importer, storage blob",
    })
    void a_package_uses_only_what_the_table_allows(String name, String allowed) {
        String[] packages = Stream.concat(
                        Stream.of("config", "domain", "error", name),
                        Stream.ofNullable(allowed).flatMap(list -> Arrays.stream(list.split(" "))))
                .map(part -> ROOT + part + "..")
                .toArray(String[]::new);
        classes()
                .that(resideInAPackage(ROOT + name + ".."))
                .should()
                .onlyDependOnClassesThat(
                        not(resideInAPackage("io.verstak.server..")).or(resideInAnyPackage(packages)))
                .allowEmptyShould(true)
                .check(SERVER);
    }

    @ParameterizedTest
    @CsvSource({"config, error", "domain, domain", "error, error"})
    void the_foundations_use_nothing_of_ours(String name, String allowed) {
        classes()
                .that(resideInAPackage(ROOT + name + ".."))
                .should()
                .onlyDependOnClassesThat(not(resideInAPackage("io.verstak.server.."))
                        .or(resideInAnyPackage(ROOT + name + "..", ROOT + allowed + "..")))
                .check(SERVER);
    }

    @Test
    void packages_form_no_cycle() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(SERVER);
    }

    @Test
    void values_know_neither_vertx_nor_sql() {
        absent("domain", "io.vertx..", "java.sql..");
    }

    @Test
    void only_storage_and_the_work_on_whole_databases_know_sql() {
        noClasses()
                .that(not(resideInAnyPackage(
                        ROOT + "storage..",
                        ROOT + "metrics..",
                        ROOT + "backup..",
                        ROOT + "maintenance..",
                        ROOT + "importer..")))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "io.vertx.sqlclient..", "io.vertx.jdbcclient..")
                .check(SERVER);
    }

    @Test
    void only_the_bus_touches_the_event_bus() {
        noClasses()
                .that(not(resideInAnyPackage(ROOT + "bus..", ROOT + "error..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx.core.eventbus..")
                .check(SERVER);
    }

    @Test
    void routing_stays_in_http() {
        noClasses()
                .that(not(resideInAPackage(ROOT + "http..")))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx.ext.web..")
                .check(SERVER);
    }

    private static void absent(String name, String... packages) {
        ArchRule rule = noClasses()
                .that(resideInAPackage(ROOT + name + ".."))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages);
        rule.check(SERVER);
    }
}
