package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The accepted pictures of the tests of screens: see the design sheet on how to accept one. */
class AcceptedPicturesTest {
    private static final Path TESTS = Path.of("src/test/java");
    private static final Path ACCEPTED = Path.of("src/test/resources/screens");
    private static final Pattern LOOK = Pattern.compile("\\.look\\(\\s*\"([a-z0-9-]+)\"");
    private static final long MOST_BYTES = 600 << 10;

    @Test
    void no_picture_is_left_over_of_a_view_that_is_gone() throws IOException {
        Set<String> views = new TreeSet<>();
        try (Stream<Path> tests = Files.walk(TESTS)) {
            for (Path test :
                    tests.filter(file -> file.toString().endsWith("Test.java")).toList()) {
                LOOK.matcher(Files.readString(test)).results().forEach(look -> {
                    views.add(look.group(1) + "-en-light-1280.png");
                    views.add(look.group(1) + "-ru-dark-360.png");
                });
            }
        }
        try (Stream<Path> pictures = Files.list(ACCEPTED)) {
            assertThat(pictures.map(picture -> picture.getFileName().toString()))
                    .isNotEmpty()
                    .isSubsetOf(views);
        }
    }

    @Test
    void all_of_them_are_small() throws IOException {
        long bytes = 0;
        try (Stream<Path> pictures = Files.list(ACCEPTED)) {
            for (Path picture : pictures.toList()) {
                bytes += Files.size(picture);
            }
        }
        assertThat(bytes).isLessThan(MOST_BYTES);
    }
}
