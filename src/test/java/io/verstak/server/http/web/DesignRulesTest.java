package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The scale of the design sheet, and that every page keeps to it. */
class DesignRulesTest {
    private static final Path STYLES = Path.of("src/main/resources/static");
    private static final Path TEMPLATES = Path.of("src/main/resources/templates");
    private static final Path SHEET = Path.of("src/docs/design-sheet.md");

    private static final Pattern TOKEN = Pattern.compile("(--[a-z0-9-]+): ([^;]+);");
    private static final Pattern PAIR = Pattern.compile("light-dark\\((#[0-9a-f]{6}), (#[0-9a-f]{6})\\)");
    private static final Pattern USE = Pattern.compile("var\\((--[a-z0-9-]+)\\)");
    private static final Pattern DECLARATION = Pattern.compile("[{;]\\s*([a-z-]+)\\s*:\\s*([^;{}]+)(?=[;}])");
    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/", Pattern.DOTALL);
    private static final Pattern ROW = Pattern.compile("\\| ([a-z-]+) on ([a-z-]+) \\| ([0-9.]+) \\| ([0-9.]+) \\|");
    private static final Pattern CLASSES = Pattern.compile("\\bclass=\"([^\"]*)\"");

    /** What a value of these may be made of beside the tokens. */
    private static final Pattern SPACE = Pattern.compile("(margin|padding|gap|row-gap|column-gap).*");

    private static final Pattern COLOUR = Pattern.compile(".*(color|background|fill|stroke|shadow|^outline|^border).*");
    private static final Pattern FREE_SPACE = Pattern.compile("0|auto|inherit|calc|\\(|\\)|-1|\\*|!important");
    private static final Set<String> KEYWORDS = Set.of("inherit", "none", "transparent", "currentcolor", "0", "unset");
    private static final Pattern LITERAL_COLOUR = Pattern.compile(
            "#[0-9a-fA-F]{3,8}\\b|\\b(rgba?|hsla?|oklch|color-mix)\\(|\\b(white|black|red|green|blue|grey|gray|silver)\\b");

    private final Map<String, String> tokens = tokens();
    private final String rules = Stream.of("controls.css", "app.css", "tables.css")
            .map(name -> COMMENT.matcher(read(STYLES.resolve(name))).replaceAll(""))
            .collect(Collectors.joining("\n"));
    private final Map<String, String> templates = templates();

    @Test
    void type_has_six_sizes_and_three_weights() {
        assertThat(tokens.keySet())
                .filteredOn(name -> name.startsWith("--type-"))
                .hasSize(6);
        assertThat(tokens.keySet())
                .filteredOn(name -> name.startsWith("--weight-"))
                .hasSize(3);
        assertThat(values("font-size")).allMatch(value -> value.matches("var\\(--type-[a-z]+\\)|100%"));
        assertThat(values("font-weight")).allMatch(value -> value.matches("var\\(--weight-[a-z]+\\)"));
    }

    @Test
    void space_and_radii_are_those_of_the_scale() {
        List<String> off = new ArrayList<>();
        declarations().forEach(found -> {
            String value = found.group(2).trim();
            boolean space = SPACE.matcher(found.group(1)).matches();
            if (space
                    && !FREE_SPACE
                            .matcher(value.replaceAll("var\\(--space-\\d\\)", ""))
                            .replaceAll("")
                            .isBlank()) {
                off.add(found.group(1) + ": " + value);
            }
            if (found.group(1).startsWith("border-radius") && !value.matches("var\\(--radius-[a-z]+\\)|0")) {
                off.add(found.group(1) + ": " + value);
            }
        });
        assertThat(off).isEmpty();
    }

    @Test
    void colours_are_named_in_one_place() {
        List<String> off = new ArrayList<>();
        declarations().forEach(found -> {
            boolean coloured = COLOUR.matcher(found.group(1)).matches();
            if (LITERAL_COLOUR.matcher(found.group(2)).find()
                    || (found.group(1).equals("color")
                            && !found.group(2).startsWith("var(--")
                            && !KEYWORDS.contains(found.group(2).trim()))) {
                off.add(found.group(1) + ": " + found.group(2) + (coloured ? "" : " (in another property)"));
            }
        });
        assertThat(off).isEmpty();
    }

