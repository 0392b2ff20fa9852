package io.verstak.server.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.verstak.server.config.LoadedConfig;
import io.verstak.server.config.ServerConfig;
import io.verstak.server.error.Message;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every template and every message, whoever wrote it. */
class PageRulesTest {
    private static final Path TEMPLATES = Path.of("src/main/resources/templates");
    private static final Path JAVA = Path.of("src/main/java");

    /** Whatever stands between two quotes, those within quotes included. */
    private static final Pattern LITERAL = Pattern.compile("(?=\"([^\"\\n]*)\")");

    /** Some refusals' words are a constant's name. */
    private static final Pattern CONSTANT = Pattern.compile("\\b[A-Z]+(_[A-Z]+)+\\b");

    private static final Pattern FORM = Pattern.compile("<form\\b([^>]*)>(.*?)</form>", Pattern.DOTALL);
    private static final Pattern CALL = Pattern.compile("\\b(t|plural)\\(\"([^\"]+)\"");
    private static final Pattern ADDRESS = Pattern.compile("\\s(?:href|action|src|formaction)=\"([^\"]*)");
    /** Of the desktop's own scheme: no address of this server. */
    private static final Map<String, String> PROGRAM_LINKS = Map.of(
            "connect.ftlh",
            "${view.code.link}",
            "second-factor.ftlh",
            "${view.app.link}",
            "security/recovery-codes.ftlh",
            "data:text/plain;charset=utf-8,${lines?url(");

    private static final Pattern INLINE = Pattern.compile(
            "<style|\\sstyle=|\\son[a-z]+=|javascript:|<script(?![^>]*\\ssrc=)", Pattern.CASE_INSENSITIVE);

    private final Map<String, String> templates = pages();
    private final Set<String> literals = literals();

    @Test
    void every_template_is_used() {
        String all = String.join("\n", templates.values());
        assertThat(templates.keySet().stream()
                        .filter(name -> !literals.contains(name.replace(".ftlh", "")))
                        .filter(name -> !all.contains("#import \"" + name) && !all.contains("#import \"/" + name))
                        .filter(name -> !all.contains("#include \"/" + name)))
                .isEmpty();
    }

