package io.verstak.server.http.web;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.verstak.server.domain.Language;
import io.verstak.server.error.ErrorCode;
import io.verstak.server.error.Message;
import io.verstak.server.error.ServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorMessagesTest {
    private static final Pattern USE = Pattern.compile("\\bMessage\\.([A-Z_]+)");
    private static final Set<String> KEYS =
            Stream.of(Message.values()).map(ErrorMessages::key).collect(Collectors.toSet());

    @ParameterizedTest
    @EnumSource
    void every_error_has_a_text_in_both_languages(Message message) {
        for (Language language : Language.values()) {
            assertThat(language.has(ErrorMessages.key(message)))
                    .as(language.name())
                    .isTrue();
            assertThat(ErrorMessages.text(new ServerException(message), language))
                    .isEqualTo(language.text(ErrorMessages.key(message)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void every_code_has_a_text_in_both_languages(ErrorCode code) {
        for (Language language : Language.values()) {
            assertThat(ErrorMessages.text(new ServerException(code), language)).isNotEmpty();
        }
    }

    /** "Try again in a moment" helps nobody then. */
    @Test
    void a_full_disk_is_called_so() {
        ServerException full = new ServerException(ErrorCode.STORAGE_FULL);
        for (Language language : Language.values()) {
            assertThat(ErrorMessages.text(full, language)).isEqualTo(language.text("error.storage_full.advice"));
            assertThat(language.has("error.storage_full.title")).isTrue();
        }
    }

    @Test
    void a_refusal_for_too_many_attempts_says_how_long_to_wait() {
        ServerException minute = ServerException.retryAfter(ErrorCode.RATE_LIMITED, 60);
        ServerException more = ServerException.retryAfter(ErrorCode.RATE_LIMITED, 61);
        assertThat(ErrorMessages.text(minute, Language.EN)).endsWith("in 1 minute.");
        assertThat(ErrorMessages.text(more, Language.EN)).endsWith("in 2 minutes.");
        assertThat(ErrorMessages.text(more, Language.RU)).endsWith("через 2 минуты.");
    }

    @Test
    void no_text_of_an_error_is_left_over() {
        Stream.of(
                        ResourceBundle.getBundle("i18n.messages", Language.EN.locale()),
                        ResourceBundle.getBundle("i18n.messages", Language.RU.locale()),
                        ResourceBundle.getBundle("i18n.problem-fields", Locale.ROOT))
                .forEach(texts -> assertThat(texts.keySet().stream().filter(key -> key.startsWith("problem.")))
                        .isSubsetOf(KEYS));
    }

    @Test
    void no_error_is_unused() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            Set<String> used = files.filter(file -> file.toString().endsWith(".java"))
                    .flatMap(file -> USE.matcher(read(file)).results())
                    .map(use -> use.group(1))
                    .collect(Collectors.toSet());
            assertThat(Stream.of(Message.values()).map(Message::name)).isSubsetOf(used);
        }
    }

    @Test
    void what_people_do_on_pages_is_refused_with_a_message_in_their_language() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.verstak.server.account..",
                        "io.verstak.server.admin..",
                        "io.verstak.server.auth..",
                        "io.verstak.server.mail..",
                        "io.verstak.server.vault..",
                        "io.verstak.server.storage.account..",
                        "io.verstak.server.http.web..")
                .should()
                .callConstructor(ServerException.class, ErrorCode.class, String.class)
                .check(new ClassFileImporter().importPackages("io.verstak.server"));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