    @Test
    void every_token_is_there_and_used() {
        Set<String> used = USE.matcher(rules + read(STYLES.resolve("tokens.css")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(used).isSubsetOf(tokens.keySet());
        assertThat(tokens.keySet()).isSubsetOf(used);
    }

    @Test
    void every_pair_of_colours_has_the_contrast_that_the_design_sheet_states() {
        List<String> stated = new ArrayList<>();
        List<String> computed = new ArrayList<>();
        Matcher row = ROW.matcher(read(SHEET));
        while (row.find()) {
            stated.add(row.group());
            double light = contrast(row.group(1), row.group(2), 1);
            double dark = contrast(row.group(1), row.group(2), 2);
            computed.add("| %s on %s | %.1f | %.1f |".formatted(row.group(1), row.group(2), light, dark));
            // WCAG 2.2: 1.4.3 for words, 1.4.11 for the edges of controls and the ring of the focus.
            double enough = Set.of("field", "focus").contains(row.group(1)) ? 3 : 4.5;
            assertThat(Math.min(light, dark)).as(row.group()).isGreaterThanOrEqualTo(enough);
        }
        assertThat(stated).hasSizeGreaterThan(20).isEqualTo(computed);
    }

    @Test
    void the_design_sheet_names_every_token() {
        String sheet = read(SHEET);
        assertThat(tokens.keySet()).allMatch(name -> sheet.contains("`" + name + "`"));
    }

    @Test
    void every_class_of_a_template_is_one_of_the_style_sheet() {
        Set<String> unknown = new TreeSet<>();
        templates.forEach((name, text) -> {
            Matcher found = CLASSES.matcher(text);
            while (found.find()) {
                for (String each : found.group(1)
                        .replaceAll("<[^>]*>|\\$\\{[^}]*}", " ")
                        .trim()
                        .split("\\s+", -1)) {
                    if (!each.isEmpty() && !rules.contains("." + each)) {
                        unknown.add(name + ": " + each);
                    }
                }
            }
        });
        assertThat(unknown).isEmpty();
    }

    @Test
    void every_icon_is_used_and_comes_with_the_jar() {
        String pages = String.join("\n", templates.values());
        Set<String> packaged = Pattern.compile("bootstrap-icons/\\*/icons/([a-z0-9-]+)\\.svg")
                .matcher(read(Path.of("pom.xml")))
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(HashSet::new));
        assertThat(packaged).containsExactlyInAnyOrderElementsOf(Assets.ICONS);
        assertThat(Assets.ICONS).allMatch(icon -> pages.contains("\"" + icon + "\""));
        Set<String> named = Pattern.compile("<@(?:ui\\.)?icon \"([^\"]+)\"|\\bicon=\"([^\"]+)\"")
                .matcher(pages)
                .results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(named).isSubsetOf(Assets.ICONS);
    }

    @Test
    void pages_stay_small() throws IOException {
        assertThat(Files.size(Path.of("src/main/resources/static/app.js"))).isLessThan(16 << 10);
        assertThat(Assets.style().length()).isLessThan(40 << 10);
        assertThat(Assets.sprite().length()).isLessThan(32 << 10);
    }

    private List<String> values(String property) {
        return declarations()
                .filter(found -> found.group(1).equals(property))
                .map(found -> found.group(2).trim())
                .toList();
    }

    private Stream<MatchResult> declarations() {
        return DECLARATION.matcher(rules).results();
    }

    /** @param group 1: light, 2: dark */
    private double contrast(String colour, String ground, int group) {
        double one = luminance(colour, group);
        double other = luminance(ground, group);
        return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    }

    private double luminance(String name, int group) {
        Matcher pair = PAIR.matcher(tokens.getOrDefault("--" + name, ""));
        assertThat(pair.matches()).as(name).isTrue();
        int rgb = Integer.parseInt(pair.group(group).substring(1), 16);
        return 0.2126 * linear(rgb >> 16) + 0.7152 * linear(rgb >> 8 & 255) + 0.0722 * linear(rgb & 255);
    }

    private static double linear(int channel) {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    }

    private static Map<String, String> tokens() {
        Map<String, String> tokens = new TreeMap<>();
        TOKEN.matcher(COMMENT.matcher(read(STYLES.resolve("tokens.css"))).replaceAll(""))
                .results()
                .forEach(found -> tokens.put(found.group(1), found.group(2)));
        return tokens;
    }

    private static Map<String, String> templates() {
        try (Stream<Path> files = Files.walk(TEMPLATES)) {
            return files.filter(file -> file.toString().endsWith(".ftlh"))
                    .filter(file -> !file.toString().contains("/mail/"))
                    .collect(Collectors.toMap(Path::toString, DesignRulesTest::read));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