    @Test
    void both_languages_say_the_same_things() {
        Properties english = messages("en");
        Properties russian = messages("ru");
        assertThat(russian.stringPropertyNames().stream().filter(key -> !key.endsWith(".few")))
                .containsExactlyInAnyOrderElementsOf(english.stringPropertyNames());
        russian.forEach((key, text) -> assertThat(blanks(text))
                .as("what is filled in into %s", key)
                .isEqualTo(blanks(english.getProperty(String.valueOf(key), String.valueOf(text)))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"en", "ru"})
    void no_message_stands_twice(String language) throws IOException {
        List<String> keys =
                Files.readAllLines(Path.of("src/main/resources/i18n/messages_" + language + ".properties")).stream()
                        .filter(line -> line.contains("="))
                        .map(line -> line.substring(0, line.indexOf('=')))
                        .toList();
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    void russian_has_each_form_of_a_counted_word() {
        Set<String> keys = messages("ru").stringPropertyNames();
        assertThat(keys.stream().filter(key -> key.endsWith(".one")).map(key -> key.replaceAll("one$", "few")))
                .allMatch(keys::contains);
    }

    @Test
    void every_message_is_used() {
        assertThat(messages("ru").stringPropertyNames().stream().filter(key -> !used(key)))
                .isEmpty();
    }

    @Test
    void every_message_that_a_template_names_is_there() {
        Set<String> keys = messages("en").stringPropertyNames();
        Set<String> missing = new TreeSet<>();
        templates.forEach((name, text) -> CALL.matcher(text)
                .results()
                .map(call -> call.group(1).equals("plural") ? call.group(2) + ".one" : call.group(2))
                .filter(key -> !key.endsWith(".") && !keys.contains(key))
                .forEach(key -> missing.add(name + ": " + key)));
        assertThat(missing).isEmpty();
    }

    @Test
    void a_form_with_a_users_password_names_the_user_to_password_managers() {
        templates.forEach((name, text) -> {
            Matcher form = FORM.matcher(text);
            while (form.find() && !name.startsWith("admin/")) {
                String fields = form.group(2);
                boolean asks = !fields.contains("smtp_pass")
                        && (fields.contains("\"current-password\"") || fields.contains("\"new-password\""));
                assertThat(!asks || fields.contains("autocomplete=\"username") || fields.contains("<@ui.account "))
                        .as(name + ": " + form.group(1))
                        .isTrue();
            }
        });
    }

    @Test
    void every_address_in_a_template_is_made_by_the_one_function_for_them() {
        templates.forEach((name, text) -> assertThat(
                        ADDRESS.matcher(text).results().map(found -> found.group(1)))
                .as(name)
                .allMatch(begin -> begin.startsWith("${url(")
                        || begin.startsWith("${assets}/")
                        || begin.startsWith("#")
                        || PROGRAM_LINKS.getOrDefault(name, "").equals(begin)));
    }

    @Test
    void s27_no_template_has_script_or_style_of_its_own() {
        templates.forEach(
                (name, text) -> assertThat(INLINE.matcher(text).results().map(found -> found.group()))
                        .as(name)
                        .isEmpty());
    }

    @Test
    void s25_every_form_is_a_post_with_its_token_or_changes_nothing() {
        templates.forEach((name, text) -> {
            Matcher form = FORM.matcher(text);
            while (form.find()) {
                // A form whose body is a file has its token in its address.
                boolean inAddress = form.group(1).contains("multipart/form-data")
                        && form.group(1).contains("${url(action)}")
                        && text.contains("<#assign action = view.vault.upload(view.folder) + \"&csrf_token=\" + csrf>");
                boolean post = form.group(1).contains("method=\"post\"")
                        && (form.group(2).contains("csrfField") || inAddress);
                assertThat(post || form.group(1).contains("method=\"get\""))
                        .as(name + ": " + form.group(1))
                        .isTrue();
            }
        });
    }

    @Test
    void s28_no_template_switches_the_escaping_off() {
        templates.forEach((name, text) -> assertThat(text)
                .as(name)
                .doesNotContain("?no_esc", "noautoesc", "<#ftl", "?interpret", "?eval", "?api"));
    }

    /** A message is named in full, or its last part is said somewhere and its first parts elsewhere. */
    private boolean used(String key) {
        String base = key.replaceAll("\\.(one|few|many)$", "");
        if (literals.contains(key) || literals.contains(base) || key.startsWith("error.") || key.startsWith("mail.")) {
            return true;
        }
        if (key.startsWith("problem.")) {
            return Stream.of(Message.values())
                    .anyMatch(message -> ErrorMessages.key(message).equals(key));
        }
        if (key.startsWith("settings.help.")) {
            String explained = key.substring("settings.help.".length());
            return LoadedConfig.of(ServerConfig.defaults()).settings().stream()
                    .anyMatch(setting ->
                            setting.key().equals(explained) || setting.key().startsWith(explained + "."));
        }
        int dot = key.indexOf('.');
        return (literals.contains(key.substring(0, dot + 1)) && literals.contains(key.substring(dot + 1)))
                || literals.contains(key.substring(0, key.lastIndexOf('.') + 1));
    }

    private Set<String> literals() {
        Set<String> found = new HashSet<>();
        Stream.concat(templates.values().stream(), read(JAVA, ".java").values().stream())
                .forEach(text -> {
                    LITERAL.matcher(text).results().forEach(literal -> found.add(literal.group(1)));
                    CONSTANT.matcher(text).results().forEach(constant -> found.add(constant.group()));
                });
        return found;
    }

    private static Map<String, String> pages() {
        Map<String, String> pages = read(TEMPLATES, ".ftlh");
        pages.keySet().removeIf(name -> name.startsWith("mail/"));
        return pages;
    }

    private static Set<String> blanks(Object text) {
        return Pattern.compile("\\{\\w+}")
                .matcher(String.valueOf(text))
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Properties messages(String language) {
        Properties messages = new Properties();
        try (Reader in =
                Files.newBufferedReader(Path.of("src/main/resources/i18n/messages_" + language + ".properties"))) {
            messages.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return messages;
    }

    private static Map<String, String> read(Path folder, String ending) {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(ending)).toList()) {
                texts.put(folder.relativize(file).toString(), Files.readString(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return texts;
    }
}
