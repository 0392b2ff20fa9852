package io.verstak.server.files.restore;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NewNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "report\u202egnp.exe", // is shown as reportexe.png
                "\u2066a",
                "a\u2028b",
                "a\u0085b",
                "a\tb",
                "..",
                ".hidden",
                "a/b",
                "a\\b",
                "nul.txt",
                "trail.",
                "trail ",
                " ",
                ""
            })
    void a_name_that_lies_or_that_some_system_does_not_take_is_not_allowed(String name) {
        assertThat(NewName.isAllowed(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.md", "Заметка.md", "שלום.md", "e\u0301.md", "\uD83D\uDE00", "a b", "%2e%2e"})
    void names_of_all_languages_are_allowed(String name) {
        assertThat(NewName.isAllowed(name)).isTrue();
    }
}
