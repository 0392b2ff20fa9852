package io.verstak.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.verstak.server.testkit.OneEngine;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests of a server run on PostgreSQL and S3 as well, in the execution {@code on-postgresql} of the pom. Here is what does not. */
class SuiteOfEnginesTest {
    private static final int MOST_CLASSES = 16;
    private static final int MOST_METHODS = 12;

    private static final JavaClasses TESTS = new ClassFileImporter()
            .withImportOption(location -> location.matches(Pattern.compile(".*/test(-classes)?/.*")))
            .importPackages("io.verstak.server");

    @Test
    void few_tests_run_on_one_engine_only_and_each_says_why() {
        List<String> classes = TESTS.stream()
                .filter(test -> test.isAnnotatedWith(OneEngine.class))
                .map(test -> test.getAnnotationOfType(OneEngine.class).value())
                .toList();
        List<String> methods = TESTS.stream()
                .flatMap(test -> test.getMethods().stream())
                .filter(test -> test.isAnnotatedWith(OneEngine.class))
                .map(test -> test.getAnnotationOfType(OneEngine.class).value())
                .toList();

        assertThat(classes).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_CLASSES);
        assertThat(methods).isNotEmpty().hasSizeLessThanOrEqualTo(MOST_METHODS);
        assertThat(Stream.concat(classes.stream(), methods.stream())).allMatch(why -> why.contains(" "));
    }
}
